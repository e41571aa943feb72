// Loads all that Deno has built in, and Node.js's modules. Prints the name of each part that does not load.
import { builtinModules } from "node:module";

async function tryOut(name, use) {
  try {
    await use();
  } catch (error) {
    console.log(name);
    console.error(`${name}: ${error}`);
  }
}

const modules = builtinModules.map((name) => `node:${name.replace(/^node:/, "")}`);
for (const name of modules) await tryOut(name, () => import(name));
const parts = Object.getOwnPropertyNames(Deno);
for (const name of parts) await tryOut(`Deno.${name}`, () => Deno[name]);
console.error(`${modules.length} modules, ${parts.length} parts of Deno`);
Deno.exit(0);
