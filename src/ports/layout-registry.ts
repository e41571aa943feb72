import { resolve } from "node:path";
import { Failure, Unanswered } from "../model/failure.js";
import { type Digest, parseDigest, parseRepositoryName, parseTag, type Tag } from "../model/reference.js";
import { oneLine } from "../support/text.js";
import { reasonOf } from "./files.js";
import { checkLayout, prepareLayout, readBlob, sizeOfBlob, writeBlob, writeDocument } from "./layout-files.js";
import { changeTag, findTag, listTags, type Target } from "./layout-index.js";
import { nameOf, type Registry } from "./registry.js";
import { chooseReferrers, fallbackTag, withReferrer } from "./registry-fallback.js";
import { describeManifest, imageIndexType, imageManifestType } from "./registry-make.js";
import {
  type Descriptor,
  type Manifest,
  type ManifestBytes,
  type Referrer,
  readConfig,
  readManifest,
  readReferrers,
} from "./registry-manifest.js";
import { manifestLimit } from "./registry-session.js";
import type { BlobSource } from "./registry-source.js";
import type { TagMove } from "./registry-store.js";
import { parseJson } from "./registry-text.js";

type Name = Tag | Digest;

/** Does something with a name of a repository, and says which where it fails. */
type At = <T>(verb: string, repository: string, name: Name, work: () => T | Promise<T>) => Promise<T>;

/**
 * A local OCI image layout that is used as a registry is (image-spec, "Image Layout"): `oci:FOLDER`. A folder that does not exist is
 * made by the first that is written to it. A tag is an entry of its index named `ingot/node:24`, which skopeo reads as
 * `oci:FOLDER:ingot/node:24`. All repositories share one pool of blobs, so there is nothing to mount.
 */
export function createLayoutRegistry(folder: string): Registry {
  const host = `oci:${folder}`;
  const layout = resolve(folder);
  const at: At = (verb, repository, name, work) =>
    during(`cannot ${verb} ${nameOf(host, repository, name)}`, repository, work);
  return {
    host,
    requests: () => 0,
    check: () => explain(`cannot use ${host}`, () => void checkLayout(layout)),
    tags: (repository) =>
      during(`cannot list the tags of ${host}/${repository}`, repository, () =>
        checkLayout(layout) ? listTags(layout, repository) : [],
      ),
    ...manifestsOf(layout, at),
    ...blobsOf(layout, at),
  };
}

function manifestsOf(folder: string, at: At) {
  return {
    manifest: (repository, name) => at("read", repository, name, () => findManifest(folder, repository, name)),
    digestOf: (repository, name) => at("read", repository, name, () => findDigest(folder, repository, name)),
    putManifest: (repository, name, manifest) =>
      at("write", repository, name, () => putManifest(folder, repository, name, manifest)),
    moveTag: (repository, tag, move) => at("write", repository, tag, () => moveTag(folder, repository, tag, move)),
    referrers: (repository, digest, artifactType) =>
      at("list what is attached to", repository, digest, () =>
        chooseReferrers(findReferrers(folder, repository, digest), artifactType),
      ),
    putReferrer: (repository, manifest) =>
      at("attach", repository, manifest.digest, () => putReferrer(folder, repository, manifest)),
  } satisfies Partial<Registry>;
}

function blobsOf(folder: string, at: At) {
  return {
    config: (repository, digest) =>
      at("read", repository, digest, () => readConfig(requireBlob(folder, digest, manifestLimit))),
    blob: (repository, digest, limit) => at("read", repository, digest, () => requireBlob(folder, digest, limit)),
    hasBlob: (repository, digest) =>
      at("look for", repository, digest, () => checkLayout(folder) && sizeOfBlob(folder, digest) !== undefined),
    putBlob: (repository, blob) => at("upload", repository, blob.digest, () => putBlob(folder, blob)),
  } satisfies Partial<Registry>;
}

function during<T>(what: string, repository: string, work: () => T | Promise<T>): Promise<T> {
  return explain(what, () => {
    // It stands before a tag in the index, and a tag has no colon.
    if (parseRepositoryName(repository) === undefined) throw new Failure("that is not the name of a repository");
    return work();
  });
}

async function explain<T>(what: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Failure) throw new Failure(`${oneLine(what, 500)}: ${oneLine(error.message, 1000)}`);
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new Unanswered(`${oneLine(what, 500)}: ${oneLine(reasonOf(error))}`);
  }
}

