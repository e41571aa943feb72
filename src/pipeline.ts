import type { Event, Say, ScheduledTask, StageName, Subject } from "./model/event.js";
import { Failure, Unavailable } from "./model/failure.js";
import { type Image, type ImageId, type Pair, parentsOf } from "./model/image.js";
import type { Platform } from "./model/platform.js";
import { imageKey, makeReport, type Report } from "./model/report.js";
import { elapsed } from "./ports/clock.js";
import { withTemporaryFolder } from "./ports/files.js";
import { hostPlatform } from "./ports/host.js";
import { createTlsServer } from "./ports/tls-server.js";
import { prepare, type RunContext, type RunRequest, type Selection, selectImages } from "./run-context.js";
import { type PublishRequest, publish } from "./run-publish.js";
import { buildImage } from "./stages/build.js";
import { describeImage } from "./stages/describe.js";
import { type DistributionImage, provideDistribution } from "./stages/distribution.js";
import { testPair } from "./stages/test.js";
import { verifyImage } from "./stages/verify.js";
import { afterAll, runGraph, type Task } from "./support/schedule.js";

/** Builds, tests and publishes pair by pair, each as soon as what it needs is there. Always settles; the report says how. */
export function runPairs(request: RunRequest): Promise<Report> {
  return withTemporaryFolder(async (folder) => {
    const start = elapsed();
    const events: Event[] = [];
    const say: Say = (event) => {
      // What tools say is for reporters alone: it can be long.
      if (event.type !== "output") events.push(event);
      request.say(event);
    };
    const selection = selectImages(request);
    const tlsServer = createTlsServer("trusted");
    const contexts: RunContext[] = [];
    for (const platform of request.platforms)
      contexts.push(await prepare({ ...request, say }, selection, { folder, tlsServer }, platform));
    skipForeign({ ...request, say }, selection);
    const tasks = tasksOf({ ...request, say }, selection, contexts);
    say({ type: "scheduled", jobs: request.jobs, tasks: tasks.flatMap(({ scheduled }) => scheduled) });
    const outcomes = await runGraph(tasks, request.jobs);
    await tlsServer.close();
    for (const outcome of outcomes.values())
      if (outcome.kind === "failed" && !(outcome.error instanceof Failure)) throw outcome.error;
    return makeReport(request.plan.pairs, events, sizesOf(contexts), elapsed(start));
  });
}

/** Says which pairs are for none of the platforms of this run. */
function skipForeign({ platforms, say }: RunRequest, { pairs }: Selection): void {
  for (const { images } of pairs.filter((pair) => !platforms.some((platform) => isFor(pair, platform))))
    for (const image of images) {
      const reason = `it is for ${image.platforms.join(" and ")} alone`;
      say({ type: "skipped", stage: "build", subject: image.id, reason });
    }
}

/** Bytes, by image key. */
const sizesOf = (contexts: readonly RunContext[]): ReadonlyMap<string, number> =>
  new Map(
    contexts.flatMap(({ platform, built }) =>
      [...built].map(
        ([id, { size }]) => [imageKey(id, platform === hostPlatform ? undefined : platform), size] as const,
      ),
    ),
  );

interface RunTask extends Task<void> {
  /** What reporters are told of it. */
  readonly scheduled: readonly ScheduledTask[];
}

const scheduled = (stage: StageName, subject: Subject, seconds: number, platform?: Platform): ScheduledTask => ({
  ...{ stage, subject, seconds },
  ...(platform === undefined || platform === hostPlatform ? {} : { platform }),
});

/** Tests and publications follow what they need, so that with few jobs the first pair is published before the last is built. */
function tasksOf(
  request: RunRequest,
  { images, pairs }: Selection,
  contexts: readonly RunContext[],
): readonly RunTask[] {
  const { stages, plan } = request;
  const needed = new Set(images);
  const selected = new Set(pairs);
  const publishing = new Map<string, Promise<void>>();
  return plan.pairs.flatMap((pair) => {
    const own = contexts.filter(({ platform }) => isFor(pair, platform));
    const tasks = [
      ...own.flatMap((context) => [
        ...pair.images.filter((image) => needed.has(image)).flatMap((image) => buildTasks(image, request, context)),
        ...(selected.has(pair) && stages.includes("test") ? [testTask(pair, request, context)] : []),
      ]),
      ...(selected.has(pair) && stages.includes("publish") && own.length > 0
        ? [publishTask(pair, { ...request, publishing }, own)]
        : []),
    ];
    const letGo = (): void => {
      for (const context of own) context.letGo(pair.images);
    };
    return afterAll(tasks, readsImages, letGo);
  });
}

/** What follows a build: an image that others are built on may be provided for several pairs at once. */
const readsImages = ({ follows }: RunTask): boolean => follows === true;

const isFor = ({ images }: Pair, platform: Platform): boolean =>
  images.every(({ platforms }) => platforms.includes(platform));

const buildId = (id: ImageId, platform: Platform): string => `build ${imageKey(id, platform)}`;
const describeId = (id: ImageId, platform: Platform): string => `describe ${imageKey(id, platform)}`;
const testId = ({ id }: Pair, platform: Platform): string => `test ${imageKey(id, platform)}`;

