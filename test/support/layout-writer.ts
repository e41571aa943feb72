import { createLayoutRegistry } from "../../src/ports/layout-registry.js";
import { tag, tinyImage, upload } from "./push.js";

/** A program that publishes so many tags into a layout, each of an image of its own: `node layout-writer.js FOLDER NAME COUNT`. */
const [folder = "", name = "", count = "0"] = process.argv.slice(2);
const registry = createLayoutRegistry(folder);
for (let index = 0; index < Number(count); index += 1)
  await upload(registry, "acme/node", tag(`${name}${index}`), tinyImage(`${name}${index}`));
