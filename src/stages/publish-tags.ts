import pLimit from "p-limit";
import type { Move } from "../model/event.js";
import type { Image } from "../model/image.js";
import { downgradeOf, reasonOfMove, type Standing, standingOf } from "../model/publication.js";
import { type Digest, parseTag, type RepositoryName, type Tag } from "../model/reference.js";
import type { Registry } from "../ports/registry.js";
import type { Manifest } from "../ports/registry-manifest.js";
import type { Content } from "./publish-content.js";

/** An image with the content that it has, or would have, in a repository. */
export interface Release {
  readonly image: Image;
  readonly repository: RepositoryName;
  readonly content: Content;
}

/** What is to be done about the tags of a release; nothing where they are right. */
export interface TagPlan {
  readonly release: Release;
  /** Narrowest first. */
  readonly moves: readonly Move[];
  /** `python:3.14 is at 3.14.7, which is newer than 3.14.6`: with any of these, nothing of the pair is published. */
  readonly refusals: readonly string[];
}

const requests = 8;

/** Reads where the tags of a release are, and what is there that they would leave. Changes nothing. */
export async function planTags(release: Release, registry: Registry): Promise<TagPlan> {
  const { image, repository, content } = release;
  const limit = pLimit(requests);
  const tags = await limit.map(image.tags, async (tag) => ({ tag, from: await registry.digestOf(repository, tag) }));
  const wrong = tags.filter(({ from }) => from !== content.top.digest);
  const left = [...new Set(wrong.flatMap(({ from }) => from ?? []))];
  const standings = new Map(
    await limit.map(left, async (digest) => [digest, await readStanding(registry, repository, digest)] as const),
  );
  const wanted = standingOf(
    content.top.digest,
    image.labels,
    content.parts.map(({ platform }) => platform),
  );
  const judged = wrong.map(({ tag, from }) => judge({ repository, tag, from }, standings, wanted));
  return {
    release,
    moves: judged.map(({ move }) => move),
    refusals: judged.flatMap(({ tag, refusal }) =>
      refusal === undefined ? [] : [`${registry.host}/${repository}:${tag} ${refusal}`],
    ),
  };
}

interface Found {
  readonly repository: RepositoryName;
  readonly tag: Tag;
  readonly from: Digest | undefined;
}

function judge({ repository, tag, from }: Found, standings: ReadonlyMap<Digest, Standing>, wanted: Standing) {
  const there = from === undefined ? undefined : standings.get(from);
  const why = reasonOfMove(there, wanted);
  const move: Move = { repository, tag, to: wanted.digest, why, ...(from === undefined ? {} : { from }) };
  return { tag, move, refusal: there === undefined ? undefined : downgradeOf(there, wanted) };
}

/** By the config of an image, or of the first of an index. What is gone by now stands for nothing. */
async function readStanding(registry: Registry, repository: RepositoryName, digest: Digest): Promise<Standing> {
  const top = await registry.manifest(repository, digest);
  const [first] = top?.manifests ?? [];
  const manifest: Manifest | undefined = first === undefined ? top : await registry.manifest(repository, first.digest);
  if (manifest?.config === undefined) return standingOf(digest, {}, []);
  const { labels, os, architecture } = await registry.config(repository, manifest.config.digest);
  const listed = top?.manifests.flatMap(({ platform }) => (platform === undefined ? [] : [platform])) ?? [];
  const platforms = (listed.length === 0 ? [{ os, architecture }] : listed).map(
    (each) => `${each.os}/${each.architecture}`,
  );
  return standingOf(digest, labels, platforms);
}

/**
 * The unique tag of a release, which is never moved: the one that it has, or the next free one, `24.16.0-alpine3.24-20261121`,
 * then `….2` for a second build on that day.
 */
export async function uniqueTag(
  { image, repository, content }: Release,
  registry: Registry,
  day: string,
): Promise<{ readonly tag: Tag; readonly isThere: boolean }> {
  const narrowest = image.tags[0] as Tag;
  const taken = (await registry.tags(repository)).filter((tag) => isUniqueOf(narrowest, tag));
  for (const tag of taken.toReversed())
    if ((await registry.digestOf(repository, tag)) === content.top.digest) return { tag, isThere: true };
  for (let build = 1; ; build += 1) {
    const tag = parseTag(`${narrowest}-${day}${build === 1 ? "" : `.${build}`}`) as Tag;
    if (!taken.includes(tag)) return { tag, isThere: false };
  }
}

const isUniqueOf = (narrowest: Tag, tag: Tag): boolean =>
  tag.startsWith(`${narrowest}-`) && /^\d{8}(\.\d+)?$/.test(tag.slice(narrowest.length + 1));
