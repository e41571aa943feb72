// Answers on $PORT with the version of Bun, the time zone, and what a library in C says.
import { dlopen, FFIType } from "bun:ffi";

const { symbols } = dlopen(`${import.meta.dir}/native.so`, { answer: { returns: FFIType.i32 } });

Bun.serve({
  port: process.env.PORT ?? 8080,
  fetch: () =>
    Response.json({
      language: "bun",
      version: Bun.version,
      timezone: /GMT(\S+)/.exec(new Date().toString())[1],
      native: symbols.answer(),
    }),
});
// Process 1 gets no default handlers: without this, SIGTERM would do nothing.
process.on("SIGTERM", () => process.exit(0));
