import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { createGunzip } from "node:zlib";
import xz from "xz-decompress";
import { openPromise } from "yauzl";
import { Failure } from "../model/failure.js";
import { type Entry, readTarStream } from "./tar.js";

/** A file, folder or link in an archive, as the archive has it: nothing about it is trusted. */
export interface ArchiveEntry {
  readonly path: string;
  readonly type: "file" | "directory" | "symlink" | "link" | "other";
  /** Where a link leads; empty otherwise. */
  readonly target: string;
  /** Bytes. */
  readonly size: number;
  readonly executable: boolean;
  /** To be read at most once, before the next entry is asked for. */
  readonly content: () => Readable | Promise<Readable>;
}

/** Gives an archive's entries to `use`, one after the other; false where the name is that of no archive. Throws whatever goes wrong. */
export async function readArchive(
  file: string,
  name: string,
  use: (entry: ArchiveEntry) => Promise<void>,
): Promise<boolean> {
  const [, kind] = /\.(tgz|tar\.gz|txz|tar\.xz|tar|zip)$/.exec(name) ?? [];
  if (kind === undefined) return false;
  if (kind === "zip") {
    await readZip(file, use);
    return true;
  }
  await readTarStream(unpacked(file, kind), async (entry) => {
    await use(describe(entry));
    entry.resume();
  });
  return true;
}

function unpacked(file: string, kind: string): readonly [Readable, ...NodeJS.ReadWriteStream[]] {
  const stream = createReadStream(file);
  if (kind === "tar") return [stream];
  if (kind.endsWith("gz")) return [stream, createGunzip()];
  return [Readable.fromWeb(new xz.XzReadableStream(Readable.toWeb(stream) as ReadableStream<Uint8Array>) as never)];
}

const types: Readonly<Record<string, ArchiveEntry["type"]>> = {
  file: "file",
  "contiguous-file": "file",
  directory: "directory",
  symlink: "symlink",
  link: "link",
};

function describe(entry: Entry): ArchiveEntry {
  const { name, type, linkname, size, mode } = entry.header;
  return {
    path: name,
    type: types[type ?? "file"] ?? "other",
    target: linkname ?? "",
    size: size ?? 0,
    executable: ((mode ?? 0) & 0o111) !== 0,
    content: () => entry as unknown as Readable,
  };
}

const mostOfTarget = 4096;

/** The library refuses names that lead out, and files that are larger than they say. */
async function readZip(file: string, use: (entry: ArchiveEntry) => Promise<void>): Promise<void> {
  const archive = await openPromise(file);
  try {
    for await (const entry of archive.eachEntry()) {
      const mode = entry.externalFileAttributes >>> 16;
      const isLink = (mode & 0o170000) === 0o120000;
      if (isLink && entry.uncompressedSize > mostOfTarget)
        throw new Failure("the archive has a link that leads nowhere");
      const content = () => archive.openReadStreamPromise(entry);
      const type = isLink ? "symlink" : entry.fileName.endsWith("/") ? "directory" : "file";
      const target = isLink ? await text(await content()) : "";
      const executable = (mode & 0o111) !== 0;
      await use({ path: entry.fileName, type, target, size: entry.uncompressedSize, executable, content });
    }
  } finally {
    archive.close();
  }
}
