import { join } from "node:path";
import { z } from "zod";
import { Failure } from "../model/failure.js";
import type { Digest } from "../model/reference.js";
import { cacheFolder } from "./artifact-store.js";
import type { EngineImage } from "./engine.js";
import { makeFolder, readText, writeText } from "./files.js";

/** How many are kept, those that came last: more than most catalogs have, and read at once. */
const most = 2000;

const imageSchema = z.object({ labels: z.record(z.string(), z.string()), user: z.string(), size: z.int().min(0) });
const schema = z.record(z.string(), imageSchema);
type Known = z.infer<typeof imageSchema>;

/** What an engine said of images, by what it tells them by, which never means another image. May vanish. */
export interface KnownImages {
  readonly get: (id: Digest) => EngineImage | undefined;
  /** Never fails: what is lost is asked for again. */
  readonly add: (images: readonly EngineImage[]) => void;
}

/** The file is read when the first image is asked for. */
export function openKnownImages(engine: string, cache = cacheFolder()): KnownImages {
  const folder = join(cache, "images");
  const file = join(folder, `${engine}.json`);
  let known: Map<string, Known> | undefined;
  const load = (): Map<string, Known> => {
    known ??= new Map(Object.entries(readKnown(file)));
    return known;
  };
  return {
    get: (id) => {
      const image = load().get(id);
      return image === undefined ? undefined : { id, ...image };
    },
    add: (images) => {
      if (images.length === 0) return;
      const all = load();
      for (const { id, labels, user, size } of images) all.set(id, { labels, user, size });
      try {
        makeFolder(folder);
        writeText(file, { text: `${JSON.stringify(Object.fromEntries([...all].slice(-most)))}\n` });
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
      }
    },
  };
}

function readKnown(file: string): Readonly<Record<string, Known>> {
  try {
    return schema.safeParse(JSON.parse(readText(file) ?? "{}")).data ?? {};
  } catch (error) {
    if (error instanceof Failure || error instanceof SyntaxError) return {};
    throw error;
  }
}
