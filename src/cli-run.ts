import { cpus } from "node:os";
import { type Command, Option } from "commander";
import {
  addNarrowing,
  addReporting,
  type Finish,
  mirrorOption,
  type NarrowingFlags,
  parseCount,
  parsePlatforms,
  plainHttpOption,
  type ReportingFlags,
  rootOf,
  show,
} from "./cli-options.js";
import type { RunOptions } from "./commands/run.js";
import type { UpStaleOptions } from "./commands/up-stale.js";
import { type Diagnostic, failed } from "./model/diagnostic.js";
import type { StageName } from "./model/event.js";
import { type Family, type Platform, platforms } from "./model/platform.js";
import { hasFailed } from "./model/report.js";
import { type EngineName, engineNames } from "./ports/engine.js";
import { abandonProcesses } from "./ports/interruption.js";
import type { Reporting } from "./reporting.js";

interface RunCommand {
  readonly name: string;
  readonly description: string;
  readonly stages: readonly StageName[];
  readonly registry: "none" | "optional" | "required";
  readonly generates: boolean;
}

export const runCommands: readonly RunCommand[] = [
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

interface RunFlags extends NarrowingFlags, ReportingFlags {
  readonly jobs: number;
  readonly platform?: readonly Platform[];
  readonly engine?: EngineName;
  readonly builder?: string;
  readonly force?: boolean;
  readonly strict?: boolean;
  readonly verify?: boolean;
  readonly dryRun?: boolean;
  readonly plainHttp?: boolean;
  readonly allowDowngrade?: boolean;
  readonly registry?: string;
  readonly sign?: string;
  readonly quickstart?: boolean;
  readonly mirror: Partial<Record<Family, string>>;
  readonly stale?: boolean;
  readonly locked?: boolean;
  readonly everyTag?: boolean;
}

/** Adds one of the commands that need an engine. */
/** More than there are processors: builds and tests wait for the network, the disk and the engine. */
const jobs = cpus().length + 2;

export function addRun(
  program: Command,
  { name, description, stages, registry, generates }: RunCommand,
  finish: Finish,
): void {
  const command = program
    .command(`${name} [selector...]`)
    .description(description)
    .option("--jobs <n>", "how many images and tests at a time", parseCount, jobs)
    .option(
      "--platform <list>",
      `some of ${platforms.join(",")}; not named, all to publish, else this machine's; others are emulated`,
      parsePlatforms,
    )
    .addOption(new Option("--engine <engine>", "the container engine").choices(engineNames))
    .option("--builder <name>", "a builder of docker buildx")
    .option("--force", "build and test again what is right already")
    .option("--strict", "what has to be skipped is a failure")
    .option("--quickstart", "what catalog.yaml names as quickstart")
    .addOption(mirrorOption());
  addReporting(addNarrowing(command));
  if (name === "build")
    command.option("--verify", "build what is selected twice, the second time from nothing, and compare the digests");
  const registryText = "publish to HOST[:PORT][/PATH], or into oci:FOLDER, an OCI image layout";
  if (registry === "required") command.requiredOption("--registry <where>", registryText);
  if (registry === "optional") command.option("--registry <where>", registryText);
  if (registry !== "none")
    command
      .option("--sign <key>", "sign with cosign and this private key, its password from COSIGN_PASSWORD")
      .addOption(plainHttpOption())
      .option("--dry-run", "publish nothing, and say what would move")
      .option("--allow-downgrade", "let tags go back to older versions and builds");
  if (name === "up")
    command
      .option("--stale", "refresh the lock, then rebuild and publish what is stale in the registry, and no more")
      .option("--locked", "with --stale: leave the lock as it is")
      .option(
        "--every-tag",
        "with --stale: look where each tag is; else only the narrowest and the widest of an image",
      );
  command.action(async (selectors: string[], flags: RunFlags) => {
    const root = rootOf(program);
    if (flags.stale !== true && (flags.locked === true || flags.everyTag === true))
      return show(failed(onlyWithStale), () => {}, finish);
    // The engine, what draws and the clients below are loaded here: other commands start without them.
    const { createEngine } = await import("./ports/engines.js");
    const engine = createEngine(flags.engine, flags.builder === undefined ? {} : { builder: flags.builder });
    const { createReporting } = await import("./reporting.js");
    const reporting = createReporting(root, flags);
    const options: RunOptions = {
      stages: flags.registry === undefined || stages.includes("publish") ? stages : [...stages, "publish"],
      generate: generates,
      selectors,
      quickstart: flags.quickstart ?? false,
      shard: flags.shard,
      changedSince: flags.changedSince,
      platforms: flags.platform,
      engine,
      registry: flags.registry,
      key: flags.sign,
      mirrors: flags.mirror,
      jobs: flags.jobs,
      force: flags.force ?? false,
      verify: flags.verify ?? false,
      dryRun: flags.dryRun ?? false,
      plainHttp: flags.plainHttp ?? false,
      allowDowngrade: flags.allowDowngrade ?? false,
      say: reporting.say,
    };
    try {
      if (flags.stale === true)
        return await runStale(root, { ...options, ...staleOptions(flags) }, { reporting, finish });
      // It answers while the rest is loaded and the catalog is read.
      engine.lookAhead?.();
      const { run } = await import("./commands/run.js");
      const result = await run(root, options);
      show(result, reporting.finish, finish, (report) => (hasFailed(report, flags.strict ?? false) ? 1 : 0));
    } finally {
      reporting.close();
      // What was asked ahead, and nobody wants to know any more.
      await abandonProcesses();
    }
  });
}

const staleOptions = ({ locked = false, everyTag = false }: RunFlags) => ({ locked, everyTag });
const onlyWithStale: Diagnostic = { rule: "invalid-option", message: "--locked and --every-tag are for --stale" };

interface Ending {
  readonly reporting: Reporting;
  readonly finish: Finish;
}

async function runStale(root: string, options: UpStaleOptions, { reporting, finish }: Ending): Promise<void> {
  const { upStale } = await import("./commands/up-stale.js");
  show(await upStale(root, options), reporting.finishRebuilt, finish, ({ report, unmoved, unknown }) =>
    unmoved.length + unknown.length > 0 || (report !== undefined && hasFailed(report, false)) ? 1 : 0,
  );
}
