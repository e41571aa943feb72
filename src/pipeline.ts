import type { Event, Say, StageName, Subject } from "./model/event.js";
import { Failure, Unavailable } from "./model/failure.js";
import { type Image, type ImageId, imagesOf, type Pair, type Plan } from "./model/image.js";
import type { Lock } from "./model/lock.js";
import { makeReport, type Report } from "./model/report.js";
import { elapsed } from "./ports/clock.js";
import type { HostMirror } from "./ports/debian-host.js";
import type { Engine, EngineImage } from "./ports/engine.js";
import { type Tree, withTemporaryFolder } from "./ports/files.js";
import { hostPlatform } from "./ports/host.js";
import { createContentReader } from "./ports/image-content.js";
import type { Registry } from "./ports/registry.js";
import { createTlsServer, type LazyTlsServer } from "./ports/tls-server.js";
import { createArtifactProvider } from "./stages/artifact.js";
import { type BuildContext, buildImage, localReferences } from "./stages/build.js";
import { describeImage } from "./stages/describe.js";
import { bootstrapReference, type DistributionImage, provideDistribution } from "./stages/distribution.js";
import { publishPair } from "./stages/publish.js";
import { publishArtifacts } from "./stages/publish-artifacts.js";
import { type TestContext, testedPattern, testPair } from "./stages/test.js";
import { verifyImage } from "./stages/verify.js";
import { runGraph, type Task } from "./support/schedule.js";

/** What to do, to which images, and with what. */
export interface RunRequest {
  readonly root: string;
  readonly plan: Plan;
  readonly lock: Lock;
  readonly tree: Tree;
  /** What was selected. Whole pairs are tested and published; of others only these images are built. */
  readonly images: readonly Image[];
  readonly stages: readonly StageName[];
  readonly engine: Engine;
  readonly target?: { readonly registry: Registry; readonly path: string; readonly day: string };
  readonly mirrors: Readonly<
    Partial<Record<"alpine" | "debian", { readonly mirror: HostMirror; readonly named: boolean }>>
  >;
  readonly jobs: number;
  readonly force: boolean;
  /** Whether what is selected is built twice, to compare. */
  readonly verify: boolean;
  readonly say: Say;
}

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
    const selection = select(request);
    const tlsServer = createTlsServer("trusted");
    const context = await prepare({ ...request, say }, selection, { folder, tlsServer });
    const outcomes = await runGraph(tasksOf({ ...request, say }, selection, context), request.jobs);
    await tlsServer.close();
    for (const outcome of outcomes.values())
      if (outcome.kind === "failed" && !(outcome.error instanceof Failure)) throw outcome.error;
    const sizes = new Map([...context.built].map(([id, { size }]) => [id as string, size]));
    return makeReport(request.plan.pairs, events, sizes, elapsed(start));
  });
}

interface Selection {
  /** To build: what was selected, whole pairs where more than a build is asked for, and all that these are built on. */
  readonly images: readonly Image[];
  /** To test and to publish. */
  readonly pairs: readonly Pair[];
}

function select({ plan, images, stages }: RunRequest): Selection {
  const byId = new Map(imagesOf(plan).map((image) => [image.id, image]));
  const pairs = plan.pairs.filter((pair) => images.some((image) => image.pair === pair.id));
  const wanted = stages.some((stage) => stage !== "build") ? pairs.flatMap((pair) => pair.images) : images;
  const needed = new Set<ImageId>();
  const add = (id: ImageId): void => {
    const image = byId.get(id);
    if (needed.has(id) || image === undefined) return;
    needed.add(id);
    for (const parent of parentsOf(image)) add(parent);
  };
  for (const image of wanted) add(image.id);
  return { images: [...byId.values()].filter(({ id }) => needed.has(id)), pairs };
}

const parentsOf = ({ parent, builder }: Image): readonly ImageId[] => [
  ...(parent.kind === "image" ? [parent.id] : []),
  ...(builder === undefined ? [] : [builder.id]),
];

interface RunContext extends BuildContext, TestContext {
  readonly built: Map<ImageId, EngineImage>;
  readonly distributions: Map<string, DistributionImage>;
  readonly folder: string;
  /** Artifacts by what they are published as. */
  readonly publishing: Map<string, Promise<void>>;
}

