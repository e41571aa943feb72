-- Answers on $PORT with the version of Lua, the time zone, and what a C extension says.

local native = require "native"

local program <close> = io.popen("lua5.4 -v")
local version = program:read("a"):match("Lua ([%d.]+)")

native.serve(tonumber(os.getenv("PORT") or 8080), function()
  local body = ('{"language":"lua","version":"%s","timezone":"%s","native":%d}'):format(
    version, os.date("%z"), native.answer())
  return ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"):format(
    #body, body)
end)
