import { setTimeout as wait } from "node:timers/promises";
import type { Move, Say } from "../model/event.js";
import { Failure } from "../model/failure.js";
import type { Image, ImageId, Pair, PairId } from "../model/image.js";
import type { Platform } from "../model/platform.js";
import type { Digest, RepositoryName, Tag } from "../model/reference.js";
import { elapsed } from "../ports/clock.js";
import type { Engine, EngineImage } from "../ports/engine.js";
import { finishOnSignal } from "../ports/interruption.js";
import type { Registry } from "../ports/registry.js";
import { localReference } from "./build.js";
import { type LocalImage, provideContent } from "./publish-content.js";
import { applySteps, giveWay, orderSteps } from "./publish-moves.js";
import { claimUniqueTag, planTags, type Release, type TagPlan } from "./publish-tags.js";

/** Where the images of one platform are. */
export interface PlatformImages {
  readonly platform: Platform;
  readonly engine: Engine;
  readonly built: ReadonlyMap<ImageId, EngineImage>;
}

export interface PublishContext extends TaggingContext {
  /** What goes before the language in a repository: `acme` */
  readonly path: string;
  /** The language that all others are built on. */
  readonly base: string;
  readonly platforms: readonly PlatformImages[];
}

/** What moving the tags of a pair takes, whose content is in the registry. */
export interface TaggingContext {
  readonly registry: Registry;
  /** `20261121`, for unique tags. */
  readonly day: string;
  /** Of these it is said once more, by a unique tag of the day and what is attached, that they are right, although no tag moves. */
  readonly renew?: ReadonlySet<ImageId>;
  /** Only says what would move. */
  readonly dryRun: boolean;
  /** Lets tags go back to older versions and builds, and to fewer platforms. */
  readonly allowDowngrade: boolean;
  /** Signs what is not signed of an image's manifests, an index first; tells whether there was something to sign. */
  readonly sign?: (repository: RepositoryName, digests: readonly Digest[]) => Promise<boolean>;
  /** Attaches what is known of a release before a tag points at it. */
  readonly attach: (plan: TagPlan) => Promise<void>;
  readonly say: Say;
  /** How time passes, in milliseconds. */
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/** Two publishers at once let each other pass at random; one that meets others this often is better run again. */
const mostAttempts = 12;
const shortPause = 1000;

/**
 * Publishes a pair: the content of all its images for all platforms, what is attached to it, a unique tag for each, then the
 * tags that move, narrowest first and those of runtime before those of dev. What is right is not touched, so that a run
 * which was cut off anywhere is completed by the next. Ends when every tag has been read again and is right. Throws a Failure.
 */
export async function publishPair(pair: Pair, context: PublishContext): Promise<void> {
  const start = elapsed();
  await tagReleases(pair, await provideReleases(pair, context), context, start);
}

/** Moves the tags of releases of a pair, runtime first, to where they belong. Throws a Failure. */
export async function tagReleases(
  pair: Pair,
  releases: readonly Release[],
  context: TaggingContext,
  start = elapsed(),
): Promise<void> {
  const { registry, say, dryRun, sleep = wait } = context;
  const moved: Move[] = [];
  let signed = false;
  for (let attempt = 1; ; attempt += 1) {
    const began = elapsed();
    const plans = await Promise.all(releases.map((release) => planTags(release, registry)));
    await refuse(plans, moved, context);
    const steps = orderSteps(plans);
    if (!dryRun && attempt === 1) signed = await signAll(releases, context);
    if (!dryRun && attempt === 1) await renewAll(plans, context);
    if (steps.length === 0) break;
    if (dryRun) return say({ type: "planned", subject: pair.id, moves: steps.map(({ move }) => move) });
    if (attempt > mostAttempts) throw new Failure(busy(pair.id));
    if (attempt === 1) say({ type: "started", stage: "publish", subject: pair.id });
    for (const plan of plans) await label(plan, context);
    // A reader of a pair's tags finds none of them moved, or all.
    const done = await finishOnSignal(() => applySteps(steps, registry));
    moved.push(...done);
    // Who has passed looks at once: a pause would only give the other the time to pass too.
    if (done.length < steps.length) await sleep(pauseAfter(attempt, elapsed(began)));
  }
  await keepUnique(releases, moved, context);
  if (moved.length === 0 && !signed) say({ type: "kept", stage: "publish", subject: pair.id });
  else say({ type: "published", subject: pair.id, ms: elapsed(start), moves: moved });
}

const busy = (pair: PairId): string =>
  `another publisher moves the tags of ${pair} at the same time: run this again when it has ended`;

/** More and more, and longer than an attempt takes, however slow the registry is: so that one of two who meet can pass. */
const pauseAfter = (attempt: number, ms: number): number => Math.random() * attempt * Math.max(shortPause, ms);

/** Two who publish at once may have taken one unique tag, which then is the other's. */
async function keepUnique(
  releases: readonly Release[],
  moved: readonly Move[],
  context: TaggingContext,
): Promise<void> {
  for (const release of releases) {
    const { image, repository } = release;
    const isNew = moved.some((move) => move.repository === repository && move.tag === image.tags[0]);
    if (isNew) await claimUniqueTag(release, context.registry, context.day);
  }
}

/** The content of all images of the pair before any tag of it, runtime first. */
async function provideReleases(pair: Pair, context: PublishContext): Promise<readonly Release[]> {
  const repositoryOf = (language: string) => `${context.path}/${language}` as RepositoryName;
  const lenders = pair.language === context.base ? [] : [repositoryOf(context.base)];
  const releases: Release[] = [];
  for (const image of runtimeFirst(pair)) {
    const repository = repositoryOf(image.language);
    const target = { ...context, repository, lenders, tag: image.tags[0] as Tag };
    releases.push({ image, repository, content: await provideContent(localImage(image, context), target) });
  }
  return releases;
}

export const runtimeFirst = ({ images }: Pair): readonly Image[] =>
  [...images].sort((a, b) => Number(b.variant === "runtime") - Number(a.variant === "runtime"));

function localImage(image: Image, { platforms }: PublishContext): LocalImage {
  const parts = platforms.map(({ platform, engine, built }) => {
    const id = built.get(image.id)?.id;
    if (id === undefined) throw new Failure(`${image.id} is not built for ${platform}`);
    return { platform, engine, id };
  });
  return { subject: image.id, reference: localReference(image), parts };
}

/** Throws a Failure where a tag would go back, once nothing that this run did stands in the way of what is newer. */
async function refuse(plans: readonly TagPlan[], moved: readonly Move[], context: TaggingContext): Promise<void> {
  const [first, ...more] = context.allowDowngrade ? [] : plans.flatMap(({ refusals }) => refusals);
  if (first === undefined) return;
  if (moved.length > 0) await giveWay(plans, moved, context.registry);
  throw new Failure(`${first}; --allow-downgrade would move it all the same`, more);
}

/** Before a tag points at them, and although one does already. */
async function signAll(releases: readonly Release[], { sign }: TaggingContext): Promise<boolean> {
  let signed = false;
  for (const { repository, content } of releases) {
    const parts = content.parts.map(({ manifest }) => manifest.digest);
    if (await sign?.(repository, [...new Set([content.top.digest, ...parts])])) signed = true;
  }
  return signed;
}

async function renewAll(plans: readonly TagPlan[], { renew, registry, attach, day }: TaggingContext): Promise<void> {
  for (const plan of plans.filter(({ release }) => renew?.has(release.image.id))) {
    await attach(plan);
    await claimUniqueTag(plan.release, registry, day, true);
  }
}

/** What a release has before it is seen under a tag that moves. */
async function label(plan: TagPlan, { registry, attach, day }: TaggingContext): Promise<void> {
  // Where its narrowest tag is right already, all of this was done before that moved.
  if (!plan.steps.some(({ level }) => level === 0)) return;
  await attach(plan);
  await claimUniqueTag(plan.release, registry, day);
}