/** Asks the engine once what it has. */
async function prepare(
  request: RunRequest,
  { images }: Selection,
  { folder, tlsServer }: { readonly folder: string; readonly tlsServer: LazyTlsServer },
): Promise<RunContext> {
  const { engine, plan, root, tree, say, force } = request;
  const bases = images.flatMap(({ parent }) =>
    parent.kind === "distribution" ? [parent.reference, bootstrapReference(plan.namespace, parent.distribution)] : [],
  );
  const present: ReadonlyMap<string, EngineImage> = await engine.inspect([
    ...images.flatMap(localReferences),
    ...bases,
  ]);
  const tested = new Set((request.stages.includes("test") ? await engine.list(testedPattern) : new Map()).keys());
  return {
    ...{ root, engine, say, tree, present, built: new Map(), distributions: new Map(), force, tested, folder },
    readContent: createContentReader(engine),
    platform: hostPlatform,
    provideArtifact: createArtifactProvider({ folder, platform: hostPlatform }),
    publishing: new Map(),
    tlsServer: tlsServer.get,
  };
}

/** Pair after pair, so that with few jobs the first is tested and published before the last is built. */
function tasksOf(request: RunRequest, { images, pairs }: Selection, context: RunContext): readonly Task<void>[] {
  const { stages, plan } = request;
  const needed = new Set(images);
  const selected = new Set(pairs);
  return plan.pairs.flatMap((pair) => [
    ...pair.images.filter((image) => needed.has(image)).flatMap((image) => buildTasks(image, request, context)),
    ...(selected.has(pair) && stages.includes("test") ? [testTask(pair, request, context)] : []),
    ...(selected.has(pair) && stages.includes("publish") ? [publishTask(pair, request, context)] : []),
  ]);
}

const buildId = (id: ImageId): string => `build ${id}`;
const testId = ({ id }: Pair): string => `test ${id}`;

function buildTasks(image: Image, request: RunRequest, context: RunContext): readonly Task<void>[] {
  const { parent } = image;
  const build: Task<void> = {
    id: buildId(image.id),
    needs: parentsOf(image).map(buildId),
    run: () => buildWhole(image, request, context),
    skipped: (because, error) =>
      request.say({ type: "skipped", stage: "build", subject: image.id, reason: reasonFor(because, error) }),
  };
  if (parent.kind !== "distribution") return [build];
  const provide: Task<void> = {
    id: parent.reference,
    needs: [],
    run: () =>
      unlessUnavailable(image.id, request.say, async () => {
        context.distributions.set(parent.distribution.name, await provideFor(parent, request, context));
      }),
  };
  return [provide, { ...build, needs: [provide.id, ...build.needs] }];
}

async function buildWhole(image: Image, { images, verify, say }: RunRequest, context: RunContext): Promise<void> {
  await reported("build", image.id, say, async () => {
    await buildImage(image, context);
    await describeImage(image, context);
  });
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
  { engine, say, plan, lock, mirrors }: RunRequest,
  { present, folder }: RunContext,
): Promise<DistributionImage> {
  const known = mirrors[distribution.family];
  return provideDistribution(distribution, {
    engine,
    say,
    present,
    lock: lock.distributions[distribution.name],
    reference,
    namespace: plan.namespace,
    mirror: known?.mirror,
    mirrorNamed: known?.named ?? false,
    folder,
  });
}

function testTask(pair: Pair, request: RunRequest, context: RunContext): Task<void> {
  return {
    id: testId(pair),
    needs: pair.images.map(({ id }) => buildId(id)),
    run: () => reported("test", pair.id, request.say, () => testPair(pair, context)),
    skipped: (because, error) =>
      request.say({ type: "skipped", stage: "test", subject: pair.id, reason: reasonFor(because, error) }),
  };
}

function publishTask(pair: Pair, request: RunRequest, context: RunContext): Task<void> {
  const { target, engine, say } = request;
  const { provideArtifact, publishing, built } = context;
  return {
    id: `publish ${pair.id}`,
    needs: request.stages.includes("test") ? [testId(pair)] : pair.images.map(({ id }) => buildId(id)),
    run: () =>
      reported("publish", pair.id, say, async () => {
        if (target === undefined) throw new Failure("no registry was named");
        await publishArtifacts(pair, { engine, say, provideArtifact, publishing, ...target });
        await publishPair(pair, { engine, say, built, ...target });
      }),
    skipped: (because, error) =>
      say({ type: "skipped", stage: "publish", subject: pair.id, reason: reasonFor(because, error) }),
  };
}

/** `build base/13/trixie/dev` → `needs base/13/trixie/dev`; the cause's own reason where it has one. */
const reasonFor = (because: string, error?: unknown): string => {
  const reason = error instanceof Failure ? `: ${error.message}` : "";
  return `needs ${because.replace(/^(build|test) /, "")}${reason}`;
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
