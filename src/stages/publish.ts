import type { Move, Say } from "../model/event.js";
import { Failure } from "../model/failure.js";
import type { Image, ImageId, Pair } from "../model/image.js";
import { parseTag, type RepositoryName, type Tag } from "../model/reference.js";
import { elapsed } from "../ports/clock.js";
import type { Engine, EngineImage } from "../ports/engine.js";
import type { Registry } from "../ports/registry.js";
import type { Manifest } from "../ports/registry-manifest.js";
import { localReference } from "./build.js";

export interface PublishContext {
  readonly engine: Engine;
  readonly registry: Registry;
  /** What goes before the language in a repository: `acme` */
  readonly path: string;
  readonly say: Say;
  readonly built: ReadonlyMap<ImageId, EngineImage>;
  /** `20261121`, for unique tags. */
  readonly day: string;
}

/** What a registry has of an image, and what it lacks. */
export interface Publication {
  readonly image: Image;
  readonly repository: RepositoryName;
  /** Absent where the registry does not have the content. */
  readonly manifest?: Manifest;
  /** The tag under which the content is uploaded first; absent where it is there. */
  readonly unique?: Tag;
  /** Narrowest first; the tags that are not where they should be. */
  readonly moves: readonly Move[];
}

/**
 * Publishes a pair: the content of all its images under unique tags, then the tags that move, narrowest first and those of
 * runtime before those of dev. What is right already is not touched. Throws a Failure.
 */
export async function publishPair(pair: Pair, context: PublishContext): Promise<void> {
  const { say } = context;
  const start = elapsed();
  const publications = await planPublications(pair, context);
  if (publications.every(({ unique, moves }) => unique === undefined && moves.length === 0)) {
    say({ type: "kept", stage: "publish", subject: pair.id });
    return;
  }
  say({ type: "started", stage: "publish", subject: pair.id });
  const uploaded: Required<Publication>[] = [];
  for (const publication of publications) uploaded.push(await upload(publication, context));
  const moves = interleave(
    uploaded.map((publication) => publication.moves.map((move) => ({ move, manifest: publication.manifest }))),
  );
  for (const { move, manifest } of moves)
    await context.registry.putManifest(move.repository as RepositoryName, move.tag, manifest);
  say({ type: "published", subject: pair.id, ms: elapsed(start), moves: moves.map(({ move }) => move) });
}

/** Reads what the registry has of a pair; changes nothing. */
export async function planPublications(pair: Pair, context: PublishContext): Promise<readonly Publication[]> {
  const runtimeFirst = [...pair.images].sort(
    (a, b) => Number(b.variant === "runtime") - Number(a.variant === "runtime"),
  );
  return Promise.all(runtimeFirst.map((image) => planPublication(image, context)));
}

async function planPublication(image: Image, context: PublishContext): Promise<Publication> {
  const { registry, path } = context;
  const repository = `${path}/${image.language}` as RepositoryName;
  const id = context.built.get(image.id)?.id as EngineImage["id"];
  const [narrowest] = image.tags as readonly [Tag, ...Tag[]];
  const known = await registry.tags(repository);
  const uniques = known.filter((tag) => isUniqueOf(narrowest, tag));
  const candidates = [...(known.includes(narrowest) ? [narrowest] : []), ...[...uniques].reverse()];
  const manifest = await findContent(registry, repository, candidates, id);
  const current = await Promise.all(
    image.tags.map(async (tag) => ({
      tag,
      from: known.includes(tag) ? await registry.digestOf(repository, tag) : undefined,
    })),
  );
  const to = manifest?.digest ?? id;
  const moves = current
    .filter(({ from }) => from !== to)
    .map(({ tag, from }): Move => ({ repository, tag, to, ...(from === undefined ? {} : { from }) }));
  return {
    image,
    repository,
    moves,
    ...(manifest === undefined ? { unique: uniqueTag(narrowest, context.day, uniques) } : { manifest }),
  };
}

/** The manifest among those of the tags that is this image: by its own digest, or by its config's where an engine compresses layers as it pushes. */
async function findContent(
  registry: Registry,
  repository: RepositoryName,
  tags: readonly Tag[],
  id: EngineImage["id"],
): Promise<Manifest | undefined> {
  for (const tag of tags) {
    const manifest = await registry.manifest(repository, tag);
    if (manifest !== undefined && (manifest.digest === id || manifest.config?.digest === id)) return manifest;
  }
  return undefined;
}

const isUniqueOf = (narrowest: Tag, tag: Tag): boolean =>
  tag.startsWith(`${narrowest}-`) && /^\d{8}(\.\d+)?$/.test(tag.slice(narrowest.length + 1));

/** `24.16.0-alpine3.24-20261121`, then `….2` for a second build on that day: a unique tag is never moved. */
function uniqueTag(narrowest: Tag, day: string, taken: readonly Tag[]): Tag {
  for (let build = 1; ; build += 1) {
    const tag = parseTag(`${narrowest}-${day}${build === 1 ? "" : `.${build}`}`) as Tag;
    if (!taken.includes(tag)) return tag;
  }
}

async function upload(
  publication: Publication,
  { engine, registry, say }: PublishContext,
): Promise<Required<Publication>> {
  const { image, repository, manifest, unique } = publication;
  if (manifest !== undefined || unique === undefined) return publication as Required<Publication>;
  const source = localReference(image);
  await engine.push(source, `${registry.host}/${repository}:${unique}`, (line) =>
    say({ type: "output", stage: "publish", subject: image.id, line }),
  );
  const pushed = await registry.manifest(repository, unique);
  if (pushed === undefined)
    throw new Failure(`${registry.host}/${repository}:${unique} was pushed, and the registry does not have it`);
  return {
    ...publication,
    unique,
    manifest: pushed,
    moves: publication.moves.map((move) => ({ ...move, to: pushed.digest })),
  };
}

/** The first of each list, then the second of each …: the tags of a pair's images move together. */
function interleave<T>(lists: readonly (readonly T[])[]): readonly T[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, index) => lists.flatMap((list) => list.slice(index, index + 1))).flat();
}
