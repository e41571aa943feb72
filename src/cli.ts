import { cpus } from "node:os";
import { resolve as resolvePath } from "node:path";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { openCatalog, select } from "./commands/catalog.js";
import { generate } from "./commands/generate.js";
import { resolve } from "./commands/resolve.js";
import { run } from "./commands/run.js";
import type { Result } from "./model/diagnostic.js";
import type { StageName } from "./model/event.js";
import { Failure } from "./model/failure.js";
import type { Family } from "./model/platform.js";
import { hasFailed } from "./model/report.js";
import type { EngineName } from "./ports/engines.js";
import { createJsonReporter } from "./reporters/jsonl.js";
import { describeImage, formatList, formatPlan } from "./reporters/listing.js";
import { complain, print, say, sayBug, sayFailure } from "./reporters/output.js";
import { createPlainReporter } from "./reporters/plain.js";

/** 0: done. 1: something failed. 2: the command or a file is wrong. */
type ExitStatus = 0 | 1 | 2;

const selectorHelp = `
SELECTOR is a reference with globs: node, node:24, "python:*-dev", "*:*-trixie". Without one, everything is meant.
Exit status: 0 done, 1 something failed, 2 the command or a file is wrong.`;

/** Runs one command line, without the program's name; gives the exit status. */
export async function runCommandLine(args: readonly string[]): Promise<ExitStatus> {
  let status: ExitStatus = 0;
  const program = makeProgram((result) => {
    status = result;
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof Failure) sayFailure(error);
    else sayBug(error);
    return 1;
  }
}

type Finish = (status: ExitStatus) => void;

function makeProgram(finish: Finish): Command {
  const program = new Command("ingot")
    .description(
      "Generates, builds, tests and publishes a catalog of small base images: for every language one image to build with and one to run on.",
    )
    .addOption(new Option("--catalog <dir>", "the folder with catalog.yaml").default("."))
    .exitOverride()
    .showHelpAfterError("(ingot --help shows what there is)")
    .addHelpText("after", selectorHelp);
  addList(program, finish);
  addResolve(program, finish);
  addGenerate(program, finish);
  addPlan(program, finish);
  for (const command of runCommands) addRun(program, command, finish);
  return program;
}

const rootOf = (program: Command): string => resolvePath(program.opts<{ catalog: string }>().catalog);

/** Shows a value, or complains of every mistake. */
function show<T>(
  result: Result<T>,
  print: (value: T) => void,
  finish: Finish,
  status: (value: T) => ExitStatus = () => 0,
): void {
  if (!result.ok) {
    complain(result.diagnostics);
    finish(2);
    return;
  }
  print(result.value);
  finish(status(result.value));
}

function addList(program: Command, finish: Finish): void {
  program
    .command("list [selector...]")
    .description("images, versions, tags and the end of life of their release line")
    .option("--json", "for programs")
    .action((selectors: string[], { json = false }: { json?: boolean }) => {
      const opened = openCatalog(rootOf(program));
      if (!opened.ok) return show(opened, () => {}, finish);
      const format = json
        ? (images: readonly Parameters<typeof describeImage>[0][]) =>
            JSON.stringify(images.map(describeImage), undefined, 2)
        : undefined;
      show(
        select(opened.value, selectors),
        (images) => print(format?.(images) ?? formatList(opened.value.plan.pairs, images)),
        finish,
      );
    });
}

const mirrorOption = (): Option =>
  new Option(
    "--mirror <family=where>",
    "read packages of debian or alpine from this URL (or, to resolve, folder); may be given twice",
  )
    .argParser(parseMirror)
    .default({}, "the catalog's; for debian, that of this host's apt");

function parseMirror(text: string, previous: Partial<Record<Family, string>>): Partial<Record<Family, string>> {
  const [, family, location] = /^(alpine|debian)=(\S+)$/.exec(text) ?? [];
  if (family === undefined || location === undefined)
    throw new InvalidArgumentError("It must be alpine=WHERE or debian=WHERE.");
  return { ...previous, [family]: location };
}

function addResolve(program: Command, finish: Finish): void {
  program
    .command("resolve")
    .description(
      "ask the package indexes, registries and release cycles what is current, write the lock, print what moved",
    )
    .option("--check", "write nothing; exit status 1 if anything would move")
    .addOption(mirrorOption())
    .option("--cycles <where>", "read release cycles from this URL, folder or file")
    .action(
      async ({
        check = false,
        mirror,
        cycles,
      }: {
        check?: boolean;
        mirror: Partial<Record<Family, string>>;
        cycles?: string;
      }) => {
        const resolution = await resolve(rootOf(program), { check, mirrors: mirror, cycles });
        show(
          resolution,
          ({ moves, kept }) => {
            for (const line of kept) say(`kept    ${line}`);
            print(moves.length === 0 ? "nothing moved" : moves.join("\n"));
          },
          finish,
          ({ moves }) => (check && moves.length > 0 ? 1 : 0),
        );
      },
    );
}