function buildTasks(image: Image, request: RunRequest, context: RunContext): readonly RunTask[] {
  const { parent } = image;
  const { platform, say } = context;
  const cost = request.costs.build(image, platform);
  const isVerified = request.verify && request.images.includes(image);
  const build: RunTask = {
    id: buildId(image.id, platform),
    needs: parentsOf(image).map((id) => buildId(id, platform)),
    cost,
    scheduled: (isVerified ? (["build", "verify"] as const) : (["build"] as const)).map((stage) =>
      scheduled(stage, image.id, cost, platform),
    ),
    run: () => buildWhole(image, request, context),
    skipped: (because, error) =>
      say({ type: "skipped", stage: "build", subject: image.id, reason: reasonFor(because, error) }),
  };
  const describe = describeTask(image, context);
  if (parent.kind !== "distribution") return [build, describe];
  const provide: RunTask = {
    id: imageKey(parent.reference, platform),
    // One pull at a time: each uses the plain name.
    needs: platform === hostPlatform ? [] : [imageKey(parent.reference, hostPlatform)],
    cost: request.costs.provide,
    scheduled: [],
    run: () =>
      unlessUnavailable(image.id, say, async () => {
        context.distributions.set(parent.distribution.name, await provideFor(parent, request, context));
      }),
  };
  return [provide, { ...build, needs: [provide.id, ...build.needs] }, describe];
}

/** What it holds is read beside builds on top of it, which do not wait for that. */
function describeTask(image: Image, context: RunContext): RunTask {
  return {
    id: describeId(image.id, context.platform),
    needs: [buildId(image.id, context.platform)],
    scheduled: [],
    follows: true,
    run: () => reported("build", image.id, context.say, () => describeImage(image, context)),
  };
}

async function buildWhole(image: Image, { images, verify }: RunRequest, context: RunContext): Promise<void> {
  const { say } = context;
  await reported("build", image.id, say, () => buildImage(image, context));
  if (verify && images.includes(image)) await reported("verify", image.id, say, () => verifyImage(image, context));
}

/** What cannot start, because its base is nowhere to be had, is skipped and not failed: so that is not said here. */
async function unlessUnavailable(subject: ImageId, say: Say, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (error instanceof Failure && !(error instanceof Unavailable))
      say({ type: "failed", stage: "build", subject, reason: error.message, log: error.log });
    throw error;
  }
}

type DistributionParent = Extract<Image["parent"], { readonly kind: "distribution" }>;

function provideFor(
  { distribution, reference }: DistributionParent,
  { plan, lock, mirrors }: RunRequest,
  { engine, say, platform, present, folder }: RunContext,
): Promise<DistributionImage> {
  const known = mirrors[distribution.family];
  return provideDistribution(distribution, {
    engine,
    say,
    platform,
    present,
    lock: lock.distributions[distribution.name],
    reference,
    namespace: plan.namespace,
    mirror: known?.mirror,
    mirrorNamed: known?.named ?? false,
    folder,
  });
}

function testTask(pair: Pair, { costs }: RunRequest, context: RunContext): RunTask {
  const { platform, say } = context;
  return {
    id: testId(pair, platform),
    // Builds by name too: a pair's are as urgent as each other where one task needs both.
    needs: pair.images.flatMap(({ id }) => [buildId(id, platform), describeId(id, platform)]),
    cost: costs.test(pair, platform),
    scheduled: [scheduled("test", pair.id, costs.test(pair, platform), platform)],
    follows: true,
    run: () => reported("test", pair.id, say, () => testPair(pair, context)),
    skipped: (because, error) =>
      say({ type: "skipped", stage: "test", subject: pair.id, reason: reasonFor(because, error) }),
  };
}

/** All platforms of a pair, or none. */
function publishTask(pair: Pair, request: PublishRequest, contexts: readonly RunContext[]): RunTask {
  const { say } = request;
  return {
    id: `publish ${pair.id}`,
    needs: contexts.map(({ platform }) => testId(pair, platform)),
    cost: request.costs.publish,
    scheduled: [scheduled("publish", pair.id, request.costs.publish)],
    follows: true,
    run: () => reported("publish", pair.id, say, () => publish(pair, request, contexts)),
    skipped: (because, error) =>
      say({ type: "skipped", stage: "publish", subject: pair.id, reason: reasonFor(because, error) }),
  };
}

/** `build base/13/trixie/dev` → `needs base/13/trixie/dev`; the cause's own reason where it has one. */
const reasonFor = (because: string, error?: unknown): string => {
  const reason = error instanceof Failure ? `: ${error.message}` : "";
  return `needs ${because.replace(/^(build|describe|test) /, "")}${reason}`;
};

/** Says a failure of the world; what else is thrown is a bug, and ends the run. */
async function reported(stage: StageName, subject: Subject, say: Say, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (error instanceof Failure) say({ type: "failed", stage, subject, reason: error.message, log: error.log });
    throw error;
  }
}
