import { createReadStream, existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { z } from "zod";
import { Failure } from "../model/failure.js";
import { type Digest, parseDigest } from "../model/reference.js";
import { oneLine } from "../support/text.js";
import type { Engine } from "./engine.js";
import { reasonOf, withTemporaryFolder } from "./files.js";
import { parseJson } from "./registry-text.js";
import { indexTar } from "./tar.js";

/** An image as its engine wrote it: blobs of an OCI image layout. That they are what their digests say is not checked. */
export interface SavedImage {
  /** Of the manifest. */
  readonly digest: Digest;
  /** The manifest as it was written. */
  readonly manifest: Uint8Array;
  readonly config: Blob;
  /** Undermost first. */
  readonly layers: readonly Blob[];
}

export interface Blob {
  readonly digest: Digest;
  readonly mediaType: string;
  /** Bytes. */
  readonly size: number;
  /** Reads it from its start. */
  readonly open: () => Readable;
}

/** Lets a local image be read as files, for as long as it is used. Throws a Failure that names the image. */
export function withSavedImage<T>(
  engine: Pick<Engine, "save">,
  reference: string,
  use: (image: SavedImage) => Promise<T>,
): Promise<T> {
  return withTemporaryFolder(async (folder) => {
    const path = join(folder, "image");
    await engine.save(reference, path);
    const image = await readSaved(path).catch((error: unknown) => {
      throw new Failure(oneLine(`cannot read ${reference}: ${reasonOf(error)}`, 400));
    });
    return use(image);
  });
}

async function readSaved(path: string): Promise<SavedImage> {
  const layout = statSync(path).isDirectory() ? folderLayout(path) : await tarLayout(path);
  const { digest, config, layers } = await findManifest(layout);
  const blob = (each: Descriptor): Blob => {
    const name = nameOf(each.digest);
    return { ...each, digest: digestOf(each.digest), open: () => layout.open(name) };
  };
  const manifest = await buffer(layout.open(nameOf(digest)));
  return { digest, manifest, config: blob(config), layers: layers.map(blob) };
}

const folderLayout = (folder: string): Layout => ({
  has: (name) => existsSync(join(folder, name)),
  open: (name) => createReadStream(join(folder, name)),
});

/** Nothing is unpacked: most of what an image has is another one's as well, and read already. */
async function tarLayout(file: string): Promise<Layout> {
  const spans = await indexTar(file);
  const open = (name: string): Readable => {
    const { start, size } = spans.get(name) ?? missing(name);
    return size === 0 ? Readable.from([]) : createReadStream(file, { start, end: start + size - 1 });
  };
  return { has: (name) => spans.has(name), open };
}

function missing(name: string): never {
  throw new Failure(`it has no ${name}`);
}

/** Files of a folder or an archive. */
interface Layout {
  readonly has: (name: string) => boolean;
  readonly open: (name: string) => Readable;
}

const descriptor = z.object({ mediaType: z.string(), digest: z.string(), size: z.int().min(0) });
type Descriptor = z.infer<typeof descriptor>;
const index = z.object({ manifests: z.array(descriptor) });
const manifest = z.object({ config: descriptor, layers: z.array(descriptor) });

/** The config and the layers that the manifest of an image names; nothing for what is no such manifest. */
export function blobsOf(bytes: Uint8Array): readonly Digest[] {
  const { data } = manifest.safeParse(parseJson(bytes));
  return data === undefined ? [] : [data.config, ...data.layers].map(({ digest }) => digestOf(digest));
}

interface Found extends z.infer<typeof manifest> {
  readonly digest: Digest;
}

/** The first manifest of which there is all: an index may speak of platforms that the engine did not get. */
async function findManifest({ has, open }: Layout): Promise<Found> {
  const parse = async <T>(schema: z.ZodType<T>, name: string): Promise<T | undefined> =>
    has(name) ? schema.safeParse(JSON.parse(await text(open(name)))).data : undefined;
  const isThere = ({ digest }: Descriptor): boolean => has(nameOf(digest));
  const findIn = async (name: string): Promise<Found | undefined> => {
    const named = (await parse(index, name))?.manifests.filter(isThere) ?? [];
    for (const { digest } of named) {
      const found = await findAt(digestOf(digest));
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const findAt = async (digest: Digest): Promise<Found | undefined> => {
    const found = await parse(manifest, nameOf(digest));
    if (found === undefined) return findIn(nameOf(digest));
    return [found.config, ...found.layers].every(isThere) ? { digest, ...found } : undefined;
  };
  const found = await findIn("index.json");
  if (found === undefined) throw new Failure("the engine saved it in a form that is not an OCI image layout");
  return found;
}

/** A digest of another algorithm is the engine's mistake. */
function digestOf(text: string): Digest {
  const digest = parseDigest(text);
  if (digest === undefined) throw new Failure(`not a digest: ${text}`);
  return digest;
}

/** `blobs/sha256/…` */
const nameOf = (digest: string): string => `blobs/${digestOf(digest).replace(":", "/")}`;
