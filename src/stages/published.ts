import { Failure, Unanswered } from "../model/failure.js";
import type { Digest, RepositoryName, Tag } from "../model/reference.js";
import type { Descriptor, ImageConfig, Manifest, Registry } from "../ports/registry.js";

/** What judging a publication takes: to read a registry, and never to write. */
export type PublishedRegistry = Pick<Registry, "host" | "manifest" | "config" | "referrers" | "blob">;

/** Where something is in a registry. */
export interface PublishedPlace {
  readonly registry: PublishedRegistry;
  readonly repository: RepositoryName;
}

/** An image for one platform, under its digest. */
export interface PublishedImage {
  readonly manifest: Manifest;
  readonly config: ImageConfig;
  /** `linux/arm64`, as the index that names it says; its config's where none does. */
  readonly platform: string;
}

/** What a reference leads to: an image, or an index with one for each platform. */
export interface Published {
  readonly manifest: Manifest;
  readonly images: readonly PublishedImage[];
}

const limits = { platforms: 50, referrers: 50 };

/** `127.0.0.1:5000/acme/lua@sha256:…` */
export function publishedName({ registry, repository }: PublishedPlace, name: Tag | Digest): string {
  return `${registry.host}/${repository}${name.startsWith("sha256:") ? "@" : ":"}${name}`;
}

/** Reads what a tag or a digest leads to. Throws a Failure where there is no such thing, or something is missing of it. */
export async function readPublished(place: PublishedPlace, name: Tag | Digest): Promise<Published> {
  const manifest = await mustRead(place, name);
  if (manifest.config !== undefined) return { manifest, images: [await readImage(place, manifest)] };
  const named = manifest.manifests.filter(isImage);
  if (named.length === 0 || named.length > limits.platforms)
    throw new Failure(`${publishedName(place, name)} is an index of ${named.length} images`);
  const images: PublishedImage[] = [];
  for (const { digest, platform } of named)
    images.push(await readImage(place, await mustRead(place, digest), platform && formatPlatform(platform)));
  return { manifest, images };
}

/** Builders keep what they know of a build in the same index, as for a machine that there is not. */
export const isImage = ({ platform }: Descriptor): boolean => platform?.os !== "unknown";

async function mustRead(place: PublishedPlace, name: Tag | Digest): Promise<Manifest> {
  const manifest = await place.registry.manifest(place.repository, name);
  if (manifest === undefined) throw new Failure(`${publishedName(place, name)} is not there`);
  return manifest;
}

async function readImage(place: PublishedPlace, manifest: Manifest, platform?: string): Promise<PublishedImage> {
  if (manifest.config === undefined) throw new Failure(`${publishedName(place, manifest.digest)} is no image`);
  const config = await place.registry.config(place.repository, manifest.config.digest);
  return { manifest, config, platform: platform ?? formatPlatform(config) };
}

/** `linux/arm64`, `linux/arm/v7`. Of an arm64 machine `v8` says nothing: some write it, and some do not. */
export function formatPlatform({ os, architecture, variant }: NonNullable<Descriptor["platform"]>): string {
  const plain = variant === undefined || (architecture === "arm64" && variant === "v8");
  return [os, architecture, ...(plain ? [] : [variant])].join("/");
}

/** A document that is attached to an image, or why it cannot be read. */
export type Attached =
  | { readonly ok: true; readonly digest: Digest; readonly text: string }
  | {
      readonly ok: false;
      readonly digest: Digest;
      readonly reason: string;
      /** Whether it may be there and in order: the registry did not say. */
      readonly unanswered: boolean;
    };

export interface Attachment {
  /** Both of the artifact and of the one blob in it. */
  readonly type: string;
  /** Bytes that a document may have at most. */
  readonly limit: number;
}

/** Reads all documents of a type that are attached to an image. Throws a Failure where the registry does not say what there is. */
export async function readAttached(
  { registry, repository }: PublishedPlace,
  image: Digest,
  { type, limit }: Attachment,
): Promise<readonly Attached[]> {
  const listed = await registry.referrers(repository, image, type);
  const attached: Attached[] = [];
  for (const { digest } of listed.slice(0, limits.referrers)) {
    try {
      const layer = layerOf(await registry.manifest(repository, digest), image, type);
      attached.push({ ok: true, digest, text: decode(await registry.blob(repository, layer, limit)) });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      attached.push({ ok: false, digest, reason: error.message, unanswered: error instanceof Unanswered });
    }
  }
  return attached;
}

/** The one blob of an artifact (image-spec, "Guidelines for Artifact Usage"). */
function layerOf(manifest: Manifest | undefined, image: Digest, type: string): Digest {
  if (manifest === undefined) throw new Failure("it is listed, and not there");
  if (manifest.subject?.digest !== image) throw new Failure("it says that it belongs to something else");
  const { artifactType = manifest.config?.mediaType, layers } = manifest;
  const [layer, ...more] = layers;
  if (artifactType !== type || layer?.mediaType !== type || more.length > 0)
    throw new Failure(`it is not one document of the type ${type}`);
  return layer.digest;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Failure("it is no text in UTF-8");
  }
}
