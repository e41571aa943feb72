import { createReadStream } from "node:fs";
import { join } from "node:path";
import { extract } from "tar-stream";
import type { ImageEntry } from "../model/promise.js";
import type { Engine } from "./engine.js";
import { withTemporaryFolder } from "./files.js";

/** Everything in an image's root file system, by path, read without running anything in it. */
export function readImageContent(engine: Engine, image: string): Promise<ReadonlyMap<string, ImageEntry>> {
  return withTemporaryFolder(async (folder) => {
    const file = join(folder, "rootfs.tar");
    await engine.exportRoot(image, file);
    return readEntries(file);
  });
}

async function readEntries(file: string): Promise<ReadonlyMap<string, ImageEntry>> {
  const entries = new Map<string, ImageEntry>();
  const archive = createReadStream(file).pipe(extract());
  for await (const entry of archive) {
    const { name, type, mode, uid, size, linkname } = entry.header;
    const path = `/${name.replace(/^\.?\/+|\/+$/g, "")}`;
    entries.set(path, {
      path,
      type: type ?? "file",
      mode: (mode ?? 0) & 0o7777,
      uid: uid ?? 0,
      size: size ?? 0,
      ...(linkname == null || linkname === "" ? {} : { target: linkname }),
    });
    entry.resume();
  }
  return entries;
}
