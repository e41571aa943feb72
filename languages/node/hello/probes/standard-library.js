// Loads all that Node.js has built in. Prints the name of each part that does not load, and to the error output why.
const fs = require("node:fs");
const { builtinModules, isBuiltin } = require("node:module");

// Known by this form of their name alone; releases differ in which they have, and in whether they list them.
const prefixed = ["node:sea", "node:sqlite", "node:test", "node:test/reporters"].filter((name) => isBuiltin(name));
const modules = [...new Set([...builtinModules, ...prefixed])];
// Most are read from a module when they are first used. This one wants a file that an option names.
const globals = Object.getOwnPropertyNames(globalThis).filter((name) => name !== "localStorage");

// What is loaded at first use, and from files of its own where a distribution has taken it out of the program.
const uses = {
  fetch: async () => (await fetch("data:,text")).text(),
  "import()": () => import("data:text/javascript,export default 1"),
  "import() of CommonJS": () => import(__filename),
  "fs.globSync": () => fs.globSync?.("*", { cwd: __dirname }),
};

async function load() {
  // Where something never ends, so does Node.js, and well: unless it is told that there is more to do.
  process.exitCode = 1;
  const parts = [
    ...modules.map((name) => [name, () => require(name)]),
    ...globals.map((name) => [name, () => globalThis[name]]),
    ...Object.entries(uses),
  ];
  for (const [name, use] of parts) {
    try {
      await use();
    } catch (error) {
      console.log(name);
      console.error(`${name}: ${error}`);
    }
  }
  console.error(`${parts.length} parts`);
  process.exitCode = 0;
}

load();
