import { chmodSync, cpSync, createReadStream, createWriteStream, mkdirSync, realpathSync, symlinkSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { pipeline } from "node:stream/promises";
import type { ArtifactLayout } from "../model/artifact.js";
import { Failure } from "../model/failure.js";
import { type ArchiveEntry, readArchive } from "./archive.js";
import { reasonOf } from "./files.js";

export interface UnpackRequest {
  readonly file: string;
  /** What its name ended in where it was published: that says what it is. */
  readonly name: string;
  readonly layout: ArtifactLayout;
  /** Empty; the root of what the layout says. */
  readonly folder: string;
  readonly limits?: Limits;
}

export interface Limits {
  /** Bytes of all files. */
  readonly size: number;
  readonly entries: number;
}

const usual: Limits = { size: 4 * 1024 ** 3, entries: 200_000 };

/** Writes what a layout takes from an archive, or a plain file, below a folder. Throws a Failure where anything in it could do harm. */
export async function unpack({ file, name, layout, folder, limits = usual }: UnpackRequest): Promise<void> {
  const unpacking: Unpacking = {
    layout,
    folder,
    limits,
    size: 0,
    entries: 0,
    taken: new Set(),
    links: new Map(),
    hard: new Map(),
  };
  try {
    const isArchive = await readArchive(file, name, (entry) => take(entry, unpacking));
    if (!isArchive) await takePlain(file, unpacking);
    finish(unpacking);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`the archive cannot be unpacked: ${reasonOf(error)}`);
  }
}

interface Unpacking {
  readonly layout: ArtifactLayout;
  readonly folder: string;
  readonly limits: Limits;
  size: number;
  entries: number;
  /** Keys of the layout's files that something was found for. */
  readonly taken: Set<string>;
  /** Made when all files are there, so that none is written through a link. */
  readonly links: Map<string, string>;
  readonly hard: Map<string, string>;
}

async function take(entry: ArchiveEntry, unpacking: Unpacking): Promise<void> {
  const { limits, layout } = unpacking;
  unpacking.entries += 1;
  unpacking.size += entry.size;
  if (unpacking.entries > limits.entries) throw new Failure(`the archive has more than ${limits.entries} entries`);
  if (unpacking.size > limits.size) throw new Failure(`the archive has more than ${limits.size} bytes`);
  const path = safePath(entry.path);
  const place = placeOf(path.split("/").slice(layout.strip).join("/"), unpacking);
  if (entry.type === "other") throw new Failure(`the archive has a device or the like: ${shown(path)}`);
  if (entry.type === "symlink") safeLink(path, entry.target);
  const linked =
    entry.type === "link" ? placeOf(safePath(entry.target).split("/").slice(layout.strip).join("/"), unpacking) : place;
  if (place === undefined) return;
  if (linked === undefined) throw new Failure(`the archive has a link to what is not taken from it: ${shown(path)}`);
  if (entry.type === "symlink") unpacking.links.set(place, entry.target);
  else if (entry.type === "link") unpacking.hard.set(place, linked);
  else if (entry.type === "file") await writeEntry(place, entry, unpacking);
}

/** `package/bin/node`; a Failure for a path that leaves the folder that it is unpacked into. */
function safePath(path: string): string {
  const steps = path.replace(/\/+$/, "").split("/");
  // What places the files reads their names line by line.
  if (/\p{Cc}/u.test(path)) throw new Failure(`the archive has an entry with a control character: ${shown(path)}`);
  const leaves = path.startsWith("/") || path.includes("\\") || steps.includes("..");
  if (leaves) throw new Failure(`the archive has an entry that leads out of it: ${shown(path)}`);
  return steps.filter((step) => step !== "." && step !== "").join("/");
}

function safeLink(path: string, target: string): void {
  const reached = posix.normalize(posix.join(posix.dirname(path), target));
  if (target.startsWith("/") || reached === ".." || reached.startsWith("../"))
    throw new Failure(`the archive has a link that leads out of it: ${shown(path)}`);
}

/** Names in archives are foreign: one line, and not endless. */
const shown = (path: string): string => JSON.stringify(path.slice(0, 200));

/** Where the layout puts a path, `/usr/local/bin/node`; undefined where it does not take it. */
function placeOf(path: string, { layout, taken }: Unpacking): string | undefined {
  const keys = Object.keys(layout.files).filter((key) => key === "." || path === key || path.startsWith(`${key}/`));
  const [key] = keys.sort((a, b) => b.length - a.length);
  if (key === undefined || path === "") return undefined;
  taken.add(key);
  const rest = key === "." ? path : path.slice(key.length + 1);
  return rest === "" ? layout.files[key] : `${layout.files[key]}/${rest}`;
}

async function writeEntry(place: string, { content, executable }: ArchiveEntry, unpacking: Unpacking): Promise<void> {
  const { folder } = unpacking;
  refuseBelowLink(place, unpacking);
  const path = join(folder, place);
  makeFolders(folder, dirname(place));
  await pipeline(await content(), createWriteStream(path));
  chmodSync(path, executable ? 0o755 : 0o644);
}

/** Below a link is wherever it leads: perhaps outside of the folder. */
function refuseBelowLink(place: string, { links, hard }: Unpacking): void {
  for (let above = dirname(place); above !== "/"; above = dirname(above))
    if (links.has(above) || hard.has(above))
      throw new Failure(`the archive has an entry below a link: ${shown(place)}`);
}

/** Readable by all, whatever this user's umask. */
function makeFolders(folder: string, place: string): void {
  if (place === "/") return;
  makeFolders(folder, dirname(place));
  mkdirSync(join(folder, place), { recursive: true });
  chmodSync(join(folder, place), 0o755);
}

/** A plain file is a program where it goes among programs. */
async function takePlain(file: string, unpacking: Unpacking): Promise<void> {
  const place = unpacking.layout.files["."];
  if (place === undefined) throw new Failure("it is a plain file, which the definition must take as .");
  unpacking.taken.add(".");
  const content = () => createReadStream(file);
  await writeEntry(
    place,
    { path: "", type: "file", target: "", size: 0, executable: /\/s?bin\/[^/]+$/.test(place), content },
    unpacking,
  );
}

function finish(unpacking: Unpacking): void {
  const { layout, folder, taken, links, hard } = unpacking;
  const lacking = Object.keys(layout.files).find((key) => !taken.has(key));
  if (lacking !== undefined) throw new Failure(`the archive has no ${lacking}`);
  // All links are known only now, and none is made yet.
  for (const place of [...links.keys(), ...hard.keys(), ...Object.keys(layout.links)])
    refuseBelowLink(place, unpacking);
  for (const [place, target] of hard) {
    makeFolders(folder, dirname(place));
    cpSync(join(folder, target), join(folder, place));
  }
  for (const [place, target] of [...links, ...Object.entries(layout.links)]) {
    makeFolders(folder, dirname(place));
    symlinkSync(target, join(folder, place));
  }
  for (const place of links.keys()) staysInside(folder, place);
}

/** Where links lead to links, only the file system knows where they end. */
function staysInside(folder: string, place: string): void {
  const root = realpathSync(folder);
  let end: string;
  try {
    end = realpathSync(join(folder, place));
  } catch {
    // It leads to what was not taken: to nothing.
    return;
  }
  if (end !== root && !end.startsWith(`${root}/`))
    throw new Failure(`the archive has a link that leads out of it: ${shown(place)}`);
}
