import { createHash, randomUUID } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../model/failure.js";
import { type Digest, parseDigest } from "../model/reference.js";
import { oneLine } from "../support/text.js";
import { hold } from "./interruption.js";
import { digestOfBytes, type ManifestBytes, refuseOtherDigest } from "./registry-manifest.js";
import type { BlobSource } from "./registry-source.js";
import { parseJson } from "./registry-text.js";

const layoutFile = "oci-layout";
const layoutVersion = "1.0.0";
const smallLimit = 64 * 1024;
/** What this client has not finished to write; who was killed leaves it. */
const temporary = /^\.ingot-[0-9a-f-]+\.tmp$/;
/** Milliseconds after which nobody writes to such a file any more. */
const abandonedAfter = 24 * 60 * 60 * 1000;

/** Whether there is a layout, or room for a new one. Throws a Failure for a folder that is somebody else's. */
export function checkLayout(folder: string): boolean {
  const stats = statsOf(folder);
  if (stats === undefined) return false;
  const said = readSmall(join(folder, layoutFile), smallLimit);
  if (said !== undefined) return requireVersion(said);
  if (readdirSync(folder).every((name) => temporary.test(name))) return false;
  throw new Failure("that folder is no OCI image layout and not empty; name a new folder, or one that is a layout");
}

function requireVersion(bytes: Uint8Array): true {
  const { imageLayoutVersion: version } = (parseJson(bytes) ?? {}) as { readonly imageLayoutVersion?: unknown };
  if (version === layoutVersion) return true;
  const text = typeof version === "string" ? oneLine(version, 20) : "unknown";
  throw new Failure(`its image layout has version ${text}, and ${layoutVersion} is the one that is known`);
}

/** Makes a folder a layout where it is none, and tidies up what was left there a day ago. */
export function prepareLayout(folder: string): void {
  if (!checkLayout(folder)) {
    mkdirSync(folder, { recursive: true });
    replace(folder, layoutFile, Buffer.from(JSON.stringify({ imageLayoutVersion: layoutVersion })));
  }
  for (const path of [join(folder, "blobs"), join(folder, "blobs", "sha256")]) {
    mkdirSync(path, { recursive: true });
    if (!lstatSync(path).isDirectory()) throw new Failure(`${path} is no folder`);
  }
  for (const name of readdirSync(folder).filter((each) => temporary.test(each))) {
    const age = Date.now() - (statsOf(join(folder, name))?.mtimeMs ?? 0);
    if (age > abandonedAfter) rmSync(join(folder, name), { force: true });
  }
}

/** Throws a Failure for what is no digest, and so could be a path to anywhere. */
function blobPath(digest: string): string {
  if (parseDigest(digest) === undefined) throw new Failure("that is not a sha256 digest");
  return join("blobs", "sha256", digest.slice("sha256:".length));
}

/** How many bytes a blob has; undefined where there is none. */
export function sizeOfBlob(folder: string, digest: Digest): number | undefined {
  const stats = statsOf(join(folder, blobPath(digest)));
  return stats?.isFile() === true ? stats.size : undefined;
}

/** A blob whole, its digest checked; undefined where there is none, a Failure where it is longer than the limit. */
export function readBlob(folder: string, digest: Digest, limit: number): Uint8Array | undefined {
  const bytes = readSmall(join(folder, blobPath(digest)), limit);
  if (bytes !== undefined) refuseOtherDigest(digestOfBytes(bytes), digest);
  return bytes;
}

/** A document as a blob; in one go, and not at all where it is there. */
export function writeDocument(folder: string, { digest, bytes }: ManifestBytes): void {
  if (digestOfBytes(bytes) !== digest) throw new Failure(`what was to be written is not ${digest}`);
  if (sizeOfBlob(folder, digest) !== bytes.length) replace(folder, blobPath(digest), bytes);
}

/** Writes a file of a layout so that a reader sees the old or the new one, also after the power fails. */
export function replace(folder: string, path: string, bytes: Uint8Array, allowed: () => boolean = () => true): void {
  const fresh = join(folder, temporaryName());
  try {
    writeFileSync(fresh, bytes, { flag: "wx", flush: true });
    if (!allowed()) throw new Failure(`somebody else writes ${path}; run this again`);
    renameSync(fresh, join(folder, path));
  } finally {
    rmSync(fresh, { force: true });
  }
}

/** Writes a blob as a stream, to be there once it is whole and is what its digest says. */
export async function writeBlob(folder: string, { digest, size, open: openSource }: BlobSource): Promise<void> {
  const path = join(folder, blobPath(digest));
  const fresh = join(folder, temporaryName());
  const remove = () => rmSync(fresh, { force: true });
  const letGo = hold("folder", remove);
  try {
    const file = await open(fresh, "wx");
    try {
      await copy(openSource(), file, { digest, size });
    } finally {
      await file.close();
    }
    renameSync(fresh, path);
  } finally {
    remove();
    letGo();
  }
}

async function copy(
  source: AsyncIterable<Uint8Array>,
  file: FileHandle,
  { digest, size }: Pick<BlobSource, "digest" | "size">,
): Promise<void> {
  const hash = createHash("sha256");
  let length = 0;
  for await (const chunk of source) {
    length += chunk.length;
    if (length > size) break;
    hash.update(chunk);
    await file.writeFile(chunk);
  }
  if (length !== size) throw new Failure(`the blob has ${length > size ? "more" : "less"} than its ${size} bytes`);
  const actual = `sha256:${hash.digest("hex")}`;
  if (actual !== digest) throw new Failure(`the blob is not what was promised, but ${actual}`);
  await file.sync();
}

const temporaryName = (): string => `.ingot-${randomUUID()}.tmp`;

/** A file without following a link, as what comes on a stick may lead anywhere; undefined where there is none. */
export function readSmall(path: string, limit: number): Uint8Array | undefined {
  const stats = statsOf(path);
  if (stats === undefined) return undefined;
  if (!stats.isFile()) throw new Failure(`${path} is no regular file`);
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    if (fstatSync(file).size > limit) throw new Failure(`${path} has more than ${limit} bytes`);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

const statsOf = (path: string): Stats | undefined => lstatSync(path, { throwIfNoEntry: false });
