/** Pairs on Debian 13 that most of what a build does can be seen on, an artifact too, and each of which is quick to build. */
export const trixiePart: readonly string[] = [
  "base:*trixie*",
  "deno:*trixie*",
  "gcc:*trixie*",
  "go:*trixie*",
  "lua:*trixie*",
  "node:24*trixie*",
  "python:*trixie*",
  "ruby:*trixie*",
];

/** The part of the catalog that the tests build from real packages: eight languages, base among them. `make test-slow` builds more, `make catalog` all. */
export const debianPart: readonly string[] = process.env["DEBIAN"]?.split(" ") ?? trixiePart;
