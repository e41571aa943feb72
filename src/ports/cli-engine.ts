import { join } from "node:path";
import { Failure } from "../model/failure.js";
import type { BuildRequest, Engine } from "./engine.js";
import { buildArguments, platformArguments, saveArguments } from "./engine-arguments.js";
import { type Client, createClient } from "./engine-client.js";
import { runContainer, serveContainer } from "./engine-containers.js";
import { type Inspection, inspectImages, listNames } from "./engine-inspect.js";
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
  let checked: Promise<string> | undefined;
  let listing: Promise<string> | undefined;
  const inspect = (references: readonly string[]) => inspectImages(cli, start, references, listing);
  const change = (action: string, args: readonly string[], options?: { readonly timeout: number }) => {
    listing = undefined;
    return client(action, args, options);
  };
  return {
    name: dialect.name,
    check: () => checked ?? check(cli, client),
    lookAhead: () => {
      checked = check(cli, client);
      // A list is of use where it says what images are by their ids.
      if (cli.known !== undefined) listing = listNames(cli, start);
      // Who asks hears of it.
      checked.catch(() => {});
      listing?.catch(() => {
        listing = undefined;
      });
    },
    inspect,
    list: async (pattern) => parseList(await (listing ?? listNames(cli, start, pattern)), pattern),
    build: async (request) => {
      listing = undefined;
      await build(cli, client, request);
      const [tag = ""] = request.tags;
      const image = (await inspect([tag])).get(tag);
      if (image === undefined) throw new Failure(`${dialect.name} built ${tag}, and it is gone already`);
      return image;
    },
    tag: async (source, target) => {
      await change(`cannot tag ${target}`, ["tag", dialect.reference(source), dialect.reference(target)]);
    },
    untag: async (references) => {
      if (references.length > 0) await change("cannot remove images", ["rmi", ...references.map(dialect.reference)]);
    },
    pull: async (reference, platform) => {
      const options = [...platformArguments(platform), ...cli.registryOptions(reference)];
      const args = ["pull", "--quiet", ...options, dialect.reference(reference)];
      await change(`cannot pull ${reference}`, args, { timeout: 600_000 });
    },
    run: (request) => runContainer(engineClient, request),
    serve: (request) => serveContainer(engineClient, request),
    save: async (image, file) => {
      await client(`cannot save ${image}`, saveArguments(dialect, image, file));
    },
  };
}

async function check({ version, builder }: CliEngine, client: Client): Promise<string> {
  const ask = (action: string, args: readonly string[]) => client(action, args, { timeout: defaultTimeout });
  const builds = builder === undefined ? undefined : ask("cannot build", builder);
  const [answer] = await Promise.allSettled([ask("does not answer", version), builds]);
  // Of two reasons, the engine's own.
  if (answer.status === "rejected") throw answer.reason;
  await builds;
  return answer.value.stdout.trim();
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
