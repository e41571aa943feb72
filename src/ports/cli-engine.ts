import { join } from "node:path";
import { Failure } from "../model/failure.js";
import type { BuildRequest, Engine } from "./engine.js";
import { buildArguments, listArguments, platformArguments, saveArguments } from "./engine-arguments.js";
import { type Client, createClient } from "./engine-client.js";
import { runContainer, serveContainer } from "./engine-containers.js";
import { type Inspection, inspectImages } from "./engine-inspect.js";
import { parseList } from "./engine-output.js";
import { imagesIn } from "./engine-references.js";
import { readText } from "./files.js";
import { createRedactor } from "./redact.js";

/** What the engines do differently beyond their command lines. */
export interface CliEngine extends Inspection {
  /** Of every process of the client. */
  readonly env: Readonly<Record<string, string>>;
  /** The arguments that make the client say its version. */
  readonly version: readonly string[];
  /** Makes the client say that it can build, where that is a program of its own. */
  readonly builder?: readonly string[];
  /** Of a pull, and of a build all of whose images come from registries with the same options. */
  readonly registryOptions: (reference: string) => readonly string[];
}

const defaultTimeout = 60_000;

/** An engine behind the command line of its client. */
export function createCliEngine(cli: CliEngine): Engine {
  const { dialect } = cli;
  const engineClient = createClient(dialect, cli.env);
  const { start, client } = engineClient;
  const inspect = (references: readonly string[]) => inspectImages(cli, start, references);
  return {
    name: dialect.name,
    check: async () => {
      const { stdout } = await client("does not answer", cli.version, { timeout: defaultTimeout });
      if (cli.builder !== undefined) await client("cannot build", cli.builder, { timeout: defaultTimeout });
      return stdout.trim();
    },
    inspect,
    list: async (pattern) =>
      parseList((await client("cannot list images", listArguments(dialect, pattern))).stdout, pattern),
    build: async (request) => {
      await build(cli, client, request);
      const [tag = ""] = request.tags;
      const image = (await inspect([tag])).get(tag);
      if (image === undefined) throw new Failure(`${dialect.name} built ${tag}, and it is gone already`);
      return image;
    },
    tag: async (source, target) => {
      await client(`cannot tag ${target}`, ["tag", dialect.reference(source), dialect.reference(target)]);
    },
    untag: async (references) => {
      if (references.length > 0) await client("cannot remove images", ["rmi", ...references.map(dialect.reference)]);
    },
    pull: async (reference, platform) => {
      const options = [...platformArguments(platform), ...cli.registryOptions(reference)];
      const args = ["pull", "--quiet", ...options, dialect.reference(reference)];
      await client(`cannot pull ${reference}`, args, { timeout: 600_000 });
    },
    run: (request) => runContainer(engineClient, request),
    serve: (request) => serveContainer(engineClient, request),
    save: async (image, file) => {
      await client(`cannot save ${image}`, saveArguments(dialect, image, file));
    },
  };
}

/** What the build says passes through a filter: a package manager names its mirror when it complains. */
async function build(cli: CliEngine, client: Client, request: BuildRequest): Promise<void> {
  const redact = createRedactor(request.secrets.map(({ file }) => readText(file) ?? ""));
  const onLine = request.onLine ?? (() => {});
  const [words = [], ...others] = imagesIn(readText(join(request.folder, "Dockerfile")) ?? "", request).map(
    cli.registryOptions,
  );
  // An option of a build holds for all of its registries.
  const shared = others.every((each) => each.join() === words.join()) ? words : [];
  const dialect = { ...cli.dialect, build: [...cli.dialect.build, ...shared] };
  await client("cannot build", buildArguments(dialect, request), { onLine, redact });
}
