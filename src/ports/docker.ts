import { type CliEngine, createCliEngine } from "./cli-engine.js";
import type { Engine } from "./engine.js";
import { dockerDialect } from "./engine-arguments.js";
import { openKnownImages } from "./known-images.js";

/** Docker with BuildKit; `builder` is a builder of buildx other than the current one. */
export function createDocker({ builder }: { readonly builder?: string } = {}): Engine {
  return createCliEngine({
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
}

/** The containerd image store says the compressed size of an image; the sizes in its history are those on disk. Of another platform's image there is the first alone. */
const history: NonNullable<CliEngine["size"]> = {
  arguments: (id) => ["history", "--human=false", "--format", "{{.Size}}", id],
  parse: (stdout) => stdout.split("\n").reduce((sum, line) => sum + Number(line || 0), 0),
};
