# Answers on $PORT with the version of Crystal and the time zone. With an argument, it is the probe of that name.
require "big"
require "compress/gzip"
require "digest"
require "http"
require "json"
require "yaml"

# What the standard library takes from libraries of C; prints what does not do what it should.
def probe_library
  puts "yaml" unless YAML.parse("a: [1, 2]")["a"][1] == 2
  puts "big" unless (BigInt.new(2) ** 100).to_s.ends_with?("376")
  puts "regex" unless "٤٢" =~ /\A\p{Nd}{2}\z/
  puts "digest" unless Digest::SHA256.hexdigest("").starts_with?("e3b0c442")
  packed = IO::Memory.new
  Compress::Gzip::Writer.open(packed, &.print("text"))
  puts "gzip" unless Compress::Gzip::Reader.open(packed.rewind, &.gets_to_end) == "text"
  channel = Channel(Int32).new
  spawn { sleep 0.001.seconds; channel.send 42 }
  puts "fibers" unless channel.receive == 42
end

case ARGV[0]?
when "time-zone"        then puts Time.unix(0).to_local.to_s("%H:%M")
when "unicode"          then puts "d\u00e9j\u00e0 \u2713"
when "tls"              then print HTTP::Client.get(ENV["URL"]).body
when "standard-library" then probe_library
when nil
  # Process 1 gets no default handlers: without this, SIGTERM would do nothing.
  Signal::TERM.trap { exit }
  server = HTTP::Server.new do |context|
    context.response.content_type = "application/json"
    {language: "crystal", version: Crystal::VERSION, timezone: Time.local.to_s("%z")}.to_json(context.response)
  end
  server.listen "0.0.0.0", ENV.fetch("PORT", "8080").to_i
else
  abort "there is no such probe"
end
