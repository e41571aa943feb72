import { join } from "node:path";
import pLimit from "p-limit";
import { Failure } from "../model/failure.js";
import type { Digest } from "../model/reference.js";
import type { BuildRequest, Engine, EngineImage } from "./engine.js";
import {
  buildArguments,
  type Dialect,
  inspectArguments,
  listArguments,
  platformArguments,
  saveArguments,
} from "./engine-arguments.js";
import { type Client, createClient, type Start } from "./engine-client.js";
import { runContainer, serveContainer } from "./engine-containers.js";
import {
  engineFailure,
  isMissingOnly,
  isOfOtherPlatform,
  linesOf,
  parseInspected,
  parseList,
} from "./engine-output.js";
import { imagesIn } from "./engine-references.js";
import { readText } from "./files.js";
import type { KnownSizes } from "./known-sizes.js";
import { createRedactor } from "./redact.js";

/** What the engines do differently beyond their command lines. */
export interface CliEngine {
  readonly dialect: Dialect;
  /** Of every process of the client. */
  readonly env: Readonly<Record<string, string>>;
  /** The arguments that make the client say its version. */
  readonly version: readonly string[];
  /** Makes the client say that it can build, where that is a program of its own. */
  readonly builder?: readonly string[];
  /** Asks for the size of an image, uncompressed, where inspection does not give it; and what was said means. */
  readonly size?: {
    readonly arguments: (id: Digest) => readonly string[];
    readonly parse: (stdout: string) => number;
    /** Each costs a process of the client. */
    readonly known: KnownSizes;
  };
  /** Of a pull, and of a build all of whose images come from registries with the same options. */
  readonly registryOptions: (reference: string) => readonly string[];
}

/** How many clients ask for the sizes of images at a time. */
const clients = 8;
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

/** What is removed by somebody else meanwhile is not there, whenever it went. */
async function inspectImages(
  { dialect, size }: CliEngine,
  start: Start,
  references: readonly string[],
): Promise<ReadonlyMap<string, EngineImage>> {
  if (references.length === 0) return new Map();
  const ask = async (args: readonly string[]) => {
    const finished = await start(args);
    if (finished.exitCode !== 0 && !isMissingOnly(finished.stderr))
      throw engineFailure(dialect.name, "cannot inspect images", linesOf(finished.stderr), finished.exitCode);
    return finished;
  };
  const images = parseInspected((await ask(inspectArguments(dialect, references))).stdout, references);
  if (size === undefined) return images;
  const ids = [...new Set([...images.values()].map(({ id }) => id))].filter((id) => size.known.get(id) === undefined);
  const limit = pLimit(clients);
  const asked = await limit.map(ids, async (id) => {
    const { exitCode, stdout, stderr } = await ask(size.arguments(id));
    if (exitCode === 0) return [id, size.parse(stdout)] as const;
    return [id, isOfOtherPlatform(stderr) ? "unknown" : "gone"] as const;
  });
  const sizeOf = new Map<Digest, number | "unknown" | "gone">(asked);
  size.known.add(new Map([...sizeOf].filter((entry): entry is [Digest, number] => typeof entry[1] === "number")));
  return new Map(
    [...images].flatMap(([reference, image]) => {
      const bytes = sizeOf.get(image.id) ?? size.known.get(image.id);
      if (bytes === "gone") return [];
      return [[reference, typeof bytes === "number" ? { ...image, size: bytes } : image]];
    }),
  );
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
