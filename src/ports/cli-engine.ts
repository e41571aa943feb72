import { randomBytes } from "node:crypto";
import { join } from "node:path";
import pLimit from "p-limit";
import { Failure } from "../model/failure.js";
import type { Digest } from "../model/reference.js";
import type { BuildRequest, Engine, EngineImage, RunRequest, RunResult, ServeRequest, Service } from "./engine.js";
import {
  buildArguments,
  type Dialect,
  exportArguments,
  exportDockerfile,
  inspectArguments,
  listArguments,
  runArguments,
  serveArguments,
} from "./engine-arguments.js";
import { engineFailure, isEngineFailure, isMissingOnly, linesOf, parseInspected, parseList } from "./engine-output.js";
import { imagesIn, referenceKey } from "./engine-references.js";
import { readText, withTemporaryFolder, writeText } from "./files.js";
import { type Finished, type RunOptions, run as runProcess } from "./process.js";
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
  readonly size?: { readonly arguments: (id: Digest) => readonly string[]; readonly parse: (stdout: string) => number };
  /** Of a pull, a push, and a build all of whose images come from registries with the same options. */
  readonly registryOptions: (reference: string) => readonly string[];
}

/** Runs the engine's client; a Failure for an exit status other than 0, with the engine's own reason. */
export type Client = (action: string, args: readonly string[], options?: ClientOptions) => Promise<Finished>;

interface ClientOptions extends RunOptions {
  /** Hides secrets in each line, before anything else is done with it: what is cut can no longer be found. */
  readonly redact?: (line: string) => string;
}

/** How many clients ask for the sizes of images at a time. */
const clients = 8;
const defaultTimeout = 60_000;
/** Seconds that a container has to end by itself. */
const grace = 10;

/** An engine behind the command line of its client. */
export function createCliEngine(cli: CliEngine): Engine {
  const { dialect } = cli;
  const start = (args: readonly string[], options: RunOptions = {}) =>
    runProcess(dialect.name, args, { ...options, env: { ...cli.env, ...options.env } });
  const client: Client = async (action, args, { redact = (line: string) => line, ...options } = {}) => {
    const said: string[] = [];
    const hear = options.onLine;
    const finished = await start(args, {
      ...options,
      ...(hear === undefined ? {} : { onLine: (line) => hear(keepLast(said, redact(line))) }),
    });
    if (finished.exitCode === 0) return finished;
    const lines = said.length > 0 ? said : linesOf(`${finished.stdout}\n${finished.stderr}`).map(redact);
    throw engineFailure(dialect.name, action, lines, finished.exitCode);
  };
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
    pull: async (reference) => {
      const args = ["pull", "--quiet", ...cli.registryOptions(reference), dialect.reference(reference)];
      await client(`cannot pull ${reference}`, args, { timeout: 600_000 });
    },
    push: (source, target, onLine) => push(cli, client, start, { source, target, onLine }),
    run: (request) => run(dialect, start, request),
    serve: (request) => serve(dialect, client, start, request),
    exportRoot: (image, file) =>
      withTemporaryFolder(async (folder) => {
        writeText(join(folder, "Dockerfile"), { text: exportDockerfile });
        await client(`cannot export ${image}`, exportArguments(dialect, { image, file, folder }));
      }),
  };
}

type Start = (args: readonly string[], options?: RunOptions) => Promise<Finished>;

function keepLast(said: string[], line: string): string {
  said.push(line);
  if (said.length > 200) said.shift();
  return line;
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
  const ids = [...new Set([...images.values()].map(({ id }) => id))];
  const limit = pLimit(clients);
  const sizes = await limit.map(ids, async (id) => {
    const { exitCode, stdout } = await ask(size.arguments(id));
    return [id, exitCode === 0 ? size.parse(stdout) : undefined] as const;
  });
  const sizeOf = new Map(sizes);
  return new Map(
    [...images].flatMap(([reference, image]) => {
      const bytes = sizeOf.get(image.id);
      return bytes === undefined ? [] : [[reference, { ...image, size: bytes }]];
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

interface PushRequest {
  readonly source: string;
  readonly target: string;
  readonly onLine: ((line: string) => void) | undefined;
}

async function push(cli: CliEngine, client: Client, start: Start, request: PushRequest): Promise<void> {
  const { source, target, onLine = () => {} } = request;
  const upload = () => client(`cannot push ${target}`, ["push", ...cli.registryOptions(target), target], { onLine });
  if (referenceKey(source) === referenceKey(target)) {
    await upload();
    return;
  }
  const before = (await inspectImages(cli, start, [target])).get(target);
  await client(`cannot tag ${target}`, ["tag", cli.dialect.reference(source), target]);
  try {
    await upload();
  } finally {
    // The name was only for the way: the engine keeps the names that it had.
    if (before === undefined) await client(`cannot remove ${target}`, ["rmi", target]);
    else await client(`cannot tag ${target}`, ["tag", before.id, target]);
  }
}

const newName = (): string => `ingot-${randomBytes(6).toString("hex")}`;

async function run(dialect: Dialect, start: Start, request: RunRequest): Promise<RunResult> {
  const name = newName();
  try {
    const result = await start(runArguments(dialect, request, name), { timeout: request.timeout ?? defaultTimeout });
    if (isEngineFailure(result))
      throw engineFailure(dialect.name, `cannot run ${request.image}`, linesOf(result.stderr), result.exitCode);
    return result;
  } catch (error) {
    // A client that was stopped leaves its container running.
    await start([...dialect.remove, name]);
    throw error;
  }
}

async function serve(dialect: Dialect, client: Client, start: Start, request: ServeRequest): Promise<Service> {
  const name = newName();
  try {
    await client(`cannot run ${request.image}`, serveArguments(dialect, request, name));
    const published = (await client("does not say the port", ["port", name, String(request.port)])).stdout;
    const [, port] = /:(\d+)\s*$/m.exec(published) ?? [];
    if (port === undefined) throw new Failure(`${dialect.name} published no port of ${request.image}`);
    return service(dialect, client, name, `http://127.0.0.1:${port}`);
  } catch (error) {
    await start([...dialect.remove, name]);
    throw error;
  }
}

function service(dialect: Dialect, client: Client, name: string, url: string): Service {
  return {
    url,
    logs: async () => {
      const lines: string[] = [];
      await client("does not say the logs", ["logs", name], { onLine: (line) => lines.push(line) });
      return lines.map((line) => `${line}\n`).join("");
    },
    stop: async () => {
      const begin = performance.now();
      await client(`cannot stop ${name}`, ["stop", "--time", String(grace), name]);
      const ms = Math.round(performance.now() - begin);
      const { stdout } = await client(`cannot inspect ${name}`, [
        "container",
        "inspect",
        "--format",
        "{{.State.ExitCode}}",
        name,
      ]);
      await client(`cannot remove ${name}`, [...dialect.remove, name]);
      return { exitCode: Number(stdout.trim()), ms };
    },
  };
}
