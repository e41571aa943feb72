import { join } from "node:path";
import { z } from "zod";
import { Failure } from "../model/failure.js";
import { type Digest, parseDigest, parseTag, type Tag } from "../model/reference.js";
import { readSmall, replace } from "./layout-files.js";
import { withLock } from "./layout-lock.js";
import { imageIndexType } from "./registry-make.js";
import type { Descriptor } from "./registry-manifest.js";
import { parseJson } from "./registry-text.js";

/** What a tag points at. */
export type Target = Pick<Descriptor, "mediaType" | "digest" | "size">;

const file = "index.json";
/** Bytes; a hundred thousand tags. */
const limit = 64 * 1024 * 1024;
/** image-spec, "Pre-Defined Annotation Keys": its grammar has room for `ingot/node:24`, by which skopeo finds it. */
const nameKey = "org.opencontainers.image.ref.name";

// What others wrote in an index stays as it is.
const entry = z.looseObject({
  mediaType: z.string(),
  digest: z.string(),
  size: z.int().min(0),
  annotations: z.record(z.string(), z.string()).nullish(),
});
const indexBody = z.looseObject({ schemaVersion: z.literal(2), manifests: z.array(entry) });

type Index = z.infer<typeof indexBody>;

function readIndex(folder: string): Index {
  const bytes = readSmall(join(folder, file), limit);
  if (bytes === undefined) return { schemaVersion: 2, mediaType: imageIndexType, manifests: [] };
  const { data } = indexBody.safeParse(parseJson(bytes));
  if (data === undefined) throw new Failure(`its ${file} is no image index`);
  return data;
}

const nameOf = (repository: string, tag: Tag): string => `${repository}:${tag}`;

/** What a tag of a layout points at; undefined where there is no such tag. */
export function findTag(folder: string, repository: string, tag: Tag): Target | undefined {
  const found = readIndex(folder).manifests.find((each) => each.annotations?.[nameKey] === nameOf(repository, tag));
  if (found === undefined) return undefined;
  const digest: Digest | undefined = parseDigest(found.digest);
  if (digest === undefined) throw new Failure(`its ${file} has something else than a sha256 digest for the tag`);
  return { mediaType: found.mediaType, digest, size: found.size };
}

/** The tags of a repository, sorted, each once. */
export function listTags(folder: string, repository: string): readonly Tag[] {
  const names = readIndex(folder).manifests.map(({ annotations }) => annotations?.[nameKey] ?? "");
  const tags = names.flatMap((name) => {
    const tag = name.startsWith(`${repository}:`) ? parseTag(name.slice(repository.length + 1)) : undefined;
    return tag === undefined ? [] : [tag];
  });
  return [...new Set(tags)].sort();
}

/**
 * Points a tag at what `choose` gives, while nobody else writes the index; undefined leaves it as it is. What is chosen may depend on
 * what the tag points at, and is written before this.
 */
export async function changeTag(
  folder: string,
  repository: string,
  tag: Tag,
  choose: (current: Target | undefined) => Target | undefined,
): Promise<void> {
  await withLock(join(folder, `${file}.lock`), (isHeld) => {
    const chosen = choose(findTag(folder, repository, tag));
    if (chosen === undefined) return;
    const { manifests, ...others } = readIndex(folder);
    const name = nameOf(repository, tag);
    const { mediaType, digest, size } = chosen;
    const own = { mediaType, digest, size, annotations: { [nameKey]: name } };
    const kept = manifests.filter(({ annotations }) => annotations?.[nameKey] !== name);
    const bytes = Buffer.from(`${JSON.stringify({ ...others, manifests: [...kept, own] })}\n`);
    replace(folder, file, bytes, isHeld);
  });
}
