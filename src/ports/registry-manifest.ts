import { createHash } from "node:crypto";
import { z } from "zod";
import { Failure } from "../model/failure.js";
import { type Digest, parseDigest } from "../model/reference.js";
import { oneLine } from "../support/text.js";
import { parseJson } from "./registry-text.js";

/** What names a piece of content (image-spec, "OCI Content Descriptors"). */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** Of what an index names, where it says so. */
  readonly platform?: DescribedPlatform;
  /** What kind of artifact a manifest is, in a list of referrers. */
  readonly artifactType?: string;
  readonly annotations?: Annotations;
}

export interface DescribedPlatform {
  /** `linux` */
  readonly os: string;
  /** `arm64` */
  readonly architecture: string;
  /** `v8`; absent where there is none. */
  readonly variant?: string;
}

export type Annotations = Readonly<Record<string, string>>;

/** A document that a registry keeps as it came: its bytes, and what they are called by. */
export interface ManifestBytes {
  /** Of the bytes. */
  readonly digest: Digest;
  /** `application/vnd.oci.image.manifest.v1+json` */
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** A manifest or an index, as a registry holds it, and what is in it. */
export interface Manifest extends ManifestBytes {
  /** Absent for an index. An artifact has any media type here, often `application/vnd.oci.empty.v1+json`. */
  readonly config?: Descriptor;
  /** From the base upwards; none for an index. */
  readonly layers: readonly Descriptor[];
  /** What an index names; none for a manifest. */
  readonly manifests: readonly Descriptor[];
  /** What this is attached to. */
  readonly subject?: Descriptor;
  readonly artifactType?: string;
  readonly annotations?: Annotations;
}

/** A manifest that says what it is attached to. */
export type Referrer = Manifest & Required<Pick<Manifest, "subject">>;

/** What an image says about itself. */
export interface ImageConfig {
  readonly labels: Readonly<Record<string, string>>;
  /** `linux` */
  readonly os: string;
  /** `arm64` */
  readonly architecture: string;
  /** `v8`; absent where there is none. */
  readonly variant?: string;
}

/** image-spec, "Media Types", and those of Docker that they descend from. */
export const manifestTypes = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
] as const;

const sha256 = z.string().transform((text, context) => {
  const digest = parseDigest(text);
  if (digest !== undefined) return digest;
  context.addIssue("not a sha256 digest");
  return z.NEVER;
});
const annotations = z.record(z.string(), z.string()).nullish();
// Messages name it.
const platformPart = z.string().regex(/^[\w.-]{1,64}$/);
const platform = z
  .object({ os: platformPart, architecture: platformPart, variant: platformPart.nullish() })
  .transform(({ os, architecture, ...rest }): DescribedPlatform => ({ os, architecture, ...present(rest) }));
const descriptor = z
  .object({
    mediaType: z.string(),
    digest: sha256,
    size: z.int().min(0),
    platform: platform.nullish(),
    artifactType: z.string().nullish(),
    annotations,
  })
  .transform(({ mediaType, digest, size, ...rest }): Descriptor => ({ mediaType, digest, size, ...present(rest) }));
const common = {
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  artifactType: z.string().nullish(),
  subject: descriptor.nullish(),
  annotations,
};
const nothing = z.undefined().optional();

// A document that is both a manifest and an index means one thing to one client and another to the next (CVE-2021-41190).
const manifestBody = z.union([
  z.object({ ...common, config: descriptor, layers: z.array(descriptor), manifests: nothing }),
  z.object({ ...common, config: nothing, layers: nothing, manifests: z.array(descriptor) }),
]);
const referrersBody = z.object({ schemaVersion: z.literal(2), manifests: z.array(z.unknown()).nullish() });

const configBody = z.object({
  os: z.string(),
  architecture: z.string(),
  variant: z.string().optional(),
  config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }).nullish(),
});

type Present<T> = { readonly [K in keyof T]?: NonNullable<T[K]> };

/** An object without what is absent; some writers say null for it. */
export function present<T extends object>(value: T): Present<T> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each != null)) as Present<T>;
}

export function digestOfBytes(bytes: Uint8Array): Digest {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}` as Digest;
}

/**
 * What a registry answered for a manifest. Throws a Failure where it is none, or where its media type and the one it was
 * served as differ (image-spec, "Image Manifest Property Descriptions").
 */
export function readManifest(bytes: Uint8Array, contentType: string | null): Manifest {
  const { data } = manifestBody.safeParse(parseJson(bytes));
  if (data === undefined) throw new Failure("what it answered is no image manifest or index");
  const served = contentType?.split(";", 1)[0]?.trim().toLowerCase();
  const mediaType = data.mediaType ?? served;
  if (!manifestTypes.some((type) => type === mediaType) || mediaType === undefined) {
    throw new Failure(`it answered with media type ${oneLine(mediaType ?? "unknown", 80)}, which is not an image's`);
  }
  if (served !== undefined && served !== mediaType) {
    throw new Failure(`it served ${oneLine(served, 80)} for a manifest that calls itself ${oneLine(mediaType, 80)}`);
  }
  const { config, layers = [], manifests = [], subject, artifactType, annotations } = data;
  const said = present({ config, subject, artifactType, annotations });
  return { digest: digestOfBytes(bytes), mediaType, bytes, layers, manifests, ...said };
}

/** Descriptors of an index; those that this client cannot follow, of another digest algorithm say, are left out. Undefined for what is none. */
export function readReferrers(bytes: Uint8Array): readonly Descriptor[] | undefined {
  const { data } = referrersBody.safeParse(parseJson(bytes));
  const read = data?.manifests?.map((each) => descriptor.safeParse(each).data) ?? [];
  return data && read.filter((each) => each !== undefined);
}

/** What an image's config says (image-spec, "Image Configuration"). Throws a Failure where it is none. */
export function readConfig(bytes: Uint8Array): ImageConfig {
  const { data } = configBody.safeParse(parseJson(bytes));
  if (data === undefined) throw new Failure("what it answered is no image config");
  const { os, architecture, variant, config } = data;
  return { labels: config?.Labels ?? {}, os, architecture, ...(variant === undefined ? {} : { variant }) };
}

/** Throws a Failure where an answer is not what its digest promises. */
export function refuseOtherDigest(actual: Digest, promised: string | null | undefined): void {
  // A registry may name content by another algorithm than ours; that says nothing about these bytes.
  if (promised == null || !promised.startsWith("sha256:") || promised === actual) return;
  throw new Failure(`it promised ${oneLine(promised, 71)} and answered with ${actual}`);
}
