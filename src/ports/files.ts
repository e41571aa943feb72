import {
  appendFileSync,
  chmodSync,
  closeSync,
  constants,
  type Dirent,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import { Failure } from "../model/failure.js";
import { hold } from "./interruption.js";

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

/** The first characters of a file, at most as many as there are bytes; undefined where there is none. */
export function readStart(path: string, bytes: number): string | undefined {
  try {
    const file = openSync(path, constants.O_RDONLY);
    try {
      const start = Buffer.alloc(bytes);
      return start.toString("utf8", 0, readSync(file, start));
    } finally {
      closeSync(file);
    }
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
  return [...entriesOf(folder).keys()].sort();
}

/** What is no folder below a folder, by its path there. */
function entriesOf(folder: string): ReadonlyMap<string, Dirent> {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => !entry.isDirectory());
    return new Map(
      files.map((entry) => [relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"), entry]),
    );
  } catch (error) {
    if (isMissing(error)) return new Map();
    throw new Failure(`cannot read ${folder}: ${reasonOf(error)}`);
  }
}

/** Writes a file so that a reader sees the old content or the new, never a part. */
export function writeText(path: string, { text, executable = false }: FileContent): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    // Naming the encoding, Node opens, writes and closes in one call.
    writeFileSync(temporary, text, { encoding: "utf8", mode: executable ? 0o755 : 0o644 });
    renameSync(temporary, path);
  } catch (error) {
    if (existsSync(temporary)) rmSync(temporary);
    throw new Failure(`cannot write ${path}: ${reasonOf(error)}`);
  }
}

/** Adds text to the end of a file that somebody else gives for it. */
export function appendText(path: string, text: string): void {
  try {
    appendFileSync(path, text);
  } catch (error) {
    throw new Failure(`cannot write ${path}: ${reasonOf(error)}`);
  }
}

/** How a folder differs from what it should hold. */
export function compareTree(folder: string, wanted: Tree): TreeDifference {
  const present = entriesOf(folder);
  const holds = (path: string, { text, executable = false }: FileContent): boolean =>
    present.get(path)?.isFile() === true &&
    readText(join(folder, path)) === text &&
    (!executable || isExecutable(join(folder, path)));
  const paths = [...wanted.keys()];
  return {
    added: paths.filter((path) => !present.has(path)),
    changed: [...wanted].flatMap(([path, content]) => (present.has(path) && !holds(path, content) ? [path] : [])),
    orphaned: [...present.keys()].filter((path) => !wanted.has(path)).sort(),
  };
}

/** Makes a folder hold exactly a tree, touching only what differs; says what it touched. */
export function writeTree(folder: string, wanted: Tree): TreeDifference {
  const difference = compareTree(folder, wanted);
  // First, so that what was a folder can become a file, and the other way round.
  for (const path of difference.orphaned) removeFile(folder, path);
  for (const parent of new Set(difference.added.map(dirname))) makeFolder(join(folder, parent));
  for (const path of [...difference.added, ...difference.changed]) {
    const content = wanted.get(path);
    if (content !== undefined) writeText(join(folder, path), content);
  }
  return difference;
}

/** Makes a folder and those above it, where they are not there yet. */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw new Failure(`cannot make the folder ${path}: ${reasonOf(error)}`);
  }
}

/** Removes a file, and the folders above it that it leaves empty. */
function removeFile(folder: string, path: string): void {
  try {
    rmSync(join(folder, path), { force: true });
    for (let parent = dirname(path); parent !== "."; parent = dirname(parent)) {
      if (readdirSync(join(folder, parent)).length > 0) return;
      rmdirSync(join(folder, parent));
    }
  } catch (error) {
    throw new Failure(`cannot remove ${join(folder, path)}: ${reasonOf(error)}`);
  }
}

/** Gives a new folder to `use`, which only this user can read, and removes it whatever happens, also where a signal ends the run. */
export async function withTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "ingot-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const letGo = hold("folder", remove);
  try {
    chmodSync(folder, 0o700);
    return await use(folder);
  } finally {
    remove();
    letGo();
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
