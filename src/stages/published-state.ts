import { Failure } from "../model/failure.js";
import type { Image } from "../model/image.js";
import { type BuildRecord, readRecord, recordAnnotation, recordType } from "../model/record.js";
import type { Digest, RepositoryName, Tag } from "../model/reference.js";
import type { PublishedState } from "../model/staleness.js";
import { isOfLine, parseVersion } from "../model/version.js";
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
  const recordsOf = createRecordReader(registry);
  const tagsOf = (repository: RepositoryName): Promise<readonly Tag[]> => {
    const listed = lists.get(repository) ?? registry.tags(repository);
    lists.set(repository, listed);
    return listed;
  };
  return async (image) => {
    const repository = `${path}/${image.language}` as RepositoryName;
    const place = { registry, repository, recordsOf };
    const listed = await tagsOf(repository);
    const source = sourceOf(image, listed);
    if (source === undefined) return readPredecessor(image, listed, place);
    const digest = await registry.digestOf(repository, source);
    if (digest === undefined) return unpublished(image);
    const others = image.tags.filter((tag) => listed.includes(tag) && tag !== source);
    const looked = await Promise.all(
      (everyTag ? others : others.slice(-1)).map(async (tag) => ({
        tag,
        at: await registry.digestOf(repository, tag),
      })),
    );
    const day = dayOf(image, listed);
    return {
      digest,
      missing: image.tags.filter((tag) => !listed.includes(tag)),
      elsewhere: looked.filter(({ at }) => at !== digest).map(({ tag }) => tag),
      ...(await recordsOf(repository, digest)),
      ...(day === undefined ? {} : { day }),
    };
  };
}

interface Place {
  readonly registry: Registry;
  readonly repository: RepositoryName;
  readonly recordsOf: RecordReader;
}

const unpublished = ({ tags }: Image): PublishedState => ({ records: [], missing: tags, elsewhere: [] });

/** The narrowest tag, or where it is gone the newest of those that never move. */
function sourceOf({ tags }: Image, listed: readonly Tag[]): Tag | undefined {
  const [narrowest] = tags as readonly [Tag, ...Tag[]];
  return listed.includes(narrowest) ? narrowest : uniqueAmong(listed, narrowest).at(-1);
}

/** `python:3.13.5-trixie-20261121` → `20261121` */
function dayOf({ tags }: Image, listed: readonly Tag[]): string | undefined {
  const [narrowest] = tags as readonly [Tag, ...Tag[]];
  return uniqueAmong(listed, narrowest)
    .at(-1)
    ?.slice(narrowest.length + 1, narrowest.length + 9);
}

/**
 * Of an image whose version is not published: the version before it, which the line's tags on its distribution are at. Another line's
 * image under a tag that they share is none of its business.
 */
async function readPredecessor(image: Image, listed: readonly Tag[], place: Place): Promise<PublishedState> {
  const tag = image.tags.find((each) => listed.includes(each) && each.split("-").includes(image.distribution.name));
  const digest = tag === undefined ? undefined : await place.registry.digestOf(place.repository, tag);
  if (digest === undefined) return unpublished(image);
  const { records } = await place.recordsOf(place.repository, digest);
  const isOfTheLine = records.some(({ version }) => {
    const parsed = parseVersion(version);
    return parsed !== undefined && isOfLine(parsed, image.line);
  });
  if (!isOfTheLine) return unpublished(image);
  return { digest, records, missing: image.tags.filter((each) => !listed.includes(each)), elsewhere: [] };
}

/** More builds than this never gave the same digest for another reason. */
const mostRecords = 20;

type Records = Pick<PublishedState, "records" | "problem">;
type RecordReader = (repository: RepositoryName, digest: Digest) => Promise<Records>;

/** The first is read alone: it shows how the registry lists what is attached, which else many would find out at once. */
function createRecordReader(registry: Registry): RecordReader {
  let first: Promise<unknown> | undefined;
  return (repository, digest) => {
    const before = first;
    if (before !== undefined) return before.then(() => readRecords(registry, repository, digest));
    const read = readRecords(registry, repository, digest);
    first = read.catch(() => {});
    return read;
  };
}

/** All of those attached that can be read, and what is wrong with one that cannot. */
export async function readRecords(registry: Registry, repository: RepositoryName, digest: Digest): Promise<Records> {
  const records: BuildRecord[] = [];
  let problem: string | undefined;
  for (const each of (await registry.referrers(repository, digest, recordType)).slice(0, mostRecords)) {
    // A registry may leave annotations out of its list.
    const annotations = each.annotations ?? (await registry.manifest(repository, each.digest))?.annotations;
    try {
      records.push(readRecord(annotations?.[recordAnnotation] ?? ""));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      problem = error.message;
    }
  }
  return problem === undefined ? { records } : { records, problem };
}
