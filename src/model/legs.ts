import type { Image, ImageId, Pair, Plan } from "./image.js";
import type { Staleness } from "./staleness.js";

/** Work for one machine: pairs that are best done together, as a job of a continuous integration. */
export interface Leg {
  /** `python/3.13/trixie`; of several pairs the first, and how many more. */
  readonly name: string;
  /** As `up` takes them: `python:3.13.5-trixie`. */
  readonly selectors: readonly string[];
}

/**
 * The pairs in which something is to be done, in legs that know nothing of each other. What is built on an image that is
 * rebuilt goes with it, so that all is built on the same bytes.
 */
export function legsOf(plan: Plan, stale: readonly Staleness[]): readonly Leg[] {
  const acting = new Map(stale.filter(({ action }) => action !== "none").map((each) => [each.image.id, each]));
  const pairs = plan.pairs.filter(({ images }) => images.some(({ id }) => acting.has(id)));
  const pairOf = new Map(plan.pairs.flatMap((pair) => pair.images.map(({ id }) => [id, pair] as const)));
  const legs = new Map<Pair, Pair[]>();
  for (const pair of pairs) {
    const root = rootOf(pair, pairOf, (id) => acting.get(id)?.action === "rebuild");
    legs.set(root, [...(legs.get(root) ?? []), pair]);
  }
  return [...legs.values()].map((members) => ({ name: nameOf(members), selectors: members.map(selectorOf) }));
}

/** The pair at the bottom of what is rebuilt below a pair. */
function rootOf(pair: Pair, pairOf: ReadonlyMap<ImageId, Pair>, isRebuilt: (id: ImageId) => boolean): Pair {
  for (const { parent } of pair.images) {
    const below = parent.kind === "image" ? pairOf.get(parent.id) : undefined;
    if (parent.kind === "image" && below !== undefined && below !== pair && isRebuilt(parent.id))
      return rootOf(below, pairOf, isRebuilt);
  }
  return pair;
}

const nameOf = ([first, ...more]: readonly Pair[]): string =>
  more.length === 0 ? `${first?.id}` : `${first?.id} and ${more.length} more`;

/** One image selects its whole pair, by the tag that no other image has. */
function selectorOf({ images, language }: Pair): string {
  const [{ tags }] = images as readonly [Image];
  return `${language}:${tags[0]}`;
}
