import semver from "semver";
import { Failure } from "../model/failure.js";
import { type CliEngine, createCliEngine } from "./cli-engine.js";
import { type Engine, runLimit } from "./engine.js";
import { dockerDialect } from "./engine-arguments.js";
import { type Builder, type EngineHost, readBuilder, readEngineHost } from "./engine-host.js";
import { openKnownImages } from "./known-images.js";

/** Docker with BuildKit; `builder` is a builder of buildx other than the current one. */
export function createDocker({ builder }: { readonly builder?: string } = {}): Engine {
  let layouts: Promise<boolean> | undefined;
  const engine = createCliEngine({
    dialect:
      builder === undefined
        ? dockerDialect
        : { ...dockerDialect, build: [...dockerDialect.build, "--builder", builder] },
    env: {},
    // Asks the server: a client alone is no engine.
    version: ["version", "--format", "{{.Server.Version}}"],
    builder: ["buildx", "version"],
    size: history,
    known: openKnownImages("docker"),
    registryOptions: () => [],
  });
  return { ...engine, writesLayouts: () => (layouts ??= writesLayouts(builder)) };
}

async function writesLayouts(name: string | undefined): Promise<boolean> {
  try {
    const [host, builder] = await Promise.all([readEngineHost("docker", runLimit), readBuilder(name, runLimit)]);
    return canWriteLayouts(host, builder);
  } catch (error) {
    // A build needs none of this; whatever is wrong, it says so itself.
    if (error instanceof Failure) return false;
    throw error;
  }
}

/** Whether a builder is the engine's own, which shares its store, and gives several results, as BuildKit and buildx do from 0.13 on. */
export function canWriteLayouts(
  { version, storesManifests }: Pick<EngineHost, "version" | "storesManifests">,
  builder: Pick<Builder, "version" | "driver">,
): boolean {
  const isNewEnough = isAtLeast(version, "26.0.0") && isAtLeast(builder.version, "0.13.0");
  return storesManifests && builder.driver === "docker" && isNewEnough;
}

/** Debian adds to versions: `26.1.5+dfsg1` */
const isAtLeast = (version: string | undefined, least: string): boolean =>
  semver.gte(semver.coerce(version) ?? "0.0.0", least);

/** The containerd image store says the compressed size of an image; the sizes in its history are those on disk. Of another platform's image there is the first alone. */
const history: NonNullable<CliEngine["size"]> = {
  arguments: (id) => ["history", "--human=false", "--format", "{{.Size}}", id],
  parse: (stdout) => stdout.split("\n").reduce((sum, line) => sum + Number(line || 0), 0),
};
