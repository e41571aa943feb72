//! Answers on $PORT with the version of Zig and the time zone. With an argument, it is the probe of that name.
const std = @import("std");
const fetch = @import("fetch.zig").fetch;
const version = @import("builtin").zig_version_string;
// Zig's library knows no time zones: C's does, and its sockets are the same in all releases of Zig.
const c = @cImport({
    @cInclude("netinet/in.h");
    @cInclude("signal.h");
    @cInclude("stdio.h");
    @cInclude("stdlib.h");
    @cInclude("time.h");
    @cInclude("unistd.h");
});

/// A time in seconds since 1970, as strftime(3) writes it.
fn clock(text: []u8, format: [*:0]const u8, time: c.time_t) [*:0]const u8 {
    _ = c.strftime(text.ptr, text.len, format, c.localtime(&time));
    return @ptrCast(text.ptr);
}

fn answer(client: c_int) void {
    var zone: [16]u8 = undefined;
    var body: [256]u8 = undefined;
    const size = c.snprintf(&body, body.len, "{\"language\":\"zig\",\"version\":\"%s\",\"timezone\":\"%s\"}", version.ptr, clock(&zone, "%z", c.time(null)));
    var request: [4096]u8 = undefined;
    _ = c.read(client, &request, request.len);
    _ = c.dprintf(client, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s", size, &body);
    _ = c.close(client);
}

fn serve(port: u16) c_int {
    const listener = c.socket(c.AF_INET, c.SOCK_STREAM, 0);
    var address = std.mem.zeroes(c.struct_sockaddr_in);
    address.sin_family = c.AF_INET;
    address.sin_port = std.mem.nativeToBig(u16, port);
    if (c.bind(listener, @ptrCast(&address), @sizeOf(c.struct_sockaddr_in)) != 0 or c.listen(listener, 16) != 0) return 1;
    while (true) answer(c.accept(listener, null, null));
}

fn stop(_: c_int) callconv(.c) void {
    c._exit(0);
}

fn probe(name: []const u8) !void {
    var text: [16]u8 = undefined;
    if (std.mem.eql(u8, name, "tls")) {
        var body: [4096]u8 = undefined;
        const got = try fetch(std.heap.c_allocator, std.mem.span(c.getenv("URL")), &body);
        _ = c.write(1, got.ptr, got.len);
    } else if (std.mem.eql(u8, name, "time-zone")) {
        _ = c.puts(clock(&text, "%H:%M", 0));
    } else if (std.mem.eql(u8, name, "unicode")) {
        _ = c.puts("d\u{e9}j\u{e0} \u{2713}");
    } else return error.NoSuchProbe;
}

pub export fn main(count: c_int, arguments: [*][*:0]u8) c_int {
    if (count > 1) {
        probe(std.mem.span(arguments[1])) catch |failure| {
            std.debug.print("{s}\n", .{@errorName(failure)});
            return 1;
        };
        return 0;
    }
    // Process 1 gets no default handlers: without this, SIGTERM would do nothing.
    _ = c.signal(c.SIGTERM, stop);
    const port = c.getenv("PORT");
    return serve(if (port == null) 8080 else @intCast(c.atoi(port)));
}
