import type { Digest, RepositoryName } from "../model/reference.js";
import { blobOf, type Descriptor, type Referrer, type Registry } from "../ports/registry.js";
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
  const manifest: Referrer = { ...makeManifest({ artifactType: type, subject, layers }), subject };
  const attached = await registry.referrers(repository, subject.digest, type);
  if (attached.some(({ digest }) => digest === manifest.digest)) return manifest.digest;
  for (const each of [emptyBlob, blob]) await registry.putBlob(repository, each);
  await registry.putReferrer(repository, manifest);
  return manifest.digest;
}
