import { randomBytes } from "node:crypto";
import { Failure } from "../model/failure.js";
import type { BuildRequest, Engine, EngineImage, RunRequest, RunResult, ServeRequest, Service } from "./engine.js";
import {
  buildArguments,
  type Dialect,
  inspectArguments,
  listArguments,
  runArguments,
  saveArguments,
  serveArguments,
} from "./engine-arguments.js";
import { engineFailure, isEngineFailure, isMissingOnly, linesOf, parseInspected, parseList } from "./engine-output.js";
import { readText } from "./files.js";
import { type Finished, type RunOptions, run as runProcess } from "./process.js";
import { createRedactor } from "./redact.js";

/** What the engines do differently beyond their command lines. */
export interface CliEngine {
  readonly dialect: Dialect;
  /** Of every process of the client. */
  readonly env: Readonly<Record<string, string>>;
  /** The arguments that make the client say its version. */
  readonly version: readonly string[];
  /** Sizes, uncompressed, where inspection does not give them. */
  readonly sizeOf?: (reference: string, client: Client) => Promise<number>;
  /** Of a pull and a push. */
  readonly registryOptions: (reference: string) => readonly string[];
}

/** Runs the engine's client; a Failure for an exit status other than 0, with the engine's own reason. */
export type Client = (action: string, args: readonly string[], options?: RunOptions) => Promise<Finished>;

const defaultTimeout = 60_000;
/** Seconds that a container has to end by itself. */
const grace = 10;

/** An engine behind the command line of its client. */
export function createCliEngine(cli: CliEngine): Engine {
  const { dialect } = cli;
  const start = (args: readonly string[], options: RunOptions = {}) =>
    runProcess(dialect.name, args, { ...options, env: { ...cli.env, ...options.env } });
  const client: Client = async (action, args, options) => {
    const said: string[] = [];
    const hear = options?.onLine;
    const finished = await start(args, {
      ...options,
      ...(hear === undefined ? {} : { onLine: (line) => hear(keepLast(said, line)) }),
    });
    if (finished.exitCode === 0) return finished;
    const lines = said.length > 0 ? said : linesOf(`${finished.stdout}\n${finished.stderr}`);
    throw engineFailure(dialect.name, action, lines, finished.exitCode);
  };
  const inspect = (references: readonly string[]) => inspectImages(cli, client, start, references);
  return {
    name: dialect.name,
    check: async () => (await client("does not answer", cli.version, { timeout: defaultTimeout })).stdout.trim(),
    inspect,
    list: async (pattern) =>
      parseList((await client("cannot list images", listArguments(dialect, pattern))).stdout, pattern),
    build: async (request) => {
      await build(dialect, client, request);
      const [tag = ""] = request.tags;
      return (await inspect([tag])).get(tag) as EngineImage;
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
    push: (source, target, onLine = () => {}) => push(cli, client, source, target, onLine),
    run: (request) => run(dialect, start, request),
    serve: (request) => serve(dialect, client, start, request),
    save: async (image, file) => {
      await client(`cannot save ${image}`, saveArguments(dialect, image, file));
    },
  };
}

type Start = (args: readonly string[], options?: RunOptions) => Promise<Finished>;

function keepLast(said: string[], line: string): string {
  said.push(line);
  if (said.length > 200) said.shift();
  return line;
}

async function inspectImages(
  { dialect, sizeOf }: CliEngine,
  client: Client,
  start: Start,
  references: readonly string[],
): Promise<ReadonlyMap<string, EngineImage>> {
  if (references.length === 0) return new Map();
  const { exitCode, stdout, stderr } = await start(inspectArguments(dialect, references));
  if (exitCode !== 0 && !isMissingOnly(stderr))
    throw engineFailure(dialect.name, "cannot inspect images", linesOf(stderr), exitCode);
  const images = parseInspected(stdout, references);
  if (sizeOf === undefined) return images;
  const byId = new Map([...images].map(([reference, image]) => [image.id, reference]));
  const sizes = new Map(
    await Promise.all(
      [...byId].map(async ([id, reference]) => [id, await sizeOf(dialect.reference(reference), client)] as const),
    ),
  );
  return new Map(
    [...images].map(([reference, image]) => [reference, { ...image, size: sizes.get(image.id) ?? image.size }]),
  );
}

/** What the build says passes through a filter: a package manager names its mirror when it complains. */
async function build(dialect: Dialect, client: Client, request: BuildRequest): Promise<void> {
  const redact = createRedactor(request.secrets.map(({ file }) => readText(file) ?? ""));
  const hear = request.onLine ?? (() => {});
  try {
    await client("cannot build", buildArguments(dialect, request), { onLine: (line) => hear(redact(line)) });
  } catch (error) {
    if (error instanceof Failure) throw new Failure(redact(error.message), error.log.map(redact));
    throw error;
  }
}

async function push(
  { dialect, registryOptions }: CliEngine,
  client: Client,
  source: string,
  target: string,
  onLine: (line: string) => void,
): Promise<void> {
  await client(`cannot tag ${target}`, ["tag", dialect.reference(source), target]);
  try {
    await client(`cannot push ${target}`, ["push", ...registryOptions(target), target], { onLine });
  } finally {
    // The name was only for the way: the engine keeps the names of the plan.
    await client(`cannot remove ${target}`, ["rmi", target]);
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
