(* Answers on $PORT with the version of OCaml, the time zone, and what a stub in C says. With an argument, it is a probe. *)

external answer : unit -> int = "native_answer"
external https : string -> string -> string = "native_https"

(* +0900: what the clock here is ahead of UTC. *)
let timezone () =
  let now = Unix.time () in
  let ahead = now -. fst (Unix.mktime (Unix.gmtime now)) in
  let minutes = int_of_float (Float.abs ahead) / 60 in
  Printf.sprintf "%c%02d%02d" (if ahead < 0. then '-' else '+') (minutes / 60) (minutes mod 60)

let rec skip_head input = if String.trim (input_line input) <> "" then skip_head input

let hello connection =
  skip_head (Unix.in_channel_of_descr connection);
  let body =
    Printf.sprintf {|{"language":"ocaml","version":"%s","timezone":"%s","native":%d}|} Sys.ocaml_version (timezone ())
      (answer ())
  in
  let output = Unix.out_channel_of_descr connection in
  Printf.fprintf output "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
    (String.length body);
  Printf.fprintf output "Connection: close\r\n\r\n%s%!" body

let serve port =
  let server = Unix.socket Unix.PF_INET Unix.SOCK_STREAM 0 in
  Unix.setsockopt server Unix.SO_REUSEADDR true;
  Unix.bind server (Unix.ADDR_INET (Unix.inet_addr_any, port));
  Unix.listen server 16;
  while true do
    let connection, _ = Unix.accept server in
    (try hello connection with End_of_file | Sys_error _ -> ());
    Unix.close connection
  done

(* Gets https://HOST:PORT/ and prints what follows the headers. *)
let fetch url =
  let address = List.nth (String.split_on_char '/' url) 2 in
  let answer = https address ("GET / HTTP/1.0\r\nHost: " ^ address ^ "\r\n\r\n") in
  let body = Str.search_forward (Str.regexp_string "\r\n\r\n") answer 0 + 4 in
  print_string (Str.string_after answer body)

let probe = function
  | "time-zone" ->
      let { Unix.tm_hour; tm_min; _ } = Unix.localtime 0. in
      Printf.printf "%02d:%02d\n" tm_hour tm_min
  | "unicode" -> print_endline "d\u{e9}j\u{e0} \u{2713}"
  | "tls" -> fetch (Sys.getenv "URL")
  | "standard-library" -> () (* all of it was loaded before this *)
  | name -> failwith ("there is no probe " ^ name)

let () =
  (* Process 1 gets no default handlers: without this, SIGTERM would do nothing. A client that left ends nothing. *)
  Sys.set_signal Sys.sigterm (Sys.Signal_handle (fun _ -> exit 0));
  Sys.set_signal Sys.sigpipe Sys.Signal_ignore;
  if Array.length Sys.argv > 1 then probe Sys.argv.(1)
  else serve (int_of_string (Option.value (Sys.getenv_opt "PORT") ~default:"8080"))
