import type { Move } from "../model/event.js";
import { isNewer, type Standing, standingOf } from "../model/publication.js";
import { type Digest, parseTag, type RepositoryName, type Tag } from "../model/reference.js";
import { compareVersions, isOfLine, prefixesOf, type Version } from "../model/version.js";
import type { Registry } from "../ports/registry.js";
import type { Manifest } from "../ports/registry-manifest.js";
import { type Release, readStanding, type Step, type TagPlan, uniqueTags } from "./publish-tags.js";

/**
 * The steps of a pair, whose runtime image comes first, in an order in which a reader never finds a wider tag newer than a narrower
 * one, or a dev image newer than its runtime image: up from the narrowest tags, those of one level together. What goes back to
 * something older goes in the opposite order, when the tags that are narrower than all of it are there.
 */
export function orderSteps(plans: readonly TagPlan[]): readonly Step[] {
  const steps = plans.flatMap((plan) => plan.steps);
  const up = steps.filter(({ newer }) => newer === undefined).toSorted((a, b) => a.level - b.level);
  const back = steps.filter(({ newer }) => newer !== undefined).toSorted((a, b) => a.level - b.level);
  const isBefore = ({ level }: Step): boolean => level < (back[0]?.level ?? Number.POSITIVE_INFINITY);
  return [...up.filter(isBefore), ...back.toReversed(), ...up.filter((step) => !isBefore(step))];
}

/** Moves tags that still are where they were read, and ends at the first that somebody else has moved. Gives those that are right now. */
export async function applySteps(steps: readonly Step[], registry: Registry): Promise<readonly Move[]> {
  const moved: Move[] = [];
  for (const { move, manifest } of steps) {
    const done = await registry.moveTag(move.repository, move.tag, { from: move.from, manifest });
    if (!done) return moved;
    moved.push(move);
  }
  return moved;
}

/**
 * What a publisher does that has moved tags of a pair and then finds a newer build of it there. A registry compares nothing, so its
 * last request may have come after the other had looked at everything for the last time: each tag that it moved and that both have
 * is given to the newer build. Tags of its own version stay.
 */
export async function giveWay(plans: readonly TagPlan[], moved: readonly Move[], registry: Registry): Promise<void> {
  const newest = plans
    .flatMap(({ steps }) => steps.flatMap(({ newer }) => newer?.version ?? []))
    .toSorted(compareVersions)
    .at(-1);
  if (newest === undefined) return;
  const handed = await Promise.all(plans.map((plan) => handOver(plan, { moved, newest, registry })));
  await applySteps(orderSteps(handed), registry);
}

interface Handover {
  readonly moved: readonly Move[];
  readonly newest: Version;
  readonly registry: Registry;
}

async function handOver({ release, steps }: TagPlan, { moved, newest, registry }: Handover): Promise<TagPlan> {
  const { image, repository, content } = release;
  const manifest = await findNewer(release, newest, registry);
  const isMine = (tag: Tag): boolean =>
    moved.some((move) => move.repository === repository && move.tag === tag) &&
    !steps.some(({ move }) => move.tag === tag);
  const isShared = (tag: Tag): boolean => renamed(tag, image.version, newest) === tag;
  const given = (manifest === undefined ? [] : image.tags.map((tag, level) => ({ tag, level })))
    .filter(({ tag }) => isMine(tag) && isShared(tag))
    .map(({ tag, level }) => ({
      move: { repository, tag, from: content.top.digest, to: manifest?.digest as Digest, why: newest.text },
      manifest: manifest as Manifest,
      level,
    }));
  return { release, steps: given, refusals: [] };
}

/** What the newer build of an image is, by its unique tag, which nobody moves; undefined where there is none. */
async function findNewer(
  { image, repository, content }: Release,
  newest: Version,
  registry: Registry,
): Promise<Manifest | undefined> {
  if (!isOfLine(newest, image.line)) return undefined;
  const narrowest = renamed(image.tags[0] as Tag, image.version, newest);
  const own = standingOf(
    content.top.digest,
    image.labels,
    content.parts.map(({ platform }) => platform),
  );
  let found: Standing = own;
  for (const tag of await uniqueTags(repository, narrowest, registry)) {
    const digest = await registry.digestOf(repository, tag);
    const standing = digest === undefined ? own : await readStanding(registry, repository, digest);
    if (isNewer(standing, found)) found = standing;
  }
  return found === own ? undefined : registry.manifest(repository as RepositoryName, found.digest);
}

/** `24.16.0-alpine3.24` → `24.16.1-alpine3.24`: what the tag of one version is for another; the same for a tag that both have. */
function renamed(tag: Tag, from: Version, to: Version): Tag {
  const [own = "", other = ""] = [prefixesOf(from)[0], prefixesOf(to)[0]];
  const names = tag === own || tag.startsWith(`${own}-`);
  return names ? (parseTag(`${other}${tag.slice(own.length)}`) ?? tag) : tag;
}
