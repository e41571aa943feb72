# Answers on $PORT with the version of Ruby, the time zone, and what a C extension says.

require "json"
require "socket"
require_relative "native"

# Process 1 gets no default handlers: without this, SIGTERM would do nothing.
trap("TERM") { exit }

server = TCPServer.new("0.0.0.0", ENV.fetch("PORT", "8080"))
loop do
  client = server.accept
  nil until [nil, "\r\n"].include?(client.gets)
  body = { language: "ruby", version: RUBY_VERSION, timezone: Time.now.strftime("%z"), native: Native.answer }.to_json
  client.write "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" \
               "Content-Length: #{body.bytesize}\r\nConnection: close\r\n\r\n#{body}"
rescue SystemCallError => error
  warn error.message
ensure
  client&.close
end
