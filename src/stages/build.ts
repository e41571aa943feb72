import { join } from "node:path";
import type { Say } from "../model/event.js";
import { Failure } from "../model/failure.js";
import { folderOf, type Image, type ImageId, narrowestReference } from "../model/image.js";
import type { Platform } from "../model/platform.js";
import { elapsed } from "../ports/clock.js";
import type { BuildRequest, BuildSecret, Engine, EngineImage } from "../ports/engine.js";
import type { Tree } from "../ports/files.js";
import { fingerprint } from "../support/fingerprint.js";
import type { ProvideArtifact } from "./artifact.js";
import type { DistributionImage } from "./distribution.js";
import { buildArgumentsOf, recipeOf } from "./recipe.js";

export const fingerprintLabel = "ingot.fingerprint";

export interface BuildContext {
  readonly root: string;
  readonly engine: Engine;
  readonly say: Say;
  /** What `generated/` holds, by path there. */
  readonly tree: Tree;
  /** What the engine had when the run began, by reference. */
  readonly present: ReadonlyMap<string, EngineImage>;
  /** Images that are built or found right; each build adds its own. */
  readonly built: Map<ImageId, EngineImage>;
  readonly distributions: ReadonlyMap<string, DistributionImage>;
  readonly provideArtifact: ProvideArtifact;
  /** That images are built for. */
  readonly platform: Platform;
  /** Whether an image is built although the engine has it, and without earlier results. */
  readonly isForced: (image: Image) => boolean;
  /** Where a registry has what is as fresh as a build would be, for this platform. */
  readonly publishedAs: (image: Image) => PublishedAs | undefined;
}

/** An image in a registry, and what the engine that built it told it by. */
export interface PublishedAs {
  /** `127.0.0.1:5000/acme/base@sha256:…` */
  readonly reference: string;
  readonly id?: string;
}

/** `docker.io/ingot/node:24`: a reference with its registry, which engines agree on. */
export function localReferences(image: Image): readonly string[] {
  return image.tags.map((tag) => `docker.io/${image.repository}:${tag}`);
}

/** `ingot__python`: a repository as one part of another, local one. */
export function inOnePart(repository: string): string {
  return repository.replaceAll("/", "__");
}

/** The first of them, which no other image has. */
export function localReference(image: Image): string {
  return `docker.io/${narrowestReference(image)}`;
}

/** Leaves an image alone whose fingerprint the engine has; builds it otherwise. Throws a Failure. */
export async function buildImage(image: Image, context: BuildContext): Promise<void> {
  const { engine, say, built } = context;
  const print = fingerprintOf(image, context);
  const present = context.present.get(localReference(image));
  const published = context.isForced(image) ? undefined : context.publishedAs(image);
  const isRight = present?.labels[fingerprintLabel] === print && (published?.id ?? present.id) === present.id;
  if (!context.isForced(image) && isRight) {
    await restoreTags(image, present, context);
    built.set(image.id, present);
    say({ type: "kept", stage: "build", subject: image.id });
    return;
  }
  const pulled = published === undefined ? undefined : await pullPublished(image, published, context);
  if (pulled !== undefined) {
    built.set(image.id, pulled);
    say({ type: "kept", stage: "build", subject: image.id });
    return;
  }
  const start = elapsed();
  say({ type: "started", stage: "build", subject: image.id });
  const result = await engine.build(await buildRequest(image, context));
  built.set(image.id, result);
  say({ type: "built", subject: image.id, ms: elapsed(start), size: result.size });
}

/** So that what is built on it has the layers that are published, whatever this machine has; undefined where that does not go. */
async function pullPublished(
  image: Image,
  { reference }: PublishedAs,
  { engine }: BuildContext,
): Promise<EngineImage | undefined> {
  try {
    await engine.pull(reference);
    for (const local of localReferences(image)) await engine.tag(reference, local);
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
  return (await engine.inspect([localReference(image)])).get(localReference(image));
}

/** What the engine is asked to build. */
export async function buildRequest(image: Image, context: BuildContext): Promise<BuildRequest> {
  return {
    folder: join(context.root, folderOf(image)),
    tags: localReferences(image),
    buildArguments: buildArgumentsOf(image),
    labels: { [fingerprintLabel]: fingerprintOf(image, context) },
    contexts: { ...contextsOf(image, context), ...(await artifactContexts(image, context)) },
    secrets: await secretsOf(image, context),
    cache: !context.isForced(image),
    // For its bill of materials, its tests and its publication.
    keep: true,
    onLine: (line) => context.say({ type: "output", stage: "build", subject: image.id, line }),
  };
}

/** Of all that decides what a build gives: its recipe, and the content of what it is built on. */
function fingerprintOf(image: Image, context: BuildContext): string {
  return fingerprint({ recipe: recipeOf(image, context), parent: parentIdOf(image, context) });
}

/** What the engine tells the image by that an image's layers stand on; undefined where they stand on nothing. */
export function parentIdOf({ parent }: Image, { built, distributions }: BuildContext): string | undefined {
  if (parent.kind === "scratch") return undefined;
  return parent.kind === "image" ? mustHave(built, parent.id).id : mustHave(distributions, parent.distribution.name).id;
}

/** The names in the Dockerfile stand for local images, whatever a registry has under them. */
function contextsOf(image: Image, { distributions }: BuildContext): Record<string, string> {
  const { parent, builder } = image;
  const local = (reference: string): Record<string, string> => ({ [reference]: `docker.io/${reference}` });
  return {
    ...(parent.kind === "image" ? local(parent.reference) : {}),
    ...(parent.kind === "distribution"
      ? { [parent.reference]: mustHave(distributions, parent.distribution.name).reference }
      : {}),
    ...(builder === undefined ? {} : local(builder.reference)),
  };
}

/** One after the other: they are large. */
async function artifactContexts(image: Image, { provideArtifact }: BuildContext): Promise<Record<string, string>> {
  const contexts: Record<string, string> = {};
  for (const artifact of image.artifacts) contexts[artifact.reference] = await provideArtifact(artifact);
  return contexts;
}

async function secretsOf(image: Image, { distributions }: BuildContext): Promise<readonly BuildSecret[]> {
  const write = distributions.get(image.distribution.name)?.writeMirror;
  return write === undefined ? [] : [{ id: "mirror", file: await write() }];
}

/** "Content right, tag missing": the tags of an image that is there already, without a build. */
async function restoreTags(image: Image, present: EngineImage, { engine, present: all }: BuildContext): Promise<void> {
  const [source = "", ...others] = localReferences(image);
  for (const reference of others) {
    if (all.get(reference)?.id !== present.id) await engine.tag(source, reference);
  }
}

function mustHave<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key);
  if (value === undefined) throw new Failure(`${String(key)} is not built`);
  return value;
}
