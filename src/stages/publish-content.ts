import type { Say, Subject } from "../model/event.js";
import { Failure } from "../model/failure.js";
import type { Platform } from "../model/platform.js";
import type { Digest, RepositoryName, Tag } from "../model/reference.js";
import type { Engine } from "../ports/engine.js";
import type { Registry } from "../ports/registry.js";
import { describeManifest, makeIndex } from "../ports/registry-make.js";
import { type Descriptor, type Manifest, readManifest } from "../ports/registry-manifest.js";
import { type SavedImage, withSavedImage } from "../ports/saved-image.js";

/** A local image on one platform's engine. */
export interface LocalPart {
  readonly platform: Platform;
  readonly engine: Engine;
  /** That of the engine. */
  readonly id: Digest;
}

export interface LocalImage {
  /** Whom what is said is about. */
  readonly subject: Subject;
  /** Its local reference, the same for every platform's engine. */
  readonly reference: string;
  readonly parts: readonly LocalPart[];
}

export interface ContentTarget {
  readonly registry: Registry;
  readonly repository: RepositoryName;
  /** Where it is looked for first. */
  readonly tag: Tag;
  /** Repositories that may have layers of it: those of the images that it is built on. */
  readonly lenders: readonly RepositoryName[];
  readonly dryRun: boolean;
  readonly say: Say;
}

/** An image as it is published: one manifest for each platform, and an index of them where there are several. */
export interface Content {
  readonly top: Manifest;
  readonly parts: readonly { readonly platform: Platform; readonly manifest: Manifest }[];
}

/**
 * Sees to it that a repository has an image's content, blobs before manifests, without any tag; uploads what is missing alone.
 * A dry run only finds out what the content is. Throws a Failure.
 */
export async function provideContent(image: LocalImage, target: ContentTarget): Promise<Content> {
  const { registry, repository, dryRun } = target;
  const parts: Content["parts"][number][] = [];
  for (const part of image.parts)
    parts.push({ platform: part.platform, manifest: await provideManifest(image, part, target) });
  const [first] = parts;
  if (first === undefined) throw new Failure(`${image.subject} is for none of the platforms to publish`);
  if (parts.length === 1) return { top: first.manifest, parts };
  const top = makeIndex({ manifests: parts.map(describePart) });
  if (!dryRun && (await registry.digestOf(repository, top.digest)) === undefined)
    await registry.putManifest(repository, top.digest, top);
  return { top, parts };
}

/** As an index names it. */
export function describePart({ platform, manifest }: Content["parts"][number]): Descriptor {
  const [os = "", architecture = ""] = platform.split("/");
  return describeManifest(manifest, { os, architecture });
}

async function provideManifest(image: LocalImage, part: LocalPart, target: ContentTarget): Promise<Manifest> {
  const { registry, repository, dryRun, say } = target;
  const known = await findManifest(part.id, target);
  if (known !== undefined) return known;
  return withSavedImage(part.engine, image.reference, async (saved) => {
    const manifest = readManifest(saved.manifest, null);
    if (dryRun || (await registry.digestOf(repository, manifest.digest)) !== undefined) return manifest;
    const line = `uploading ${registry.host}/${repository}@${manifest.digest} for ${part.platform}`;
    say({ type: "output", stage: "publish", subject: image.subject, line });
    await uploadBlobs(saved, target);
    await registry.putManifest(repository, manifest.digest, manifest);
    return manifest;
  });
}

async function uploadBlobs(
  { layers, config }: SavedImage,
  { registry, repository, lenders }: ContentTarget,
): Promise<void> {
  for (const blob of [...layers, config]) await registry.putBlob(repository, blob, lenders);
}

/**
 * The manifest of an image that the repository has already: an engine's id is the manifest's digest or, where an engine
 * compresses layers as it saves them, the config's, which is looked for under the tag that nobody else shares.
 */
async function findManifest(id: Digest, { registry, repository, tag }: ContentTarget): Promise<Manifest | undefined> {
  const known = await registry.manifest(repository, id);
  if (known !== undefined) return known;
  const tagged = await registry.manifest(repository, tag);
  for (const candidate of tagged?.manifests ?? []) {
    const manifest = await registry.manifest(repository, candidate.digest);
    if (manifest?.config?.digest === id) return manifest;
  }
  return tagged?.config?.digest === id ? tagged : undefined;
}
