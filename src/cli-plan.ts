import { type Command, InvalidArgumentError, Option } from "commander";
import {
  addNarrowing,
  type Finish,
  type NarrowingFlags,
  parseCount,
  parsePlatforms,
  rootOf,
  show,
} from "./cli-options.js";
import type { PlanFormat, Planned } from "./commands/plan.js";
import type { Image } from "./model/image.js";
import { type Platform, platforms } from "./model/platform.js";
import { describeImage, formatPlan } from "./reporters/listing.js";
import { print, type Text } from "./reporters/output.js";

interface PlanFlags extends NarrowingFlags {
  readonly format: PlanFormat;
  readonly legs?: number;
  readonly platform?: readonly Platform[];
  readonly context: Readonly<Record<string, string>>;
  readonly mirrorFile?: string;
}

const formats: readonly PlanFormat[] = ["text", "json", "bake", "github-matrix"];

const planHelp = `
bake: a file for \`docker buildx bake --file FILE\`, which is to be run in the catalog's folder. Save it under a name that ends in .json.
github-matrix: the matrix of a workflow whose jobs give \`ingot up\` its selectors; without anything to do, its list is empty.
docs/plan.md says more.`;

export function addPlan(program: Command, finish: Finish): void {
  const command = program
    .command("plan [selector...]")
    .description("what each image is built on, holds and is called; for people, programs and other builders")
    .addOption(new Option("--format <format>", "how").choices(formats).default("text"));
  addNarrowing(command)
    .option("--legs <n>", "of a github-matrix: over how many jobs to share the pairs", parseCount)
    .option("--platform <list>", `of a bake file: some of ${platforms.join(",")}; not named, all`, parsePlatforms)
    .addOption(contextOption())
    .option("--mirror-file <file>", "of a bake file: sources of packages, which builds mount as the secret mirror")
    .addHelpText("after", planHelp)
    .action(async (selectors: string[], flags: PlanFlags) => {
      // Loaded here, as `--help` and other commands have no use for it.
      const { plan } = await import("./commands/plan.js");
      const result = await plan(rootOf(program), {
        selectors,
        format: flags.format,
        shard: flags.shard,
        changedSince: flags.changedSince,
        legs: flags.legs,
        platforms: flags.platform,
        contexts: flags.context,
        mirrorFile: flags.mirrorFile,
      });
      show(result, (planned) => print(formatPlanned(planned, flags.format)), finish);
    });
}

function formatPlanned(planned: Planned, format: PlanFormat): Text {
  // The output of a job is one line.
  if (planned.kind === "file") return JSON.stringify(planned.content, undefined, format === "bake" ? 2 : 0);
  const { plan, images } = planned;
  return format === "json" ? formatImages(images) : (surface) => formatPlan(plan, images, surface);
}

export const formatImages = (images: readonly Image[]): string =>
  JSON.stringify(images.map(describeImage), undefined, 2);

const contextOption = (): Option =>
  new Option(
    "--context <name=what>",
    "of a bake file: what a name in a Dockerfile stands for, as --build-context takes it; may be given several times",
  )
    .argParser(parseContext)
    .default({}, "images of the catalog are targets, others are pulled");

/** `docker.io/library/debian:trixie-slim=docker-image://registry.example.com/debian:13` */
function parseContext(text: string, previous: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const [, name, what] = /^([^=\s\p{Cc}]+)=([^\p{Cc}]+)$/u.exec(text) ?? [];
  if (name === undefined || what === undefined || what.startsWith("target:"))
    throw new InvalidArgumentError("It must be NAME=docker-image://REFERENCE, or NAME=FOLDER.");
  return { ...previous, [name]: what };
}
