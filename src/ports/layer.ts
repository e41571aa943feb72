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
  await readTarStream(type[1] === "gzip" ? [open(), createGunzip()] : [open()], async (entry) => {
    const header = describe(entry.header);
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    if (header.type !== "file") {
      entries.push(header);
      return;
    }
    const bytes = Buffer.concat(chunks);
    const elf = readElf(bytes);
    entries.push({
      ...header,
      sha1: hash("sha1", bytes),
      sha256: hash("sha256", bytes),
      ...(elf === undefined ? {} : { elf }),
    });
    if (wantsText(header.path)) texts.set(header.path, bytes.toString("utf8"));
  });
  return { entries, texts };
}

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

const hash = (algorithm: string, bytes: Buffer): string => createHash(algorithm).update(bytes).digest("hex");
