import { Failure } from "../model/failure.js";
import type { Image } from "../model/image.js";
import { type BuildRecord, readRecord, recordAnnotation, recordType } from "../model/record.js";
import type { Digest, RepositoryName, Tag } from "../model/reference.js";
import type { PublishedState } from "../model/staleness.js";
import type { Registry } from "../ports/registry.js";
import { uniqueAmong } from "./publish-tags.js";

export interface StateReader {
  readonly registry: Registry;
  /** What goes before the language in a repository: `acme` */
  readonly path: string;
  /** Whether each tag is looked at: a request for each. Else those between the narrowest and the widest need only be there. */
  readonly everyTag: boolean;
}

/**
 * Reads what a registry has of images, without any image: of each where its narrowest tag and its widest are, and what it was
 * made from. As tags move from the narrowest to the widest, a publication that was cut off has left these two apart.
 */
export function createStateReader({
  registry,
  path,
  everyTag,
}: StateReader): (image: Image) => Promise<PublishedState> {
  const lists = new Map<string, Promise<readonly Tag[]>>();
  const tagsOf = (repository: RepositoryName): Promise<readonly Tag[]> => {
    const listed = lists.get(repository) ?? registry.tags(repository);
    lists.set(repository, listed);
    return listed;
  };
  return async (image) => {
    const repository = `${path}/${image.language}` as RepositoryName;
    const listed = await tagsOf(repository);
    const [narrowest] = image.tags as readonly [Tag, ...Tag[]];
    const unique = uniqueAmong(listed, narrowest);
    const there = new Set(listed);
    const source = there.has(narrowest) ? narrowest : unique.at(-1);
    const digest = source === undefined ? undefined : await registry.digestOf(repository, source);
    if (digest === undefined) return { missing: image.tags, elsewhere: [] };
    const [present, missing] = [
      image.tags.filter((tag) => there.has(tag)),
      image.tags.filter((tag) => !there.has(tag)),
    ];
    const others = present.filter((tag) => tag !== source);
    const looked = await Promise.all(
      (everyTag ? others : others.slice(-1)).map(async (tag) => ({
        tag,
        at: await registry.digestOf(repository, tag),
      })),
    );
    const day = unique.at(-1)?.slice(narrowest.length + 1, narrowest.length + 9);
    return {
      ...{ digest, missing, elsewhere: looked.filter(({ at }) => at !== digest).map(({ tag }) => tag) },
      ...(await readRecordOf(registry, repository, digest)),
      ...(day === undefined ? {} : { day }),
    };
  };
}

/** The first of those attached that can be read: they differ at most in what they say of the engine. */
export async function readRecordOf(
  registry: Registry,
  repository: RepositoryName,
  digest: Digest,
): Promise<{ readonly record: BuildRecord } | { readonly problem?: string }> {
  let problem: string | undefined;
  for (const each of await registry.referrers(repository, digest, recordType)) {
    // A registry may leave annotations out of its list.
    const annotations = each.annotations ?? (await registry.manifest(repository, each.digest))?.annotations;
    const text = annotations?.[recordAnnotation];
    try {
      if (text !== undefined) return { record: readRecord(text) };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      problem = error.message;
    }
  }
  return problem === undefined ? {} : { problem };
}
