# Answers on $PORT with the version of R, the time zone, and what a C function says.

dyn.load("native.so")
invisible(.C("stop_on_sigterm"))

serve <- function(client) {
  on.exit(close(client))
  while (length(line <- readLines(client, 1)) && nzchar(line)) {}
  body <- sprintf('{"language":"r","version":"%s","timezone":"%s","native":%d}',
                  getRversion(), format(Sys.time(), "%z"), .C("answer", 0L)[[1]])
  writeLines(c("HTTP/1.1 200 OK", "Content-Type: application/json", paste("Content-Length:", nchar(body)),
               "Connection: close", ""), client, sep = "\r\n")
  writeLines(body, client, sep = "")
}

server <- serverSocket(as.integer(Sys.getenv("PORT", "8080")))
# Who goes away without an answer is no reason to stop.
repeat try(serve(socketAccept(server, blocking = TRUE, open = "r+b", timeout = 86400)), silent = TRUE)
