import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { pack } from "tar-stream";
import type { Digest } from "../../src/model/reference.js";
import type { BuildRequest, Engine, EngineImage } from "../../src/ports/engine.js";
import type { TinyImage } from "./push.js";

/** What publishing needs of an engine, with tiny images of which it saves whole OCI layouts; no image is run. */
export interface LayoutEngine extends Pick<Engine, "inspect" | "save" | "build" | "untag"> {
  /** Local references that there are. */
  readonly references: () => readonly string[];
}

/** `build` gives what `make` makes for a request; other images are there from the start, by reference. */
export function createLayoutEngine(
  images: ReadonlyMap<string, TinyImage>,
  make: (request: BuildRequest) => TinyImage = () => {
    throw new Error("nothing is built here");
  },
): LayoutEngine {
  const local = new Map(images);
  const find = (reference: string): TinyImage => {
    const image = local.get(reference);
    if (image === undefined) throw new Error(`${reference} is not there`);
    return image;
  };
  return {
    references: () => [...local.keys()],
    inspect: async (references) =>
      new Map(references.flatMap((each) => (local.has(each) ? [[each, described(find(each).digest)]] : []))),
    save: (reference, file) => write(find(reference), file),
    build: async (request) => {
      const image = make(request);
      for (const tag of request.tags) local.set(tag, image);
      return described(image.digest);
    },
    untag: async (references) => {
      for (const reference of references) {
        find(reference);
        local.delete(reference);
      }
    },
  };
}

const described = (id: Digest): EngineImage => ({ id, labels: {}, user: "", size: 0 });

async function write(image: TinyImage, file: string): Promise<void> {
  const archive = pack();
  const written = pipeline(archive, createWriteStream(file));
  const { mediaType, digest, bytes } = image;
  const index = { schemaVersion: 2, manifests: [{ mediaType, digest, size: bytes.length }] };
  archive.entry({ name: "index.json" }, JSON.stringify(index));
  for (const each of [image, image.config, ...(image.below === undefined ? [] : [image.below]), image.layer])
    archive.entry({ name: `blobs/${each.digest.replace(":", "/")}` }, each.bytes);
  archive.finalize();
  await written;
}
