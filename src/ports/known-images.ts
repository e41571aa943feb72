import { join } from "node:path";
import { z } from "zod";
import type { Digest } from "../model/reference.js";
import { cacheFolder } from "./artifact-store.js";
import { readCache, writeCache } from "./cache-file.js";
import type { EngineImage } from "./engine.js";

const imageSchema = z.object({ labels: z.record(z.string(), z.string()), user: z.string(), size: z.int().min(0) });
const schema = z.record(z.string(), imageSchema);
type Known = z.infer<typeof imageSchema>;

/** What an engine said of images, by what it tells them by, which never means another image. May vanish. */
export interface KnownImages {
  readonly get: (id: Digest) => EngineImage | undefined;
  /** Never fails: what is lost is asked for again. */
  readonly add: (images: readonly EngineImage[]) => void;
  /** Lets go all but these, which an engine says it has; the file follows when the next is added. */
  readonly retain: (ids: ReadonlySet<Digest>) => void;
}

/** The file is read when the first image is asked for. */
export function openKnownImages(engine: string, cache = cacheFolder()): KnownImages {
  const file = join(cache, "images", `${engine}.json`);
  let known: Map<string, Known> | undefined;
  const load = (): Map<string, Known> => {
    known ??= new Map(Object.entries(schema.safeParse(readCache(file)).data ?? {}));
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
      writeCache(file, `${JSON.stringify(Object.fromEntries(all))}\n`);
    },
    retain: (ids) => {
      known = new Map([...load()].filter(([id]) => ids.has(id as Digest)));
    },
  };
}
