import { join } from "node:path";
import type { Costs } from "./model/cost.js";
import type { Event, Say, StageName } from "./model/event.js";
import { closureOf, type Image, type ImageId, imagesOf, type Pair, type Plan } from "./model/image.js";
import type { Lock } from "./model/lock.js";
import type { Platform } from "./model/platform.js";
import type { HostMirror } from "./ports/debian-host.js";
import type { Engine, EngineImage } from "./ports/engine.js";
import { makeFolder, type Tree } from "./ports/files.js";
import { hostPlatform } from "./ports/host.js";
import { createContentMemory, createContentReader, forgetImage } from "./ports/image-content.js";
import { keepLayouts } from "./ports/kept-layouts.js";
import { engineFor } from "./ports/platform-engine.js";
import type { Registry } from "./ports/registry.js";
import type { LazyTlsServer } from "./ports/tls-server.js";
import { createArtifactProvider } from "./stages/artifact.js";
import { type BuildContext, localReferences, type PublishedAs } from "./stages/build.js";
import type { DescribeContext } from "./stages/describe.js";
import { bootstrapReference, type DistributionImage } from "./stages/distribution.js";
import type { KeyPair } from "./stages/sign.js";
import { type TestContext, testedPattern } from "./stages/test.js";

/** What to do, to which images, and with what. */
export interface RunRequest {
  readonly root: string;
  readonly plan: Plan;
  readonly lock: Lock;
  readonly tree: Tree;
  /** What was selected. Whole pairs are tested and published; of others only these images are built. */
  readonly images: readonly Image[];
  readonly stages: readonly StageName[];
  /** That images are built for, tested on and published for, as far as their definitions have them. */
  readonly platforms: readonly Platform[];
  readonly engine: Engine;
  readonly target?: {
    readonly registry: Registry;
    readonly path: string;
    readonly day: string;
    readonly plainHttp: boolean;
    /** What images are signed with. */
    readonly signing?: KeyPair;
  };
  readonly mirrors: Readonly<
    Partial<Record<"alpine" | "debian", { readonly mirror: HostMirror; readonly named: boolean }>>
  >;
  readonly jobs: number;
  /** By which the longest chains of work begin first. */
  readonly costs: Costs;
  /** What is built and tested again although it is right already. */
  readonly force: Force;
  /** Whether what is selected is built twice, to compare. */
  readonly verify: boolean;
  /** Whether a publication only says what it would move. */
  readonly dryRun: boolean;
  readonly allowDowngrade: boolean;
  /** Why images are rebuilt, where somebody knows. */
  readonly reasons?: ReadonlyMap<ImageId, readonly string[]>;
  /** Of which a registry is to say anew that they are right, although no tag moves. */
  readonly renew?: ReadonlySet<ImageId>;
  /** What a registry has that is as fresh as a build would be. */
  readonly published?: (image: Image, platform: Platform) => PublishedAs | undefined;
  readonly say: Say;
}

/** Everything, or some of it, or nothing. */
export type Force = boolean | ReadonlySet<ImageId>;

export interface Selection {
  /** To build: what was selected, whole pairs where more than a build is asked for, and all that these are built on. */
  readonly images: readonly Image[];
  /** To test and to publish. */
  readonly pairs: readonly Pair[];
}

export function selectImages({ plan, images, stages }: RunRequest): Selection {
  const byId = new Map(imagesOf(plan).map((image) => [image.id, image]));
  const pairs = plan.pairs.filter((pair) => images.some((image) => image.pair === pair.id));
  const wanted = stages.some((stage) => stage !== "build") ? pairs.flatMap((pair) => pair.images) : images;
  const needed = closureOf(wanted, byId);
  return { images: [...byId.values()].filter(({ id }) => needed.has(id)), pairs };
}

/** What the tasks of one platform share. */
export interface RunContext extends BuildContext, TestContext, DescribeContext {
  readonly built: Map<ImageId, EngineImage>;
  readonly distributions: Map<string, DistributionImage>;
  readonly folder: string;
  /** Forgets what images hold, but for those that others are built on: of a large catalog it is more than there is room for. */
  readonly letGo: (images: readonly Image[]) => void;
}

/** Asks the engine once what it has for a platform. */
export async function prepare(
  request: RunRequest,
  { images }: Selection,
  { folder: shared, tlsServer }: { readonly folder: string; readonly tlsServer: LazyTlsServer },
  platform: Platform,
): Promise<RunContext> {
  const { plan, root, tree } = request;
  const isForced = ({ id }: Pick<Image, "id">): boolean =>
    typeof request.force === "boolean" ? request.force : request.force.has(id);
  const folder = join(shared, platform);
  makeFolder(folder);
  const { engine, drop } = keepLayouts(engineFor(platform, request.engine), join(folder, "layouts"));
  const memory = createContentMemory();
  const built = new Map<ImageId, EngineImage>();
  const bases = images.flatMap(({ parent }) =>
    parent.kind === "distribution" ? [parent.reference, bootstrapReference(plan.namespace, parent.distribution)] : [],
  );
  const [present, marks] = await Promise.all([
    engine.inspect([...images.flatMap(localReferences), ...bases]),
    request.stages.includes("test") ? engine.list(testedPattern) : new Map<string, EngineImage>(),
  ]);
  const tested = new Set(marks.keys());
  return {
    ...{ root, engine, platform, tree, present, built, distributions: new Map(), isForced, tested, folder },
    force: request.force === true,
    // By a digest, an engine's own name for a platform cannot be given.
    publishedAs: (image) => (platform === hostPlatform ? request.published?.(image, platform) : undefined),
    say: sayOn(platform, request.say),
    readContent: createContentReader(engine, memory),
    provideArtifact: createArtifactProvider({ folder, platform }),
    tlsServer: tlsServer.get,
    letGo: (done) => {
      for (const image of withoutParents(done, images)) {
        drop(localReferences(image));
        const id = built.get(image.id)?.id;
        if (id !== undefined) forgetImage(memory, id);
      }
    },
  };
}

function withoutParents(some: readonly Image[], all: readonly Image[]): readonly Image[] {
  const parents = new Set(all.flatMap(({ parent }) => (parent.kind === "image" ? [parent.id] : [])));
  return some.filter(({ id }) => !parents.has(id));
}

const sayOn = (platform: Platform, say: Say): Say =>
  platform === hostPlatform ? say : (event: Event) => say({ ...event, platform });
