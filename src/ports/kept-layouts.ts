import { linkSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Digest } from "../model/reference.js";
import type { BuildRequest, Engine, EngineImage } from "./engine.js";
import { makeFolder, writeText } from "./files.js";
import { blobsOf } from "./saved-image.js";

/** What a run built, as an engine wrote it beside its own store: it is read without asking for all of it once more. */
export interface KeptLayouts {
  /** Has what is built with `keep` written as a layout too, where the engine can, and saves it from there. */
  readonly engine: Engine;
  /** Removes those of local references; whoever asks for one again, or for what is built on it, asks the engine. */
  readonly drop: (references: readonly string[]) => void;
}

/** Keeps layouts below a folder, for as long as that is there. */
export function keepLayouts(engine: Engine, folder: string): KeptLayouts {
  const { prepare, add, copy, drop } = createStore(folder);
  const build = async ({ keep, ...request }: BuildRequest): Promise<EngineImage> => {
    if (keep !== true || (await engine.writesLayouts?.()) !== true) return engine.build(request);
    const layout = prepare(Object.values(request.contexts));
    const image = await engine.build({ ...request, layout });
    add(layout, image.id, request.tags);
    return image;
  };
  const save = async (reference: string, path: string): Promise<void> => {
    const id = (await engine.inspect([reference])).get(reference)?.id;
    if (id === undefined || !copy(id, path)) await engine.save(reference, path);
  };
  return { engine: { ...engine, build, save }, drop };
}

interface Kept {
  readonly layout: string;
  /** All that the image has: its manifest, its config, its layers. */
  readonly blobs: readonly Digest[];
}

/** Each image has a folder of its own, with no more than what was new: builds at the same time would disturb each other in one. */
function createStore(folder: string) {
  const kept = new Map<Digest, Kept>();
  const ids = new Map<string, Digest>();
  const files = new Map<Digest, string>();
  let count = 0;
  const keptAs = (reference: string): Kept | undefined => kept.get(ids.get(reference) as Digest);
  return {
    /** A new folder. An empty file stands for each blob of what is built on: an engine leaves out what is there by its name. */
    prepare: (below: readonly string[]): string => {
      count += 1;
      const layout = join(folder, String(count));
      makeFolder(join(layout, blobFolder));
      const blobs = new Set(below.flatMap((reference) => keptAs(reference)?.blobs ?? []));
      for (const digest of blobs) writeText(blobFile(layout, digest), { text: "" });
      return layout;
    },
    /** What was written under another id than the engine's is of no use. */
    add: (layout: string, id: Digest, references: readonly string[]): void => {
      for (const digest of writtenTo(layout)) files.set(digest, blobFile(layout, digest));
      const manifest = files.get(id);
      const blobs = manifest === undefined ? undefined : blobsOf(readFileSync(manifest));
      if (blobs === undefined) return;
      kept.set(id, { layout, blobs: [id, ...blobs] });
      for (const reference of references) ids.set(reference, id);
    },
    /** Whether it is whole, and the path a layout now. By links: who reads it has it, also when it is dropped meanwhile. */
    copy: (id: Digest, path: string): boolean => {
      const found = kept.get(id);
      if (found === undefined || !found.blobs.every((digest) => files.has(digest))) return false;
      makeFolder(join(path, blobFolder));
      for (const digest of found.blobs) linkSync(files.get(digest) as string, blobFile(path, digest));
      linkSync(join(found.layout, "index.json"), join(path, "index.json"));
      return true;
    },
    drop: (references: readonly string[]): void => {
      for (const reference of references) {
        const found = keptAs(reference);
        if (found === undefined) continue;
        for (const digest of found.blobs)
          if (files.get(digest) === blobFile(found.layout, digest)) files.delete(digest);
        kept.delete(ids.get(reference) as Digest);
        rmSync(found.layout, { recursive: true, force: true });
      }
    },
  };
}

const blobFolder = join("blobs", "sha256");

const blobFile = (layout: string, digest: Digest): string => join(layout, blobFolder, digest.slice("sha256:".length));

/** The blobs that are no empty files. */
const writtenTo = (layout: string): readonly Digest[] =>
  readdirSync(join(layout, blobFolder))
    .map((name) => `sha256:${name}` as Digest)
    .filter((digest) => statSync(blobFile(layout, digest)).size > 0);
