import { createWriteStream, statSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import type { ImageContent } from "../model/content.js";
import { Failure } from "../model/failure.js";
import { type LayerContent, layLayers } from "../model/layers.js";
import { isDatabaseFile } from "../model/package-database.js";
import { parseDigest } from "../model/reference.js";
import { oneLine } from "../support/text.js";
import type { Engine } from "./engine.js";
import { isFile, readText, reasonOf, withTemporaryFolder } from "./files.js";
import { readLayer } from "./layer.js";
import { readTar } from "./tar.js";

/** Reads an image whole, without running anything in it. Throws a Failure. */
export type ReadContent = (reference: string) => Promise<ImageContent>;

/** What is read of a layer is remembered: images share theirs. */
export function createContentReader(engine: Pick<Engine, "save">): ReadContent {
  const known: Known = new Map();
  return (reference) =>
    withTemporaryFolder(async (folder) => {
      const file = join(folder, "image.tar");
      await engine.save(reference, file);
      return readLayout(file, folder, known).catch((error: unknown) => {
        throw new Failure(oneLine(`cannot read ${reference}: ${reasonOf(error)}`, 400));
      });
    });
}

/** Layers by their digest. */
type Known = Map<string, Promise<LayerContent>>;

async function readLayout(file: string, folder: string, known: Known): Promise<ImageContent> {
  await unpack(file, folder);
  const { config, layers } = readManifest(folder);
  const read = layers.map((layer) => known.get(layer.digest) ?? readNew(folder, layer, known));
  // Even where one fails: other images may wait for another one, which is read from this folder.
  await Promise.allSettled(read);
  return { ...layLayers(await Promise.all(read)), user: config?.User ?? "", env: config?.Env ?? [] };
}

/** What failed is not remembered: the next image that has the layer brings it along. */
function readNew(folder: string, { digest, mediaType }: Descriptor, known: Known): Promise<LayerContent> {
  const layer = readBlob(folder, digest, mediaType);
  known.set(digest, layer);
  layer.catch(() => known.delete(digest));
  return layer;
}

/** Of the archive, only what an image layout consists of: its names are part of no other path. */
async function unpack(file: string, folder: string): Promise<void> {
  await readTar({ file, compressed: false }, async (entry) => {
    const { name, type } = entry.header;
    if (type !== "file" || !/^(index\.json|blobs\/sha256\/[0-9a-f]{64})$/.test(name)) {
      entry.resume();
      return;
    }
    const target = join(folder, name);
    await mkdir(dirname(target), { recursive: true });
    await pipeline(entry, createWriteStream(target));
  });
}

const descriptor = z.object({ mediaType: z.string(), digest: z.string() });
type Descriptor = z.infer<typeof descriptor>;
const index = z.object({ manifests: z.array(descriptor) });
const manifest = z.object({ config: descriptor, layers: z.array(descriptor) });
const configuration = z.object({
  config: z.object({ User: z.string().nullish(), Env: z.array(z.string()).nullish() }).nullish(),
});

/** The first manifest of which there is all: an index may speak of platforms that the engine did not get. */
function readManifest(folder: string) {
  const read = <T>(schema: z.ZodType<T>, path: string): T | undefined =>
    schema.safeParse(JSON.parse(readText(join(folder, path)) ?? "null")).data;
  const findManifest = (path: string): z.infer<typeof manifest> | undefined => {
    const found = read(manifest, path);
    if (found !== undefined) return [found.config, ...found.layers].every(isThere) ? found : undefined;
    const nested = read(index, path)?.manifests ?? [];
    return nested
      .filter(isThere)
      .reduce<ReturnType<typeof findManifest>>((first, { digest }) => first ?? findManifest(pathOf(digest)), undefined);
  };
  const isThere = ({ digest }: Descriptor): boolean => isFile(join(folder, pathOf(digest)));
  const found = findManifest("index.json");
  if (found === undefined) throw new Failure("the engine saved it in a form that is not an OCI image layout");
  return { config: read(configuration, pathOf(found.config.digest))?.config, layers: found.layers };
}

/** `blobs/sha256/…`; a digest of another algorithm is the engine's mistake. */
function pathOf(digest: string): string {
  const parsed = parseDigest(digest);
  if (parsed === undefined) throw new Failure(`not a digest: ${digest}`);
  return `blobs/${parsed.replace(":", "/")}`;
}

/** The size is that of the blob, which engines that store layers uncompressed compress when they save them. */
async function readBlob(folder: string, digest: string, mediaType: string): Promise<LayerContent> {
  const file = join(folder, pathOf(digest));
  const parsed = parseDigest(digest);
  if (parsed === undefined) throw new Failure(`not a digest: ${digest}`);
  return {
    digest: parsed,
    compressed: statSync(file).size,
    ...(await readLayer(file, mediaType, isText).catch((error: unknown) => {
      throw new Failure(`layer ${parsed}: ${reasonOf(error)}`);
    })),
  };
}

/** Small files that say what the image holds. */
const isText = (path: string): boolean =>
  isDatabaseFile(path) || /^\/etc\/(passwd|group|ld\.so\.conf(\.d\/.*)?|ld-musl-.*\.path)$/.test(path);
