import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import { Failure } from "../model/failure.js";

/** A file to write: its text, and whether it may be executed. */
export interface FileContent {
  readonly text: string;
  readonly executable?: boolean;
}

/** Path relative to a folder, with `/` on every system → content. */
export type Tree = ReadonlyMap<string, FileContent>;

export interface TreeDifference {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  /** There, but not wanted. */
  readonly orphaned: readonly string[];
}

/** The text of a file; undefined where there is none. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new Failure(`cannot read ${path}: ${reasonOf(error)}`);
  }
}

/** The bytes of a file; undefined where there is none. */
export function readBytes(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new Failure(`cannot read ${path}: ${reasonOf(error)}`);
  }
}

export function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

const isExecutable = (path: string): boolean => process.platform === "win32" || (statSync(path).mode & 0o100) !== 0;

/** Every file below a folder, relative to it, sorted; none where there is no such folder. */
export function listFiles(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}

/** Writes a file so that a reader sees the old content or the new, never a part. */
export function writeText(path: string, { text, executable = false }: FileContent): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    try {
      writeFileSync(temporary, text, { mode: executable ? 0o755 : 0o644 });
    } catch (error) {
      if (!isMissing(error)) throw error;
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(temporary, text, { mode: executable ? 0o755 : 0o644 });
    }
    renameSync(temporary, path);
  } catch (error) {
    if (existsSync(temporary)) rmSync(temporary);
    throw new Failure(`cannot write ${path}: ${reasonOf(error)}`);
  }
}

/** How a folder differs from what it should hold. */
export function compareTree(folder: string, wanted: Tree): TreeDifference {
  const added: string[] = [];
  const changed: string[] = [];
  for (const [path, { text, executable = false }] of wanted) {
    const present = isFile(join(folder, path)) ? readText(join(folder, path)) : undefined;
    if (present === undefined) added.push(path);
    else if (present !== text || (executable && !isExecutable(join(folder, path)))) changed.push(path);
  }
  return { added, changed, orphaned: listFiles(folder).filter((path) => !wanted.has(path)) };
}

/** Makes a folder hold exactly a tree, touching only what differs; says what it touched. */
export function writeTree(folder: string, wanted: Tree): TreeDifference {
  const difference = compareTree(folder, wanted);
  // First, so that what was a folder can become a file, and the other way round.
  for (const path of difference.orphaned) removeFile(folder, path);
  for (const path of [...difference.added, ...difference.changed]) {
    const content = wanted.get(path);
    if (content !== undefined) writeText(join(folder, path), content);
  }
  return difference;
}

/** Removes a file, and the folders above it that it leaves empty. */
function removeFile(folder: string, path: string): void {
  rmSync(join(folder, path), { force: true });
  for (let parent = dirname(path); parent !== "."; parent = dirname(parent)) {
    if (readdirSync(join(folder, parent)).length > 0) return;
    rmdirSync(join(folder, parent));
  }
}

/** Gives a new folder to `use`, which only this user can read, and removes it whatever happens. */
export async function withTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "ingot-"));
  try {
    chmodSync(folder, 0o700);
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const isMissing = (error: unknown): boolean =>
  ["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "");

/** `no space left on device` rather than the whole text of the system's error. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  const [, reason] = /^[A-Z]+: ([^,]+),/.exec(error.message) ?? [];
  return reason ?? (error.message || code || error.name);
}
