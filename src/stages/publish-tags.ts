import pLimit from "p-limit";
import type { Move } from "../model/event.js";
import type { Image } from "../model/image.js";
import { downgradeOf, isNewer, reasonOfMove, type Standing, standingOf } from "../model/publication.js";
import { type Digest, parseTag, type RepositoryName, type Tag } from "../model/reference.js";
import type { Registry } from "../ports/registry.js";
import type { Descriptor, Manifest } from "../ports/registry-manifest.js";
import type { Content } from "./publish-content.js";
import { formatPlatform, isImage } from "./published.js";

/** An image with the content that it has, or would have, in a repository. */
export interface Release {
  readonly image: Image;
  readonly repository: RepositoryName;
  readonly content: Content;
}

/** One tag that is not where it should be. */
export interface Step {
  readonly move: Move;
  readonly manifest: Manifest;
  /** Its place among the tags of the image; 0 for the narrowest. */
  readonly level: number;
  /** What it would leave, where that is newer. */
  readonly newer?: Standing;
}

/** What is to be done about the tags of a release; nothing where they are right. */
export interface TagPlan {
  readonly release: Release;
  /** Narrowest first. */
  readonly steps: readonly Step[];
  /** `python:3.14 is at 3.14.7, which is newer than 3.14.6`: with any of these, nothing of the pair is published. */
  readonly refusals: readonly string[];
}

const requests = 8;

/** Reads where the tags of a release are, and what is there that they would leave. Changes nothing. */
export async function planTags(release: Release, registry: Registry): Promise<TagPlan> {
  const { image, repository, content } = release;
  const limit = pLimit(requests);
  const tags = await limit.map(image.tags, async (tag, level) => ({
    ...{ repository, tag, level, from: await registry.digestOf(repository, tag) },
  }));
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
  const judged = wrong.map((found) => judge(found, standings, wanted));
  return {
    release,
    steps: judged.map(({ step }) => ({ ...step, manifest: content.top })),
    refusals: judged.flatMap(({ step, refusal }) =>
      refusal === undefined ? [] : [`${registry.host}/${repository}:${step.move.tag} ${refusal}`],
    ),
  };
}

interface Found {
  readonly repository: RepositoryName;
  readonly tag: Tag;
  readonly level: number;
  readonly from: Digest | undefined;
}

function judge({ repository, tag, level, from }: Found, standings: ReadonlyMap<Digest, Standing>, wanted: Standing) {
  const there = from === undefined ? undefined : standings.get(from);
  const why = reasonOfMove(there, wanted);
  const move: Move = { repository, tag, to: wanted.digest, why, ...(from === undefined ? {} : { from }) };
  const refusal = there === undefined ? undefined : downgradeOf(there, wanted);
  const newer = there !== undefined && isNewer(there, wanted) ? { newer: there } : {};
  return { step: { move, level, ...newer }, refusal };
}

/** By the config of an image, or of the first of an index. What is no image, or gone by now, stands for nothing. */
export async function readStanding(registry: Registry, repository: RepositoryName, digest: Digest): Promise<Standing> {
  const nothing = standingOf(digest, {}, []);
  const top = await registry.manifest(repository, digest);
  const named = top?.manifests.filter(isImage) ?? [];
  const manifest = named[0] === undefined ? top : await registry.manifest(repository, named[0].digest);
  const config = manifest?.config;
  if (config === undefined || !isImageConfig(config) || !(await registry.hasBlob(repository, config.digest)))
    return nothing;
  const { labels, os, architecture } = await registry.config(repository, config.digest);
  const listed = named.flatMap(({ platform }) => platform ?? []);
  return standingOf(digest, labels, (listed.length === 0 ? [{ os, architecture }] : listed).map(formatPlatform));
}

const isImageConfig = ({ mediaType }: Descriptor): boolean =>
  /^application\/vnd\.(oci\.image\.config\.v1|docker\.container\.image\.v1)\+json$/.test(mediaType);

/**
 * Gives a release its unique tag, which is never moved: the one that it has, or the next free one, `24.16.0-alpine3.24-20261121`,
 * then `….2` for a second build on that day; one of another day is not good enough where it is to be of today. That it is free is asked of the registry once more, as its list may be an old one.
 */
export async function claimUniqueTag(
  { image, repository, content }: Release,
  registry: Registry,
  day: string,
  ofToday = false,
): Promise<Tag> {
  const narrowest = image.tags[0] as Tag;
  const taken = await uniqueTags(repository, narrowest, registry);
  const good = ofToday ? taken.filter((tag) => tag.startsWith(`${narrowest}-${day}`)) : taken;
  for (const tag of good.toReversed())
    if ((await registry.digestOf(repository, tag)) === content.top.digest) return tag;
  for (let build = 1; ; build += 1) {
    const tag = parseTag(`${narrowest}-${day}${build === 1 ? "" : `.${build}`}`) as Tag;
    if (taken.includes(tag)) continue;
    if (await registry.moveTag(repository, tag, { from: undefined, manifest: content.top })) return tag;
  }
}

/** The unique tags there are of what has this narrowest tag. */
export async function uniqueTags(
  repository: RepositoryName,
  narrowest: Tag,
  registry: Registry,
): Promise<readonly Tag[]> {
  return uniqueAmong(await registry.tags(repository), narrowest);
}

/** Oldest first. */
export function uniqueAmong(tags: readonly Tag[], narrowest: Tag): readonly Tag[] {
  const suffixOf = (tag: Tag): string => tag.slice(narrowest.length + 1);
  return tags
    .filter((tag) => tag.startsWith(`${narrowest}-`) && isUnique(suffixOf(tag)))
    .sort((a, b) => suffixOf(a).localeCompare(suffixOf(b), "en", { numeric: true }));
}

const isUnique = (suffix: string): boolean => /^\d{8}(\.\d+)?$/.test(suffix);
