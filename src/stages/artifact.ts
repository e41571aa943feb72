import { join } from "node:path";
import type { ImageArtifact } from "../model/artifact.js";
import { Failure } from "../model/failure.js";
import type { Platform } from "../model/platform.js";
import { fetchArtifact } from "../ports/artifact-store.js";
import { makeFolder } from "../ports/files.js";
import { unpack } from "../ports/unpack.js";

/** Gives a folder that holds an artifact's files where they are in an image. Throws a Failure. */
export type ProvideArtifact = (artifact: ImageArtifact) => Promise<string>;

interface ProviderOptions {
  /** Lives as long as the run. */
  readonly folder: string;
  readonly platform: Platform;
}

/** Fetches and unpacks each artifact once in a run, and only if something is built with it. */
export function createArtifactProvider({ folder, platform }: ProviderOptions): ProvideArtifact {
  const provided = new Map<string, Promise<string>>();
  return (artifact) => {
    const known = provided.get(artifact.reference);
    if (known !== undefined) return known;
    const target = join(folder, "artifacts", String(provided.size));
    const providing = provide(artifact, platform, target).then(() => target);
    provided.set(artifact.reference, providing);
    return providing;
  };
}

async function provide(artifact: ImageArtifact, platform: Platform, folder: string): Promise<void> {
  const { name, version, downloads } = artifact;
  const source = downloads[platform];
  if (source === undefined) throw new Failure(`the artifact ${name} ${version} is not there for ${platform}`);
  makeFolder(folder);
  try {
    const file = await fetchArtifact(source);
    const published = source.from.kind === "npm" ? "package.tgz" : new URL(source.from.url).pathname;
    await unpack({ file, name: published, layout: artifact, folder });
  } catch (error) {
    if (error instanceof Failure) throw new Failure(`the artifact ${name} ${version}: ${error.message}`, error.log);
    throw error;
  }
}

/** What decides its content, for an image's fingerprint. */
export function artifactFacts(artifacts: readonly ImageArtifact[], platform: Platform): unknown {
  return artifacts.map(({ name, strip, files, links, downloads }) => ({
    ...{ name, strip, files, links },
    integrity: downloads[platform]?.integrity,
  }));
}
