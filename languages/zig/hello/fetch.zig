//! Zig's own client of HTTP and TLS, which changes from release to release.
const std = @import("std");
const release = @import("builtin").zig_version.minor;

/// Gives what a server answers, in a part of the buffer.
pub fn fetch(memory: std.mem.Allocator, url: []const u8, buffer: []u8) ![]const u8 {
    if (release < 15) {
        var client: std.http.Client = .{ .allocator = memory };
        var body: std.ArrayListUnmanaged(u8) = .initBuffer(buffer);
        _ = try client.fetch(.{ .location = .{ .url = url }, .response_storage = .{ .static = &body } });
        return body.items;
    }
    var body: std.Io.Writer = .fixed(buffer);
    if (release < 16) {
        var client: std.http.Client = .{ .allocator = memory };
        _ = try client.fetch(.{ .location = .{ .url = url }, .response_writer = &body });
    } else {
        var threads: std.Io.Threaded = .init(memory, .{});
        var client: std.http.Client = .{ .allocator = memory, .io = threads.io() };
        _ = try client.fetch(.{ .location = .{ .url = url }, .response_writer = &body });
    }
    return body.buffered();
}
