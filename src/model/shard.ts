import type { Costs } from "./cost.js";
import { closureOf, type Image, type ImageId, type Pair } from "./image.js";

/** One leg of several: `2/3` is the second of three. */
export interface Shard {
  readonly leg: number;
  readonly legs: number;
}

/** A pair with all that must be done for it, in seconds. */
interface Work {
  readonly pair: Pair;
  /** The images to build, its own and those that it is built on. */
  readonly builds: ReadonlyMap<ImageId, number>;
  readonly test: number;
  readonly total: number;
}

interface Leg {
  readonly pairs: Set<Pair>;
  readonly images: Set<ImageId>;
  /** Seconds of work. */
  load: number;
}

/** Legs may take this much longer than the shortest way to share the work, where less is then built twice. */
const tolerance = 1.05;

/**
 * Shares pairs out over legs, each to exactly one: as equal in cost as can be, with what a leg's pairs are built on
 * counted once in each leg that builds it. Depends on nothing but the set of pairs, the costs and the number of legs; the
 * pairs of a leg are in the order given. Legs may be empty.
 */
export function shardPairs(
  pairs: readonly Pair[],
  { all, costs, legs }: { readonly all: readonly Image[]; readonly costs: Costs; readonly legs: number },
): readonly (readonly Pair[])[] {
  const byId = new Map(all.map((image) => [image.id, image]));
  const works = pairs
    .map((pair) => workOf(pair, byId, costs))
    .sort((a, b) => b.total - a.total || (a.pair.id < b.pair.id ? -1 : 1));
  const best = bestOf(candidates(works, legs));
  return best.map((leg) => pairs.filter((pair) => leg.pairs.has(pair)));
}

function workOf(pair: Pair, byId: ReadonlyMap<ImageId, Image>, costs: Costs): Work {
  const ids = [...closureOf(pair.images, byId)].sort();
  const builds = new Map(ids.map((id) => [id, costs.build(byId.get(id) as Image)]));
  const test = costs.test(pair);
  return { pair, builds, test, total: [...builds.values()].reduce((sum, cost) => sum + cost, test) };
}

/** The longest first, each to the leg that is done first with it; and packed to several heights, so that pairs on one base keep together. */
function candidates(works: readonly Work[], legs: number): readonly (readonly Leg[])[] {
  const even = share(works, legs);
  const highest = makespan(even);
  const lowest = Math.max(works[0]?.total ?? 0, sum(share(works, 1)) / legs);
  const heights = Array.from({ length: 11 }, (_, step) => lowest + ((highest * tolerance - lowest) * step) / 10);
  return [even, ...heights.map((height) => share(works, legs, height))];
}

/** Longest processing time first; up to `height` seconds, to where the least is built again. */
function share(works: readonly Work[], legs: number, height = 0): readonly Leg[] {
  const shared = Array.from({ length: legs }, (): Leg => ({ pairs: new Set(), images: new Set(), load: 0 }));
  for (const work of works) {
    const options = shared.map((leg) => ({ leg, added: addedBy(work, leg) }));
    const fitting = options.filter(({ leg, added }) => leg.load + added <= height);
    const { leg, added } =
      first(fitting, ({ leg, added }) => [added, leg.load]) ??
      (first(options, ({ leg, added }) => [leg.load + added, added]) as (typeof options)[number]);
    leg.pairs.add(work.pair);
    leg.load += added;
    for (const id of work.builds.keys()) leg.images.add(id);
  }
  return shared;
}

function addedBy({ builds, test }: Work, { images }: Leg): number {
  let added = test;
  for (const [id, cost] of builds) if (!images.has(id)) added += cost;
  return added;
}

function bestOf(candidates: readonly (readonly Leg[])[]): readonly Leg[] {
  const shortest = Math.min(...candidates.map(makespan));
  const good = candidates.filter((legs) => makespan(legs) <= shortest * tolerance);
  return first(good, (legs) => [sum(legs), makespan(legs)]) as readonly Leg[];
}

const makespan = (legs: readonly Leg[]): number => Math.max(0, ...legs.map(({ load }) => load));
const sum = (legs: readonly Leg[]): number => legs.reduce((total, { load }) => total + load, 0);

/** The first of those with the lowest keys, compared one after the other. */
function first<T>(all: readonly T[], keysOf: (each: T) => readonly [number, number]): T | undefined {
  let best: { readonly each: T; readonly keys: readonly [number, number] } | undefined;
  for (const each of all) {
    const keys = keysOf(each);
    if (best === undefined || keys[0] < best.keys[0] || (keys[0] === best.keys[0] && keys[1] < best.keys[1]))
      best = { each, keys };
  }
  return best?.each;
}