function addGenerate(program: Command, finish: Finish): void {
  program
    .command("generate")
    .description("write generated/ from the definitions, the lock and the templates")
    .option("--check", "write nothing; exit status 1 if generated/ is out of date")
    .action(({ check = false }: { check?: boolean }) => {
      const result = generate(rootOf(program), { check });
      show(result, print, finish);
      if (!result.ok && result.diagnostics.every(({ rule }) => rule === "generated-outdated")) finish(1);
    });
}

function addPlan(program: Command, finish: Finish): void {
  program
    .command("plan [selector...]")
    .description("what each image is built on, holds and is called")
    .addOption(new Option("--format <format>", "how").choices(["text", "json"]).default("text"))
    .action((selectors: string[], { format }: { format: string }) => {
      const opened = openCatalog(rootOf(program));
      if (!opened.ok) return show(opened, () => {}, finish);
      show(
        select(opened.value, selectors),
        (images) =>
          print(
            format === "json"
              ? JSON.stringify(images.map(describeImage), undefined, 2)
              : formatPlan(opened.value.plan, images),
          ),
        finish,
      );
    });
}

interface RunCommand {
  readonly name: string;
  readonly description: string;
  readonly stages: readonly StageName[];
  readonly registry: "none" | "optional" | "required";
  readonly generates: boolean;
}

const runCommands: readonly RunCommand[] = [
  {
    name: "build",
    description: "build images, and all that they are built on",
    stages: ["build"],
    registry: "none",
    generates: false,
  },
  {
    name: "test",
    description: "test whole pairs, and build what is missing",
    stages: ["build", "test"],
    registry: "none",
    generates: false,
  },
  {
    name: "publish",
    description: "publish pairs that pass their tests: content first, then tags, narrowest first",
    stages: ["build", "test", "publish"],
    registry: "required",
    generates: false,
  },
  {
    name: "up",
    description: "generate, then per pair build, test and, with --registry, publish",
    stages: ["build", "test"],
    registry: "optional",
    generates: true,
  },
];

interface RunFlags {
  readonly jobs: number;
  readonly engine?: EngineName;
  readonly builder?: string;
  readonly force?: boolean;
  readonly strict?: boolean;
  readonly json?: boolean;
  readonly registry?: string;
  readonly quickstart?: boolean;
  readonly mirror: Partial<Record<Family, string>>;
}

function addRun(
  program: Command,
  { name, description, stages, registry, generates }: RunCommand,
  finish: Finish,
): void {
  const command = program
    .command(`${name} [selector...]`)
    .description(description)
    .option("--jobs <n>", "how many images and tests at a time", parseCount, cpus().length)
    .addOption(new Option("--engine <engine>", "the container engine").choices(["docker", "podman"]))
    .option("--builder <name>", "a builder of docker buildx")
    .option("--force", "build and test again what is right already")
    .option("--strict", "what has to be skipped is a failure")
    .option("--quickstart", "what catalog.yaml names as quickstart")
    .option("--json", "events and the report as JSON lines")
    .addOption(mirrorOption());
  const registryText = "publish to HOST[:PORT][/PATH]";
  if (registry === "required") command.requiredOption("--registry <where>", registryText);
  if (registry === "optional") command.option("--registry <where>", registryText);
  command.action(async (selectors: string[], flags: RunFlags) => {
    const root = rootOf(program);
    const reporter = flags.json === true ? createJsonReporter() : createPlainReporter();
    const result = await run(root, {
      stages: flags.registry === undefined || stages.includes("publish") ? stages : [...stages, "publish"],
      generate: generates,
      selectors,
      quickstart: flags.quickstart ?? false,
      engine: flags.engine,
      builder: flags.builder,
      registry: flags.registry,
      mirrors: flags.mirror,
      jobs: flags.jobs,
      force: flags.force ?? false,
      say: reporter.hear,
    });
    show(result, reporter.finish, finish, (report) => (hasFailed(report, flags.strict ?? false) ? 1 : 0));
  });
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 1000)
    throw new InvalidArgumentError("It must be a whole number from 1 to 1000.");
  return count;
}
