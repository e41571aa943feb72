import pLimit from "p-limit";
import { Failure } from "../model/failure.js";
import { closureOf, type Image, type ImageId, imagesOf, type Plan } from "../model/image.js";
import type { Ended } from "../model/lock.js";
import { comparePackageVersions } from "../model/package-order.js";
import type { Platform } from "../model/platform.js";
import { actionFor, judge, type PublishedState, type Staleness, type Standard } from "../model/staleness.js";
import { endedOn } from "../model/support.js";
import type { Tree } from "../ports/files.js";
import type { PackageIndex } from "../ports/package-index.js";
import { recipeOf } from "./recipe.js";

export interface StaleRequest {
  readonly plan: Plan;
  /** What `generated/` holds, by path there. */
  readonly tree: Tree;
  /** What is asked about. What they are built on is looked at as well, and not told of. */
  readonly images: readonly Image[];
  readonly platforms: readonly Platform[];
  readonly read: (image: Image) => Promise<PublishedState>;
  /** Throws a Failure where it cannot be read. */
  readonly index: (image: Image, platform: Platform) => Promise<PackageIndex>;
  /** Days after which an image is rebuilt whatever is known. */
  readonly maximumAge?: number;
  /** `2026-11-21` */
  readonly today: string;
}

export interface StaleReport {
  /** In the order of the plan. */
  readonly images: readonly Staleness[];
  /**
   * What is published and to be rebuilt, what the images are built on among it. Earlier results are no help there: they have the packages
   * of then, and what is published may be newer than they.
   */
  readonly outdated: ReadonlySet<ImageId>;
  /** What the registry has of what needs no build, what the images are built on among it. */
  readonly fresh: ReadonlyMap<ImageId, PublishedState>;
  /** What could not be asked, a line each: of these images nothing is known, or less. */
  readonly unknown: readonly string[];
}

const requests = 16;

/** Says of each published image whether it is as fresh as it could be, and everything that it is not. Pulls no image. */
export async function findStale(request: StaleRequest): Promise<StaleReport> {
  const { plan, images, read } = request;
  const unknown = new Set<string>();
  const looked = withParents(plan, images);
  const limit = pLimit(requests);
  const states = new Map(
    await limit.map(looked, async (image) => [image.id, await attempt(() => read(image), unknown)] as const),
  );
  const newestOf = await indexesFor(looked, request, unknown);
  const judged = judgeAll(looked, request, { states, newestOf });
  const selected = new Set(images);
  return {
    images: judged.filter(({ image }) => selected.has(image)),
    outdated: new Set(judged.flatMap(({ image, action, digest }) => (isOutdated(action, digest) ? [image.id] : []))),
    fresh: new Map(
      judged.flatMap(({ image: { id }, action }) =>
        action === "rebuild" ? [] : [[id, states.get(id) as PublishedState] as const],
      ),
    ),
    unknown: [...unknown],
  };
}

const isOutdated = (action: Staleness["action"], digest: Staleness["digest"]): boolean =>
  action === "rebuild" && digest !== undefined;

interface Read {
  readonly states: ReadonlyMap<ImageId, PublishedState | undefined>;
  readonly newestOf: (image: Image) => Standard["newestOf"];
}

/** In their order, in which parents come first. Those of which nothing is known are left out. */
function judgeAll(images: readonly Image[], request: StaleRequest, { states, newestOf }: Read): readonly Staleness[] {
  const stale = new Set<ImageId>();
  return images.flatMap((image): readonly Staleness[] => {
    const state = states.get(image.id);
    if (state === undefined) return [];
    const parent = image.parent.kind === "image" ? image.parent.id : undefined;
    const standard = standardFor(image, request, {
      newestOf: newestOf(image),
      parentIsStale: parent !== undefined && stale.has(parent),
      parent: parent === undefined ? undefined : states.get(parent),
      state,
    });
    const reasons = judge(image, state, standard);
    const action = actionFor(reasons);
    if (action === "rebuild") stale.add(image.id);
    return [{ image, reasons, action, ...(state.digest === undefined ? {} : { digest: state.digest }) }];
  });
}

/** In the order of the plan, in which parents come first. */
function withParents(plan: Plan, images: readonly Image[]): readonly Image[] {
  const byId = new Map(imagesOf(plan).map((image) => [image.id, image]));
  const wanted = closureOf(images, byId);
  return [...byId.values()].filter(({ id }) => wanted.has(id));
}

interface Facts {
  readonly newestOf: Standard["newestOf"];
  readonly parentIsStale: boolean;
  readonly parent: PublishedState | undefined;
  readonly state: PublishedState;
}

function standardFor(image: Image, request: StaleRequest, { newestOf, parentIsStale, parent, state }: Facts): Standard {
  const { tree, platforms, maximumAge, today } = request;
  const { family } = image.distribution;
  const age = state.day === undefined ? undefined : daysBetween(state.day, today);
  const ended = newlyEnded(image, today);
  return {
    platforms: platforms.filter((platform) => image.platforms.includes(platform)),
    recipeOf: (platform) => recipeOf(image, { tree, platform }),
    parentIdsOf: (platform) => idsOf(parent, platform),
    newestOf,
    isNewer: (version, than) => comparePackageVersions(family, version, than) > 0,
    parentIsStale,
    ...(age === undefined ? {} : { age }),
    ...(maximumAge === undefined ? {} : { maximumAge }),
    ...(ended === undefined ? {} : { ended }),
  };
}

/** What engines told an image by. */
const idsOf = (state: PublishedState | undefined, platform: Platform): readonly string[] =>
  (state?.records ?? []).flatMap(({ platforms }) =>
    platforms.flatMap((each) => (each.platform === platform ? [each.id] : [])),
  );

/** Where the lock, when it was made, did not know it yet. */
function newlyEnded({ support }: Image, today: string): Ended | "both" | undefined {
  const ended = endedOn(today, support);
  return ended === support.ended ? undefined : ended;
}

/** From `20261101` to `2026-11-21`: 20. */
const daysBetween = (day: string, today: string): number =>
  Math.round((Date.parse(today) - Date.parse(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6, 8)}`)) / 86_400_000);

/** Each index once, and only of what there is an image on. */
async function indexesFor(
  images: readonly Image[],
  { platforms, index }: StaleRequest,
  unknown: Set<string>,
): Promise<(image: Image) => Standard["newestOf"]> {
  const asked = new Map<string, Promise<PackageIndex | undefined>>();
  const keyOf = (image: Image, platform: Platform): string => `${image.distribution.name} ${platform}`;
  for (const image of images)
    for (const platform of platforms)
      if (image.platforms.includes(platform) && !asked.has(keyOf(image, platform)))
        asked.set(
          keyOf(image, platform),
          attempt(() => index(image, platform), unknown),
        );
  const indexes = new Map(await Promise.all([...asked].map(async ([key, answer]) => [key, await answer] as const)));
  return (image) => (name, platform) => indexes.get(keyOf(image, platform))?.packages.get(name);
}

async function attempt<T>(ask: () => Promise<T>, unknown: Set<string>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    unknown.add(error.message);
    return undefined;
  }
}
