import type { Digest, RepositoryName } from "../model/reference.js";
import {
  type Annotations,
  type BlobSource,
  blobOf,
  type Descriptor,
  type Referrer,
  type Registry,
} from "../ports/registry.js";
import { emptyBlob, makeManifest } from "../ports/registry-make.js";

/** Where a document goes, and what it is attached to. */
export interface AttachPlace {
  readonly registry: Pick<Registry, "referrers" | "putBlob" | "putReferrer">;
  readonly repository: RepositoryName;
  /** Of a manifest that the repository has: each platform's image, rather than the index. */
  readonly subject: Descriptor;
}

export interface AttachedDocument {
  /** Media type of the document and of the artifact: `application/spdx+json` */
  readonly type: string;
  readonly text: string;
}

/**
 * Attaches a document to an image, as an artifact with one layer (image-spec, "Guidelines for Artifact Usage"); gives the digest of
 * that. The same document is the same artifact, and one that is there already is not written again. Throws a Failure.
 */
export async function attachDocument(
  { registry, repository, subject }: AttachPlace,
  { type, text }: AttachedDocument,
): Promise<Digest> {
  const blob = blobOf(Buffer.from(text));
  const layers = [{ mediaType: type, digest: blob.digest, size: blob.size }];
  return attach({ registry, repository, subject }, makeManifest({ artifactType: type, subject, layers }), [blob]);
}

/** Attaches a note, short enough for a list of referrers to bring along as an annotation (image-spec, "Annotation Rules"). Throws a Failure. */
export async function attachNote(place: AttachPlace, type: string, annotations: Annotations): Promise<Digest> {
  return attach(place, makeManifest({ artifactType: type, subject: place.subject, annotations }), []);
}

async function attach(
  { registry, repository, subject }: AttachPlace,
  manifest: Referrer,
  blobs: readonly BlobSource[],
): Promise<Digest> {
  const attached = await registry.referrers(repository, subject.digest, manifest.artifactType);
  if (attached.some(({ digest }) => digest === manifest.digest)) return manifest.digest;
  for (const each of [emptyBlob, ...blobs]) await registry.putBlob(repository, each);
  await registry.putReferrer(repository, manifest);
  return manifest.digest;
}
