import { join } from "node:path";
import { z } from "zod";
import { Failure } from "../model/failure.js";
import type { Digest } from "../model/reference.js";
import { cacheFolder } from "./artifact-store.js";
import { makeFolder, readText, writeText } from "./files.js";

/** How many are kept, those that came last: far more than a catalog has images. */
const most = 5000;

const schema = z.record(z.string(), z.int().min(0));

/** Bytes of images on disk, by what an engine tells them by, which never means another image. May vanish. */
export interface KnownSizes {
  readonly get: (id: Digest) => number | undefined;
  /** Never fails: a lost size is asked for again. */
  readonly add: (sizes: ReadonlyMap<Digest, number>) => void;
}

/** The file is read when the first size is asked for. */
export function openSizes(engine: string, cache = cacheFolder()): KnownSizes {
  const folder = join(cache, "sizes");
  const file = join(folder, `${engine}.json`);
  let known: Map<string, number> | undefined;
  const load = (): Map<string, number> => {
    known ??= new Map(Object.entries(readSizes(file)));
    return known;
  };
  return {
    get: (id) => load().get(id),
    add: (sizes) => {
      if (sizes.size === 0) return;
      const all = load();
      for (const [id, size] of sizes) all.set(id, size);
      try {
        makeFolder(folder);
        writeText(file, { text: `${JSON.stringify(Object.fromEntries([...all].slice(-most)))}\n` });
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
      }
    },
  };
}

function readSizes(file: string): Readonly<Record<string, number>> {
  try {
    return schema.safeParse(JSON.parse(readText(file) ?? "{}")).data ?? {};
  } catch (error) {
    if (error instanceof Failure || error instanceof SyntaxError) return {};
    throw error;
  }
}
