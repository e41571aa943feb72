import { join } from "node:path";
import type { ImageArtifact } from "../model/artifact.js";
import type { Say } from "../model/event.js";
import type { Pair } from "../model/image.js";
import { parseReference, type RepositoryName, type Tag } from "../model/reference.js";
import type { Engine } from "../ports/engine.js";
import { withTemporaryFolder, writeText } from "../ports/files.js";
import type { Registry } from "../ports/registry.js";
import type { ProvideArtifact } from "./artifact.js";

interface ArtifactContext {
  readonly engine: Engine;
  readonly registry: Registry;
  /** What goes before the repository's own name: `acme` */
  readonly path: string;
  readonly provideArtifact: ProvideArtifact;
  /** By reference, those that this run publishes or has published: pairs that share one are published at the same time. */
  readonly publishing: Map<string, Promise<void>>;
  readonly say: Say;
}

/**
 * Publishes the images that hold a pair's artifacts and nothing else, where the registry lacks them: so a plain build of the
 * pair's Dockerfiles finds what they name. An artifact has a version, so its tag never moves. Throws a Failure.
 */
export async function publishArtifacts(pair: Pair, context: ArtifactContext): Promise<void> {
  const artifacts = new Map(
    pair.images.flatMap((image) => image.artifacts.map((artifact) => [artifact.reference, artifact])),
  );
  if (artifacts.size === 0) return;
  const repository = `${context.path}/artifact` as RepositoryName;
  const known = await context.registry.tags(repository);
  for (const artifact of artifacts.values()) {
    const tag = parseReference(artifact.reference)?.tag as Tag;
    const target = `${context.registry.host}/${repository}:${tag}`;
    const begun = context.publishing.get(target);
    const published = begun ?? (known.includes(tag) ? Promise.resolve() : publish(artifact, target, pair, context));
    context.publishing.set(target, published);
    await published;
  }
}

async function publish(
  artifact: ImageArtifact,
  target: string,
  pair: Pair,
  { engine, provideArtifact, say }: ArtifactContext,
): Promise<void> {
  const files = await provideArtifact(artifact);
  const local = `docker.io/${artifact.reference}`;
  await withTemporaryFolder(async (folder) => {
    writeText(join(folder, "Dockerfile"), { text: `FROM scratch\nCOPY --from=${artifact.reference} / /\n` });
    const contexts = { [artifact.reference]: files };
    const buildArguments = { SOURCE_DATE_EPOCH: "0" };
    await engine.build({ folder, tags: [local], buildArguments, labels: {}, contexts, secrets: [], cache: true });
  });
  const onLine = (line: string) => say({ type: "output", stage: "publish", subject: pair.id, line });
  try {
    await engine.push(local, target, onLine);
  } finally {
    await engine.untag([local]);
  }
}
