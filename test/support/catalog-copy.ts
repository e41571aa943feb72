import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadCatalog } from "../../src/stages/load.js";
import { lockChecksum } from "../../src/stages/locked.js";
import { repository } from "./paths.js";

export interface CopyOptions {
  /** So that what a test builds is never taken for the catalog's own images; absent where it builds none of these. */
  readonly namespace?: string;
  /** Changes to the text of files, by path. */
  readonly edits?: Readonly<Record<string, (text: string) => string>>;
  /** Further files, by path. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Puts the repository's own catalog into a folder under another namespace, changed, with a lock that matches. */
export function copyCatalog(folder: string, { namespace, edits = {}, files = {} }: CopyOptions): void {
  for (const path of ["catalog.yaml", "catalog.lock.yaml", "languages", "templates"]) {
    cpSync(join(repository, path), join(folder, path), { recursive: true });
  }
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
  for (const [path, edit] of Object.entries(edits)) editFile(folder, path, edit);
  if (namespace !== undefined)
    editFile(folder, "catalog.yaml", (text) => text.replace(/^namespace: .*$/m, `namespace: ${namespace}`));
  const loaded = loadCatalog(folder);
  if (!loaded.ok) throw new Error(loaded.diagnostics.map(({ message }) => message).join("\n"));
  const checksum = lockChecksum(loaded.value);
  const lock = join(folder, "catalog.lock.yaml");
  writeFileSync(lock, readFileSync(lock, "utf8").replace(/^definitions: .*$/m, `definitions: ${checksum}`));
}

function editFile(folder: string, path: string, edit: (text: string) => string): void {
  const file = join(folder, path);
  const before = readFileSync(file, "utf8");
  const after = edit(before);
  if (after === before) throw new Error(`the edit of ${path} changes nothing`);
  writeFileSync(file, after);
}
