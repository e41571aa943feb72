import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readText } from "./files.js";

/** Where Ingot itself is: the folder with its package.json, templates and reference catalog. */
export const ownFolder = fileURLToPath(new URL("../../../", import.meta.url));

/** `0.1.0` */
export function ownVersion(): string {
  const text = readText(join(ownFolder, "package.json")) ?? "{}";
  return (JSON.parse(text) as { readonly version?: string }).version ?? "unknown";
}
