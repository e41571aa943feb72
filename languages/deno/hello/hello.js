// Answers on $PORT with the version of Deno, the time zone, and what a library in C says.
const { symbols } = Deno.dlopen("./native.so", { answer: { parameters: [], result: "i32" } });

Deno.serve({ port: Number(Deno.env.get("PORT") ?? 8080) }, () =>
  Response.json({
    language: "deno",
    version: Deno.version.deno,
    timezone: /GMT(\S+)/.exec(new Date().toString())[1],
    native: symbols.answer(),
  }),
);
// Process 1 gets no default handlers: without this, SIGTERM would do nothing.
Deno.addSignalListener("SIGTERM", () => Deno.exit(0));
