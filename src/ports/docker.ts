import { type Client, createCliEngine } from "./cli-engine.js";
import type { Engine } from "./engine.js";
import { dockerDialect } from "./engine-arguments.js";

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
    sizeOf: sizeFromHistory,
    registryOptions: () => [],
  });
}

/** The containerd image store says the compressed size of an image; the sizes in its history are those on disk. */
async function sizeFromHistory(reference: string, client: Client): Promise<number> {
  const { stdout } = await client(`cannot read the history of ${reference}`, [
    "history",
    "--human=false",
    "--format",
    "{{.Size}}",
    reference,
  ]);
  return stdout.split("\n").reduce((sum, line) => sum + Number(line || 0), 0);
}
