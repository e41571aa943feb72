import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type OpenCatalog, openCatalog } from "../../src/commands/catalog.js";
import type { Diagnostic } from "../../src/model/diagnostic.js";
import type { Lock } from "../../src/model/lock.js";
import { type LoadedCatalog, loadCatalog, loadLock } from "../../src/stages/load.js";
import { writeFiles, writeSmallCatalog } from "./folders.js";
import { goldens } from "./paths.js";

const expected = (path: string): string => readFileSync(join(goldens, "small-catalog", "expected", path), "utf8");

/** The small catalog with its lock in a folder; then the given files over it. */
export function writeResolvedCatalog(folder: string, changes: Readonly<Record<string, string>> = {}): void {
  writeSmallCatalog(folder, { "catalog.lock.yaml": expected("catalog.lock.yaml") });
  writeFiles(folder, changes);
}

export function openGood(folder: string): OpenCatalog {
  const opened = openCatalog(folder);
  assert.ok(opened.ok, JSON.stringify(opened));
  return opened.value;
}

export function loadGood(folder: string): { readonly loaded: LoadedCatalog; readonly lock: Lock } {
  const [loaded, lock] = [loadCatalog(folder), loadLock(folder)];
  assert.ok(loaded.ok && lock.ok && lock.value !== undefined);
  return { loaded: loaded.value, lock: lock.value };
}

/** `line:column rule: message` with the file where it is not the expected one. */
export function formatShort({ rule, message, place, file }: Diagnostic): string {
  return `${place === undefined ? (file ?? "nowhere") : `${place.file}:${place.line}:${place.column}`} ${rule}: ${message}`;
}
