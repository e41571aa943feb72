// Answers on $PORT with the version of Node.js, the time zone, and what an addon in C says.
const { createServer } = require("node:http");
const { answer } = require("./native.node");

const server = createServer((_, response) => {
  response.setHeader("Content-Type", "application/json");
  response.end(
    JSON.stringify({
      language: "node",
      version: process.versions.node,
      timezone: /GMT(\S+)/.exec(new Date().toString())[1],
      native: answer(),
    }),
  );
});

server.listen(process.env.PORT ?? 8080);
// Process 1 gets no default handlers: without this, SIGTERM would do nothing.
process.on("SIGTERM", () => process.exit(0));
