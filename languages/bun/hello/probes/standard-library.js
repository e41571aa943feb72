// Loads all that Bun has built in, its own modules and those of Node.js. Prints the name of each part that does not load.
import { builtinModules } from "node:module";

for (const name of builtinModules) {
  try {
    await import(name);
  } catch (error) {
    console.log(name);
    console.error(`${name}: ${error}`);
  }
}
for (const name of Object.getOwnPropertyNames(Bun)) {
  try {
    Bun[name];
  } catch (error) {
    console.log(`Bun.${name}`);
    console.error(`Bun.${name}: ${error}`);
  }
}
console.error(`${builtinModules.length} modules, ${Object.getOwnPropertyNames(Bun).length} parts of Bun`);
process.exit(0);
