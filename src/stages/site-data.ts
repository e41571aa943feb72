import type { FileContent } from "../ports/files.js";
import { divide } from "./site-contains.js";

/** Characters of one file of data. */
const room = 150_000;

/**
 * Lists as scripts rather than JSON: a browser reads scripts from a folder too, where it fetches nothing. Each calls what `site.js` waits
 * with: `ingotData("tags", [[…], …])`.
 */
export function dataFiles(lists: Readonly<Record<string, readonly unknown[]>>): ReadonlyMap<string, FileContent> {
  const files = new Map<string, FileContent>();
  for (const [name, rows] of Object.entries(lists)) {
    const parts = divide(
      rows.map((row) => JSON.stringify(row)),
      room,
      // As bytes: a name may hold what takes more than one.
      (row) => Buffer.byteLength(row) + 2,
    );
    for (const [index, part] of parts.entries()) {
      const text = `ingotData(${JSON.stringify(name)}, [\n${part.join(",\n")}\n]);\n`;
      files.set(`assets/${name}-${index}.js`, { text });
    }
  }
  return files;
}
