import type { Digest } from "../model/reference.js";
import {
  type Annotations,
  type DescribedPlatform,
  type Descriptor,
  digestOfBytes,
  type Manifest,
  present,
  type Referrer,
} from "./registry-manifest.js";
import { blobOf } from "./registry-source.js";

export const imageManifestType = "application/vnd.oci.image.manifest.v1+json";
export const imageIndexType = "application/vnd.oci.image.index.v1+json";
/** image-spec, "Guidance for an Empty Descriptor". */
const emptyType = "application/vnd.oci.empty.v1+json";

/** What an artifact without a config has for one; a repository needs it before the artifact's manifest. */
export const emptyBlob = blobOf(Buffer.from("{}"));
export const emptyDescriptor: Descriptor = { mediaType: emptyType, digest: emptyBlob.digest, size: emptyBlob.size };

interface Additions {
  /** `application/spdx+json`; needed for what has no config. */
  readonly artifactType?: string;
  readonly subject?: Descriptor;
  readonly annotations?: Annotations;
}

export interface ManifestParts extends Additions {
  /** The empty one where not given. */
  readonly config?: Descriptor;
  /** The empty one where there is none, since some registries take no manifest without layers. */
  readonly layers?: readonly Descriptor[];
}

export interface IndexParts extends Additions {
  readonly manifests: readonly Descriptor[];
}

/**
 * A manifest of an image or of an artifact (image-spec, "Image Manifest"): the same parts give the same bytes. Of a descriptor as a
 * part, what places it in an index or a list of referrers is left out. Throws an Error for an artifact without a type, which is none.
 */
export function makeManifest(parts: ManifestParts & Required<Pick<ManifestParts, "subject">>): Referrer;
export function makeManifest(parts: ManifestParts): Manifest;
export function makeManifest({ config = emptyDescriptor, layers = [], ...additions }: ManifestParts): Manifest {
  if (config.mediaType === emptyType && additions.artifactType === undefined)
    throw new Error("a manifest without a config needs an artifact type");
  const parts = {
    config: contentOf(config),
    layers: (layers.length === 0 ? [emptyDescriptor] : layers).map(contentOf),
  };
  return serialize(imageManifestType, parts, additions);
}

/** An index (image-spec, "Image Index") sorted by platform, then digest: the same parts in any order give the same bytes. */
export function makeIndex({ manifests, ...additions }: IndexParts): Manifest {
  const sorted = manifests.map(ordered).sort((a, b) => compare(keyOf(a), keyOf(b)));
  return serialize(imageIndexType, { manifests: sorted }, additions);
}

/** How an index or a list of referrers names a manifest. */
export function describeManifest(
  { mediaType, digest, bytes, artifactType, config, annotations }: Manifest,
  platform?: DescribedPlatform,
): Descriptor {
  // "Listing Referrers": of a manifest without an artifact type it is its config's media type.
  const type = platform === undefined ? (artifactType ?? config?.mediaType) : undefined;
  const placed = platform === undefined ? { annotations } : { platform };
  return ordered({ mediaType, digest, size: bytes.length, ...present({ artifactType: type, ...placed }) });
}

type Parts = Pick<Manifest, "config"> & Partial<Pick<Manifest, "layers" | "manifests">>;

function serialize(mediaType: string, parts: Parts, { artifactType, subject, annotations }: Additions): Manifest {
  const additions = present({
    subject: subject && { mediaType: subject.mediaType, digest: subject.digest, size: subject.size },
    annotations: annotations && sortedByName(annotations),
  });
  const type = present({ artifactType });
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...type, ...parts, ...additions }));
  const digest: Digest = digestOfBytes(bytes);
  return { digest, mediaType, bytes, layers: [], manifests: [], ...type, ...parts, ...additions };
}

const contentOf = ({ mediaType, digest, size, annotations }: Descriptor): Descriptor =>
  ordered({ mediaType, digest, size, ...present({ annotations }) });

/** With its properties in one order, whatever order they came in. */
function ordered({ mediaType, digest, size, platform, artifactType, annotations }: Descriptor): Descriptor {
  const placed = platform && orderedPlatform(platform);
  const sorted = annotations && sortedByName(annotations);
  return { mediaType, digest, size, ...present({ platform: placed, artifactType, annotations: sorted }) };
}

const orderedPlatform = ({ architecture, os, variant }: DescribedPlatform): DescribedPlatform => ({
  architecture,
  os,
  ...present({ variant }),
});

const sortedByName = (record: Annotations): Annotations =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => compare(a, b)));

const keyOf = ({ platform, digest }: Descriptor): string =>
  [platform?.os, platform?.architecture, platform?.variant, digest].map((part) => part ?? "").join("/");

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
