import type { ImageEntry } from "./content.js";

/** `/usr/bin` of `/usr/bin/env`; empty for what lies in the root. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

// As many as Linux follows.
const mostLinks = 40;

/**
 * Where a folder of an image really is, without links and dots: `/usr/lib` for `/lib` that is a link to it, empty for the
 * root. It need not exist. Undefined where links go in a circle.
 */
export function resolveFolder(path: string, entries: ReadonlyMap<string, ImageEntry>): string | undefined {
  const ahead = path.split("/").reverse();
  let resolved = "";
  for (let links = 0; ahead.length > 0; ) {
    const part = ahead.pop() ?? "";
    const next = step(resolved, part);
    const { type, target } = entries.get(next) ?? {};
    if (next === resolved || part === ".." || type !== "symlink" || target === undefined) {
      resolved = next;
      continue;
    }
    links += 1;
    if (links > mostLinks) return undefined;
    if (target.startsWith("/")) resolved = "";
    ahead.push(...target.split("/").reverse());
  }
  return resolved;
}

function step(folder: string, part: string): string {
  if (part === "" || part === ".") return folder;
  return part === ".." ? parentOf(folder) : `${folder}/${part}`;
}
