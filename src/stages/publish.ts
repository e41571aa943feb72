import { setTimeout as sleep } from "node:timers/promises";
import type { Move, Say } from "../model/event.js";
import { Failure } from "../model/failure.js";
import type { Image, ImageId, Pair } from "../model/image.js";
import type { Platform } from "../model/platform.js";
import { type Digest, parseTag, type RepositoryName, type Tag } from "../model/reference.js";
import { elapsed } from "../ports/clock.js";
import type { Engine, EngineImage } from "../ports/engine.js";
import type { Registry } from "../ports/registry.js";
import type { Manifest } from "../ports/registry-manifest.js";
import { localReference } from "./build.js";
import { type LocalImage, provideContent } from "./publish-content.js";
import { planTags, type Release, type TagPlan, uniqueTag } from "./publish-tags.js";

/** Where the images of one platform are. */
export interface PlatformImages {
  readonly platform: Platform;
  readonly engine: Engine;
  readonly built: ReadonlyMap<ImageId, EngineImage>;
}

export interface PublishContext {
  readonly registry: Registry;
  /** What goes before the language in a repository: `acme` */
  readonly path: string;
  /** The language that all others are built on. */
  readonly base: string;
  readonly platforms: readonly PlatformImages[];
  /** `20261121`, for unique tags. */
  readonly day: string;
  /** Only says what would move. */
  readonly dryRun: boolean;
  /** Lets tags go back to older versions and builds, and to fewer platforms. */
  readonly allowDowngrade: boolean;
  /** Signs an image, and for an index each image in it. */
  readonly sign?: (repository: RepositoryName, digest: Digest) => Promise<void>;
  /** Attaches what is known of a release before a tag points at it. */
  readonly attach: (plan: TagPlan) => Promise<void>;
  readonly say: Say;
}

/** Two publishers at once let each other pass at random; one that meets others this often is better run again. */
const mostAttempts = 8;
const longestPause = 2000;

/**
 * Publishes a pair: the content of all its images for all platforms, what is attached to it, a unique tag for each, then the
 * tags that move, narrowest first and those of runtime before those of dev. What is right is not touched, so that a run
 * which was cut off anywhere is completed by the next. Ends when every tag has been read again and is right. Throws a Failure.
 */
export async function publishPair(pair: Pair, context: PublishContext): Promise<void> {
  const { registry, say, dryRun } = context;
  const start = elapsed();
  const releases = await provideReleases(pair, context);
  if (!dryRun) for (const release of releases) await signOnce(release, context);
  const moved: Move[] = [];
  for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
    const plans = await Promise.all(releases.map((release) => planTags(release, registry)));
    refuse(plans, context);
    const moves = interleave(
      plans.map((plan) => plan.moves.map((move) => ({ move, manifest: plan.release.content.top }))),
    );
    if (moves.length === 0) return finish(pair, moved, elapsed(start), say);
    if (dryRun) return say({ type: "planned", subject: pair.id, moves: moves.map(({ move }) => move) });
    if (moved.length === 0) say({ type: "started", stage: "publish", subject: pair.id });
    for (const plan of plans) await label(plan, context);
    moved.push(...(await applyMoves(moves, registry)));
    if (attempt > 1) await sleep(Math.random() * longestPause);
  }
  throw new Failure(
    `another publisher moves the tags of ${pair.id} at the same time: run this again when it has ended`,
  );
}

function finish(pair: Pair, moves: readonly Move[], ms: number, say: Say): void {
  if (moves.length === 0) say({ type: "kept", stage: "publish", subject: pair.id });
  else say({ type: "published", subject: pair.id, ms, moves });
}

/** The content of all images of the pair before any tag of it, runtime first. */
async function provideReleases(pair: Pair, context: PublishContext): Promise<readonly Release[]> {
  const repositoryOf = (language: string) => `${context.path}/${language}` as RepositoryName;
  const runtimeFirst = [...pair.images].sort(
    (a, b) => Number(b.variant === "runtime") - Number(a.variant === "runtime"),
  );
  const lenders = pair.language === context.base ? [] : [repositoryOf(context.base)];
  const releases: Release[] = [];
  for (const image of runtimeFirst) {
    const repository = repositoryOf(image.language);
    const target = { ...context, repository, lenders, tag: image.tags[0] as Tag };
    releases.push({ image, repository, content: await provideContent(localImage(image, context), target) });
  }
  return releases;
}

function localImage(image: Image, { platforms }: PublishContext): LocalImage {
  const parts = platforms.map(({ platform, engine, built }) => {
    const id = built.get(image.id)?.id;
    if (id === undefined) throw new Failure(`${image.id} is not built for ${platform}`);
    return { platform, engine, id };
  });
  return { subject: image.id, reference: localReference(image), parts };
}

function refuse(plans: readonly TagPlan[], { allowDowngrade }: PublishContext): void {
  const [first, ...more] = allowDowngrade ? [] : plans.flatMap(({ refusals }) => refusals);
  if (first !== undefined) throw new Failure(`${first}; --allow-downgrade would move it all the same`, more);
}

/** Before a tag points at it, and although one does already. cosign keeps signatures under a tag that tells of what they are. */
async function signOnce({ repository, content }: Release, { registry, sign }: PublishContext): Promise<void> {
  const { digest } = content.top;
  const signatures = parseTag(`${digest.replace(":", "-")}.sig`) as Tag;
  if (sign === undefined || (await registry.digestOf(repository, signatures)) !== undefined) return;
  await sign(repository, digest);
}

/** What a release has before it is seen under a tag that moves. */
async function label(plan: TagPlan, context: PublishContext): Promise<void> {
  const { registry, attach, day } = context;
  const { release, moves } = plan;
  const { repository, content, image } = release;
  // Where its narrowest tag is right already, all of this was done before that moved.
  if (!moves.some(({ tag }) => tag === image.tags[0])) return;
  await attach(plan);
  const unique = await uniqueTag(release, registry, day);
  if (!unique.isThere) await registry.putManifest(repository, unique.tag, content.top);
}

interface Step {
  readonly move: Move;
  readonly manifest: Manifest;
}

/** Moves tags that still are where they were read, and ends at the first that somebody else has moved. Gives those that it moved. */
async function applyMoves(steps: readonly Step[], registry: Registry): Promise<readonly Move[]> {
  const moved: Move[] = [];
  for (const { move, manifest } of steps) {
    const repository = move.repository as RepositoryName;
    const now = await registry.digestOf(repository, move.tag as Tag);
    if (now !== move.from) return moved;
    await registry.putManifest(repository, move.tag, manifest);
    moved.push(move);
  }
  return moved;
}

/** The first of each list, then the second of each …: the tags of a pair's images move together. */
function interleave<T>(lists: readonly (readonly T[])[]): readonly T[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, index) => lists.flatMap((list) => list.slice(index, index + 1))).flat();
}
