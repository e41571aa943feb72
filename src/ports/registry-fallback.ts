import { z } from "zod";
import { Failure } from "../model/failure.js";
import { type Digest, parseTag, type Tag } from "../model/reference.js";
import { imageIndexType } from "./registry-make.js";
import { type Descriptor, digestOfBytes, type ManifestBytes } from "./registry-manifest.js";
import { parseJson } from "./registry-text.js";

// What others wrote is kept as they wrote it, with what this client has no use for.
const list = z.looseObject({ schemaVersion: z.literal(2), manifests: z.array(z.looseObject({ digest: z.string() })) });

/** `sha256-2cf2…`, under which those attached to a manifest are listed where a registry does not ("Referrers Tag Schema"). */
export function fallbackTag(digest: Digest): Tag {
  return parseTag(digest.replace(":", "-")) as Tag;
}

/** A list of referrers with one more; undefined where it has that one. Throws a Failure for what is no such list. */
export function withReferrer(before: Uint8Array | undefined, referrer: Descriptor): ManifestBytes | undefined {
  const { data } =
    before === undefined ? { data: { schemaVersion: 2, manifests: [] } } : list.safeParse(parseJson(before));
  if (data === undefined) throw new Failure("what is under the tag for referrers is no list of them");
  if (data.manifests.some(({ digest }) => digest === referrer.digest)) return undefined;
  const { schemaVersion, manifests, ...others } = data;
  const after = { schemaVersion, ...others, mediaType: imageIndexType, manifests: [...manifests, referrer] };
  const bytes = Buffer.from(JSON.stringify(after));
  return { digest: digestOfBytes(bytes), mediaType: imageIndexType, bytes };
}

/** Those of a list that are of a type, or all, sorted by digest, each once. */
export function chooseReferrers(found: readonly Descriptor[], artifactType?: string): readonly Descriptor[] {
  const wanted = found.filter((each) => artifactType === undefined || each.artifactType === artifactType);
  const once = new Map(wanted.map((each) => [each.digest, each]));
  return [...once.values()].sort((a, b) => (a.digest < b.digest ? -1 : 1));
}
