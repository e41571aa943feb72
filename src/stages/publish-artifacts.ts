import { join } from "node:path";
import type { ImageArtifact } from "../model/artifact.js";
import type { Say } from "../model/event.js";
import { Failure } from "../model/failure.js";
import type { Pair } from "../model/image.js";
import type { Platform } from "../model/platform.js";
import { parseReference, type RepositoryName, type Tag } from "../model/reference.js";
import type { Engine } from "../ports/engine.js";
import { withTemporaryFolder, writeText } from "../ports/files.js";
import type { Registry } from "../ports/registry.js";
import { makeIndex } from "../ports/registry-make.js";
import type { Manifest } from "../ports/registry-manifest.js";
import type { ProvideArtifact } from "./artifact.js";
import { type Content, describePart, type LocalPart, provideContent } from "./publish-content.js";

/** Where the artifacts of one platform come from. */
export interface PlatformArtifacts {
  readonly platform: Platform;
  readonly engine: Engine;
  readonly provideArtifact: ProvideArtifact;
}

interface ArtifactContext {
  readonly registry: Registry;
  /** What goes before the repository's own name: `acme` */
  readonly path: string;
  readonly platforms: readonly PlatformArtifacts[];
  /** By reference and platforms, those that this run publishes or has published: pairs that share one are published at the same time. */
  readonly publishing: Map<string, Promise<void>>;
  readonly say: Say;
}

/**
 * Publishes the images that hold a pair's artifacts and nothing else, where the registry lacks them: so a plain build of the
 * pair's Dockerfiles finds what they name. An artifact has a version, so its tag never moves but to more platforms. Throws a Failure.
 */
export async function publishArtifacts(pair: Pair, context: ArtifactContext): Promise<void> {
  const artifacts = new Map(
    pair.images.flatMap((image) => image.artifacts.map((artifact) => [artifact.reference, artifact])),
  );
  for (const artifact of artifacts.values()) {
    const key = [artifact.reference, ...context.platforms.map(({ platform }) => platform)].join(" ");
    const published = context.publishing.get(key) ?? publish(artifact, pair, context);
    context.publishing.set(key, published);
    await published;
  }
}

/** Always an index: one platform may join another. */
async function publish(artifact: ImageArtifact, pair: Pair, context: ArtifactContext): Promise<void> {
  const { registry, path, platforms, say } = context;
  const repository = `${path}/artifact` as RepositoryName;
  const tag = parseReference(artifact.reference)?.tag as Tag;
  const there = await registry.manifest(repository, tag);
  const missing = platforms.filter(({ platform }) => !isFor(there, platform));
  if (missing.length === 0) return;
  const reference = `docker.io/${artifact.reference}`;
  const parts: LocalPart[] = [];
  try {
    for (const each of missing) parts.push(await build(artifact, reference, each));
    const target = { registry, repository, tag, lenders: [], dryRun: false, say };
    const content = await provideContent({ subject: pair.id, reference, parts }, target);
    await joinIndex(content.parts, { registry, repository, tag });
  } finally {
    for (const { engine } of parts) await engine.untag([reference]);
  }
}

const mostRounds = 8;

/** Adds images to those under a tag. Another publisher may add a platform at the same time: who finds that it did adds to what is there then. */
async function joinIndex(
  parts: Content["parts"],
  {
    registry,
    repository,
    tag,
  }: { readonly registry: Registry; readonly repository: RepositoryName; readonly tag: Tag },
): Promise<void> {
  for (let round = 0; round < mostRounds; round += 1) {
    const there = await registry.manifest(repository, tag);
    const added = parts.filter(({ platform }) => !isFor(there, platform));
    if (added.length === 0) return;
    const manifest = makeIndex({ manifests: [...(there?.manifests ?? []), ...added.map(describePart)] });
    await registry.moveTag(repository, tag, { from: there?.digest, manifest });
  }
  throw new Failure(`others write ${registry.host}/${repository}:${tag} all the time; run this again`);
}

const isFor = (there: Manifest | undefined, platform: Platform): boolean =>
  there?.manifests.some((each) => `${each.platform?.os}/${each.platform?.architecture}` === platform) ?? false;

async function build(
  artifact: ImageArtifact,
  reference: string,
  { platform, engine, provideArtifact }: PlatformArtifacts,
): Promise<LocalPart> {
  const files = await provideArtifact(artifact);
  const built = await withTemporaryFolder((folder) => {
    writeText(join(folder, "Dockerfile"), { text: `FROM scratch\nCOPY --from=${artifact.reference} / /\n` });
    const contexts = { [artifact.reference]: files };
    const buildArguments = { SOURCE_DATE_EPOCH: "0" };
    return engine.build({ folder, tags: [reference], buildArguments, labels: {}, contexts, secrets: [], cache: true });
  });
  return { platform, engine, id: built.id };
}
