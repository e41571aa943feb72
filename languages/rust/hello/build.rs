use std::process::Command;

fn output(command: &str, arguments: &[&str]) -> String {
    let output = Command::new(command).args(arguments).output().expect(command);
    String::from_utf8(output.stdout).expect(command)
}

// A program does not know which compiler made it, unless it is told.
fn main() {
    let version = output(&std::env::var("RUSTC").unwrap(), &["--version"]);
    println!("cargo:rustc-env=VERSION={}", version.split(' ').nth(1).unwrap());
    let libraries = output("pkg-config", &["--static", "--libs", "openssl"]);
    for flag in ["-Wl,-Bstatic"].into_iter().chain(libraries.split_whitespace()).chain(["-lc"]) {
        println!("cargo:rustc-link-arg={flag}");
    }
}
