import { createHash } from "node:crypto";
import { createGunzip } from "node:zlib";
import type { Header } from "tar-stream";
import type { ImageEntry } from "../model/content.js";
import { readElf } from "../model/elf.js";
import { Failure } from "../model/failure.js";
import type { LayerContent } from "../model/layers.js";
import { readTarStream } from "./tar.js";

const types: Readonly<Record<string, ImageEntry["type"]>> = {
  file: "file",
  "contiguous-file": "file",
  directory: "directory",
  symlink: "symlink",
  link: "link",
};

// As the OCI image specification and Docker's image manifest, schema 2, call them.
const mediaTypes = /^application\/vnd\.(?:oci\.image\.layer\.v1|docker\.image\.rootfs\.diff)\.tar(?:[+.](gzip))?$/;

/** Bytes that are unpacked at a time. By Node's 16 KiB, what is done between two takes as long as the unpacking itself. */
const chunkSize = 256 * 1024;

/** Reads a layer's tar, compressed or not. `wantsText` names the files whose text is kept. Throws what goes wrong on the way. */
export async function readLayer(
  open: () => NodeJS.ReadableStream,
  mediaType: string,
  wantsText: (path: string) => boolean,
): Promise<Pick<LayerContent, "entries" | "texts">> {
  const entries: Omit<ImageEntry, "layer">[] = [];
  const texts = new Map<string, string>();
  const type = mediaTypes.exec(mediaType);
  if (type === null) throw new Failure(`its media type is not read: ${mediaType}`);
  await readTarStream(type[1] === "gzip" ? [open(), createGunzip({ chunkSize })] : [open()], async (entry) => {
    const header = describe(entry.header);
    const { bytes, ...hashes } = await readContent(entry);
    if (header.type !== "file") {
      entries.push(header);
      return;
    }
    const elf = readElf(bytes);
    entries.push({ ...header, ...hashes, ...(elf === undefined ? {} : { elf }) });
    if (wantsText(header.path)) texts.set(header.path, bytes.toString("utf8"));
  });
  return { entries, texts };
}

/** Hashes what comes while it comes: it is in the processor's cache then. */
async function readContent(entry: AsyncIterable<unknown>): Promise<{ bytes: Buffer; sha1: string; sha256: string }> {
  const chunks: Buffer[] = [];
  const hashes = [createHash("sha1"), createHash("sha256")] as const;
  for await (const chunk of entry as AsyncIterable<Buffer>) {
    for (const hash of hashes) hash.update(chunk);
    chunks.push(chunk);
  }
  const [sha1, sha256] = hashes;
  return { bytes: inOne(chunks), sha1: sha1.digest("hex"), sha256: sha256.digest("hex") };
}

/** Most files come in one piece, which needs no copy. */
const inOne = (chunks: readonly Buffer[]): Buffer =>
  chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);

function describe({ name, type, mode, uid, gid, size, mtime, linkname }: Header): Omit<ImageEntry, "layer"> {
  const entry = types[type ?? "file"] ?? "device";
  const target = linkname == null || linkname === "" ? undefined : linkname;
  return {
    path: absolute(name),
    type: entry,
    mode: (mode ?? 0) & 0o7777,
    uid: uid ?? 0,
    gid: gid ?? 0,
    size: size ?? 0,
    modified: Math.floor((mtime?.getTime() ?? 0) / 1000),
    ...(target === undefined ? {} : { target: entry === "link" ? absolute(target) : target }),
  };
}

/** `./usr/bin/` → `/usr/bin` */
const absolute = (name: string): string => `/${name.replace(/^\.?\/+|\/+$/g, "").replace(/^\.$/, "")}`;
