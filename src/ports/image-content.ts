import { text } from "node:stream/consumers";
import { z } from "zod";
import type { ImageContent } from "../model/content.js";
import { Failure } from "../model/failure.js";
import { type LayerContent, layLayers } from "../model/layers.js";
import { isDatabaseFile } from "../model/package-database.js";
import type { Digest } from "../model/reference.js";
import { oneLine } from "../support/text.js";
import type { Engine } from "./engine.js";
import { reasonOf } from "./files.js";
import { readLayer } from "./layer.js";
import { type Blob, type SavedImage, withSavedImage } from "./saved-image.js";

/**
 * Reads an image whole, without running anything in it. Who knows what the engine tells the image by says that too: then it is
 * saved once, however often it is asked for. Throws a Failure.
 */
export type ReadContent = (reference: string, id?: Digest) => Promise<ImageContent>;

/** What was read, for as long as it may be asked for again: of a large catalog it is more than there is memory. */
export interface ContentMemory {
  /** By what the engine tells them by. */
  readonly images: Map<Digest, Promise<Content>>;
  /** Those of images that are remembered. */
  readonly layersOf: Map<Digest, readonly Digest[]>;
  /** By their digest. */
  readonly layers: Map<Digest, Promise<LayerContent>>;
  /** How many images had a layer. */
  readonly uses: Map<Digest, number>;
}

export const createContentMemory = (): ContentMemory => ({
  images: new Map(),
  layersOf: new Map(),
  layers: new Map(),
  uses: new Map(),
});

/** Forgets an image, and its layers that no other one had: what one more image had is below others too. */
export function forgetImage({ images, layersOf, layers, uses }: ContentMemory, id: Digest): void {
  for (const digest of layersOf.get(id) ?? []) if (uses.get(digest) === 1) layers.delete(digest);
  images.delete(id);
  layersOf.delete(id);
}

/** What is read of a layer is remembered. */
export function createContentReader(engine: Pick<Engine, "save">, memory = createContentMemory()): ReadContent {
  const { images, layersOf, layers: known, uses } = memory;
  const save = (reference: string): Promise<Content> =>
    withSavedImage(engine, reference, (image) =>
      readImage(image, known).catch((error: unknown) => {
        throw new Failure(oneLine(`cannot read ${reference}: ${reasonOf(error)}`, 400));
      }),
    );
  const remember = (id: Digest, { layers }: Content): void => {
    const digests = layers.map(({ digest }) => digest);
    layersOf.set(id, digests);
    for (const digest of new Set(digests)) uses.set(digest, (uses.get(digest) ?? 0) + 1);
  };
  const once = (reference: string, id: Digest): Promise<Content> => {
    const content = images.get(id) ?? save(reference);
    if (images.has(id)) return content;
    images.set(id, content);
    content.then(
      (read) => remember(id, read),
      () => images.delete(id),
    );
    return content;
  };
  return async (reference, id) => {
    const { layers, ...rest } = await (id === undefined ? save(reference) : once(reference, id));
    return { ...layLayers(layers), ...rest };
  };
}

/** An image before its layers are laid on each other, which takes less time than room. */
interface Content extends Omit<ImageContent, "layers" | "entries" | "texts"> {
  readonly layers: readonly LayerContent[];
}

/** Layers by their digest. */
type Known = Map<string, Promise<LayerContent>>;

const configuration = z.object({
  architecture: z.string().min(1),
  config: z.object({ User: z.string().nullish(), Env: z.array(z.string()).nullish() }).nullish(),
});

async function readImage({ digest, config, layers }: SavedImage, known: Known): Promise<Content> {
  const { data } = configuration.safeParse(JSON.parse(await text(config.open())));
  if (data === undefined) throw new Failure("its config is not as the OCI image specification wants it");
  const read = layers.map((layer) => known.get(layer.digest) ?? readNew(layer, known));
  // Even where one fails: other images may wait for another one, which is read from this folder.
  await Promise.allSettled(read);
  const { User, Env } = data.config ?? {};
  return {
    layers: await Promise.all(read),
    digest,
    architecture: data.architecture,
    user: User ?? "",
    env: Env ?? [],
  };
}

/** What failed is not remembered: the next image that has the layer brings it along. */
function readNew(blob: Blob, known: Known): Promise<LayerContent> {
  const layer = readBlob(blob);
  known.set(blob.digest, layer);
  layer.catch(() => known.delete(blob.digest));
  return layer;
}

/** The size is that of the blob, which engines that store layers uncompressed compress when they save them. */
async function readBlob({ digest, mediaType, size, open }: Blob): Promise<LayerContent> {
  return {
    digest,
    compressed: size,
    ...(await readLayer(open, mediaType, isText).catch((error: unknown) => {
      throw new Failure(`layer ${digest}: ${reasonOf(error)}`);
    })),
  };
}

/** Small files that say what the image holds. */
const isText = (path: string): boolean =>
  isDatabaseFile(path) || /^\/etc\/(passwd|group|ld\.so\.conf(\.d\/.*)?|ld-musl-.*\.path)$/.test(path);
