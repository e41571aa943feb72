import { existsSync, linkSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Digest } from "../model/reference.js";
import type { BuildRequest, Engine, EngineImage } from "./engine.js";
import { makeFolder, writeText } from "./files.js";
import { blobsOf } from "./saved-image.js";

/** What a run built, as an engine wrote it beside its own store: it is read without asking for all of it once more. */
export interface KeptLayouts {
  /** Has what is built with `keep` written as a layout too, where the engine can, and saves it from there. */
  readonly engine: Engine;
  /** Forgets local references, and with its last one an image: who reads it then asks the engine. */
  readonly drop: (references: readonly string[]) => void;
}

/** Keeps layouts below a folder, for as long as that is there. */
export function keepLayouts(engine: Engine, folder: string): KeptLayouts {
  const { prepare, add, copy, drop } = createStore(folder);
  const build = async ({ keep, ...request }: BuildRequest): Promise<EngineImage> => {
    if (keep !== true || (await engine.writesLayouts?.()) !== true) return engine.build(request);
    const fresh = prepare(Object.values(request.contexts));
    try {
      const image = await engine.build({ ...request, layout: fresh.layout });
      add(fresh, image.id, request.tags);
      return image;
    } catch (error) {
      remove(fresh.layout);
      throw error;
    }
  };
  const save = async (reference: string, path: string): Promise<void> => {
    if (!(await copy(engine, reference, path))) await engine.save(reference, path);
  };
  return { engine: { ...engine, build, save }, drop };
}

/** A folder that a build writes to, and where the blobs are that it need not write. */
interface Fresh {
  readonly layout: string;
  readonly below: ReadonlyMap<Digest, string>;
}

interface Kept {
  readonly layout: string;
  /** All that the image has, in its own layout or those of what it is built on. */
  readonly files: ReadonlyMap<Digest, string>;
}

/** Each image has a folder of its own, with no more than what was new: builds at the same time would disturb each other in one. */
function createStore(folder: string) {
  const kept = new Map<Digest, Kept>();
  const ids = new Map<string, Digest>();
  let count = 0;
  const filesOf = (reference: string): Kept["files"] => {
    const id = ids.get(reference);
    return (id === undefined ? undefined : kept.get(id)?.files) ?? new Map();
  };
  return {
    prepare: (contexts: readonly string[]): Fresh => {
      count += 1;
      const layout = join(folder, String(count));
      makeFolder(join(layout, blobFolder));
      const below = new Map(contexts.flatMap((reference) => [...filesOf(reference)]));
      // An empty file is enough: an engine leaves out what is there by its name.
      for (const digest of below.keys()) writeText(blobFile(layout, digest), { text: "" });
      return { layout, below };
    },
    add: (fresh: Fresh, id: Digest, references: readonly string[]): void => {
      const files = kept.has(id) ? undefined : wholeImage(fresh, id);
      if (files === undefined) remove(fresh.layout);
      else kept.set(id, { layout: fresh.layout, files });
      for (const reference of references) ids.set(reference, id);
    },
    /** Whether a path is a layout of the image now. */
    copy: async (engine: Pick<Engine, "inspect">, reference: string, path: string): Promise<boolean> => {
      if (kept.size === 0) return false;
      const id = (await engine.inspect([reference])).get(reference)?.id;
      const image = id === undefined ? undefined : kept.get(id);
      return image !== undefined && linkImage(image, path);
    },
    drop: (references: readonly string[]): void => {
      const dropped = new Set(references.flatMap((reference) => ids.get(reference) ?? []));
      for (const reference of references) ids.delete(reference);
      const named = new Set(ids.values());
      for (const id of dropped) {
        if (named.has(id)) continue;
        const image = kept.get(id);
        if (image !== undefined) remove(image.layout);
        kept.delete(id);
      }
    },
  };
}

/** Where each blob of an image is; undefined where one is missing, as where what was written has another digest than in the engine. */
function wholeImage({ layout, below }: Fresh, id: Digest): Kept["files"] | undefined {
  const written = readdirSync(join(layout, blobFolder)).map((name) => `sha256:${name}` as Digest);
  const own = written.map((digest) => [digest, blobFile(layout, digest)] as const);
  const all = new Map([...below, ...own.filter(([, file]) => statSync(file).size > 0)]);
  const manifest = all.get(id);
  if (manifest === undefined) return undefined;
  const blobs = [id, ...blobsOf(readFileSync(manifest))];
  const files = blobs.flatMap((digest) => (all.has(digest) ? [[digest, all.get(digest) as string] as const] : []));
  return files.length === blobs.length ? new Map(files) : undefined;
}

/** By links: who reads it has it, also when it is dropped meanwhile. False where one is gone or cannot be linked. */
function linkImage({ layout, files }: Kept, path: string): boolean {
  if (![...files.values()].every((file) => existsSync(file))) return false;
  try {
    makeFolder(join(path, blobFolder));
    for (const [digest, file] of files) linkSync(file, blobFile(path, digest));
    linkSync(join(layout, "index.json"), join(path, "index.json"));
    return true;
  } catch {
    remove(path);
    return false;
  }
}

const blobFolder = join("blobs", "sha256");

const blobFile = (layout: string, digest: Digest): string => join(layout, blobFolder, digest.slice("sha256:".length));

const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true });
