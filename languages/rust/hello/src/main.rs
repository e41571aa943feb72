//! Answers on $PORT with the version of Rust and the time zone. With an argument, it is the probe of that name.

mod clock;
mod tls;

use std::io::{Read, Write};
use std::net::TcpListener;

extern "C" {
    fn signal(number: i32, handler: extern "C" fn(i32)) -> usize;
    fn _exit(status: i32) -> !;
}

extern "C" fn stop(_: i32) {
    unsafe { _exit(0) }
}

fn serve(port: &str) -> std::io::Result<()> {
    for client in TcpListener::bind(format!("0.0.0.0:{port}"))?.incoming() {
        let mut client = client?;
        let body = format!(
            r#"{{"language":"rust","version":"{}","timezone":"{}"}}"#,
            env!("VERSION"),
            clock::format(clock::now(), "%z")
        );
        let _ = client.read(&mut [0; 4096]);
        let _ = write!(
            client,
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
    }
    Ok(())
}

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("time-zone") => println!("{}", clock::format(0, "%H:%M")),
        Some("unicode") => println!("d\u{e9}j\u{e0} \u{2713}"),
        Some("tls") => print!("{}", tls::fetch(&std::env::var("URL").unwrap())),
        Some(name) => panic!("there is no probe {name}"),
        None => {
            // Process 1 gets no default handlers: without this, SIGTERM would do nothing.
            unsafe { signal(15, stop) };
            serve(&std::env::var("PORT").unwrap_or("8080".into())).unwrap();
        }
    }
}
