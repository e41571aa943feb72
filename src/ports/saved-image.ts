import { createReadStream, createWriteStream, readFileSync, rmSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { Failure } from "../model/failure.js";
import { type Digest, parseDigest } from "../model/reference.js";
import { oneLine } from "../support/text.js";
import type { Engine } from "./engine.js";
import { isFile, readText, reasonOf, withTemporaryFolder } from "./files.js";
import { readTar } from "./tar.js";

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
  /** The file that holds it. */
  readonly file: string;
  /** Reads it from its start. */
  readonly open: () => AsyncIterable<Uint8Array>;
}

/** Lets a local image be read as files, for as long as it is used. Throws a Failure that names the image. */
export function withSavedImage<T>(
  engine: Pick<Engine, "save">,
  reference: string,
  use: (image: SavedImage) => Promise<T>,
): Promise<T> {
  return withTemporaryFolder(async (folder) => {
    const file = join(folder, "image.tar");
    await engine.save(reference, file);
    const image = await readLayout(file, folder).catch((error: unknown) => {
      throw new Failure(oneLine(`cannot read ${reference}: ${reasonOf(error)}`, 400));
    });
    return use(image);
  });
}

async function readLayout(file: string, folder: string): Promise<SavedImage> {
  await unpack(file, folder);
  rmSync(file);
  const { digest, config, layers } = findManifest(folder);
  const blob = (each: Descriptor): Blob => {
    const file = fileOf(folder, each.digest);
    return { ...each, digest: digestOf(each.digest), file, open: () => createReadStream(file) };
  };
  return { digest, manifest: readFileSync(fileOf(folder, digest)), config: blob(config), layers: layers.map(blob) };
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

const descriptor = z.object({ mediaType: z.string(), digest: z.string(), size: z.int().min(0) });
type Descriptor = z.infer<typeof descriptor>;
const index = z.object({ manifests: z.array(descriptor) });
const manifest = z.object({ config: descriptor, layers: z.array(descriptor) });

interface Found extends z.infer<typeof manifest> {
  readonly digest: Digest;
}

/** The first manifest of which there is all: an index may speak of platforms that the engine did not get. */
function findManifest(folder: string): Found {
  const read = <T>(schema: z.ZodType<T>, file: string): T | undefined =>
    schema.safeParse(JSON.parse(readText(file) ?? "null")).data;
  const isThere = ({ digest }: Descriptor): boolean => isFile(fileOf(folder, digest));
  const findIn = (file: string): Found | undefined => {
    const named = read(index, file)?.manifests.filter(isThere) ?? [];
    return named.reduce<Found | undefined>((first, { digest }) => first ?? findAt(digestOf(digest)), undefined);
  };
  const findAt = (digest: Digest): Found | undefined => {
    const found = read(manifest, fileOf(folder, digest));
    if (found === undefined) return findIn(fileOf(folder, digest));
    return [found.config, ...found.layers].every(isThere) ? { digest, ...found } : undefined;
  };
  const found = findIn(join(folder, "index.json"));
  if (found === undefined) throw new Failure("the engine saved it in a form that is not an OCI image layout");
  return found;
}

/** A digest of another algorithm is the engine's mistake. */
function digestOf(text: string): Digest {
  const digest = parseDigest(text);
  if (digest === undefined) throw new Failure(`not a digest: ${text}`);
  return digest;
}

/** `FOLDER/blobs/sha256/…` */
const fileOf = (folder: string, digest: string): string => join(folder, "blobs", digestOf(digest).replace(":", "/"));