function findTarget(folder: string, repository: string, name: Name): Partial<Target> | undefined {
  if (!checkLayout(folder)) return undefined;
  const digest = parseDigest(name);
  if (digest !== undefined) return { digest };
  const tag = parseTag(name);
  if (tag === undefined) throw new Failure("that is neither a tag nor a sha256 digest");
  return findTag(folder, repository, tag);
}

function findManifest(folder: string, repository: string, name: Name): Manifest | undefined {
  const { digest, mediaType } = findTarget(folder, repository, name) ?? {};
  const bytes = digest && readBlob(folder, digest, manifestLimit);
  if (bytes !== undefined) return mediaType === undefined ? readAny(bytes) : readManifest(bytes, mediaType);
  if (mediaType === undefined) return undefined;
  throw new Failure(`its index names ${digest}, which is not there`);
}

/** All blobs are in one place: what is asked for by its digest may be a config, or a layer. */
function readAny(bytes: Uint8Array): Manifest | undefined {
  try {
    return readManifest(bytes, typeOf(bytes));
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

/** What a document is that need not say so. */
function typeOf(bytes: Uint8Array): string {
  const { mediaType, manifests } = (parseJson(bytes) ?? {}) as { readonly [name: string]: unknown };
  if (typeof mediaType === "string") return mediaType;
  return manifests === undefined ? imageManifestType : imageIndexType;
}

function findDigest(folder: string, repository: string, name: Name): Digest | undefined {
  const { digest } = findTarget(folder, repository, name) ?? {};
  return digest !== undefined && sizeOfBlob(folder, digest) !== undefined ? digest : undefined;
}

function requireBlob(folder: string, digest: Digest, limit: number): Uint8Array {
  const bytes = checkLayout(folder) ? readBlob(folder, digest, limit) : undefined;
  if (bytes === undefined) throw new Failure("it is not there");
  return bytes;
}

async function putBlob(folder: string, blob: BlobSource): Promise<"there" | "uploaded"> {
  prepareLayout(folder);
  if (sizeOfBlob(folder, blob.digest) === blob.size) return "there";
  await writeBlob(folder, blob);
  return "uploaded";
}

async function putManifest(folder: string, repository: string, name: Name, manifest: ManifestBytes): Promise<void> {
  prepareLayout(folder);
  writeManifest(folder, manifest);
  const { digest, mediaType, bytes } = manifest;
  const tag = parseTag(name);
  if (tag === undefined && name !== digest) throw new Failure(`it is ${digest}`);
  if (tag === undefined) return;
  await changeTag(folder, repository, tag, (current) =>
    current?.digest === digest ? undefined : { mediaType, digest, size: bytes.length },
  );
}

/** Nobody writes between the look and the move: the index is locked for both. */
async function moveTag(folder: string, repository: string, tag: Tag, { from, manifest }: TagMove): Promise<boolean> {
  prepareLayout(folder);
  writeManifest(folder, manifest);
  const { digest, mediaType, bytes } = manifest;
  let now: Digest | undefined;
  await changeTag(folder, repository, tag, () => {
    now = findDigest(folder, repository, tag);
    return now === from && now !== digest ? { mediaType, digest, size: bytes.length } : undefined;
  });
  return now === from || now === digest;
}

/** Throws a Failure for one that is none, or names what is not there: nothing must point at what cannot be read. */
function writeManifest(folder: string, manifest: ManifestBytes): void {
  const { config, layers, manifests } = readManifest(manifest.bytes, manifest.mediaType);
  for (const { digest, size } of [...(config === undefined ? [] : [config]), ...layers, ...manifests]) {
    if (sizeOfBlob(folder, digest) !== size) throw new Failure(`it names ${digest}, which is not there`);
  }
  writeDocument(folder, manifest);
}

function findReferrers(folder: string, repository: string, digest: Digest): readonly Descriptor[] {
  const list = findTarget(folder, repository, fallbackTag(digest))?.digest;
  const bytes = list && readBlob(folder, list, manifestLimit);
  return bytes === undefined ? [] : (readReferrers(bytes) ?? []);
}

/** Listed under the tag that registries without a list of referrers have too ("Referrers Tag Schema"). */
async function putReferrer(folder: string, repository: string, manifest: Referrer): Promise<void> {
  prepareLayout(folder);
  writeManifest(folder, manifest);
  await changeTag(folder, repository, fallbackTag(manifest.subject.digest), (current) => {
    const before = current && readBlob(folder, current.digest, manifestLimit);
    const list = withReferrer(before, describeManifest(manifest));
    if (list === undefined) return undefined;
    writeDocument(folder, list);
    return { mediaType: list.mediaType, digest: list.digest, size: list.bytes.length };
  });
}
