import { resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Result } from "./model/diagnostic.js";
import { type Family, type Platform, platforms } from "./model/platform.js";
import type { Shard } from "./model/shard.js";
import { complain } from "./reporters/output.js";

/** 0: done. 1: something failed. 2: the command or a file is wrong. */
export type ExitStatus = 0 | 1 | 2;

/** Hears how a command ended. */
export type Finish = (status: ExitStatus) => void;

/** The catalog's folder. */
export const rootOf = (program: Command): string => resolve(program.opts<{ catalog: string }>().catalog);

/** Shows a value, or complains of every mistake. */
export function show<T>(
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

export const mirrorOption = (): Option =>
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

export const plainHttpOption = (): Option =>
  new Option("--plain-http", "the registry speaks plain HTTP; one on this machine may anyway");

/** `linux/amd64,linux/arm64`, in the order of `platforms`. */
export function parsePlatforms(text: string): readonly Platform[] {
  const named = text.split(",");
  const unknown = named.find((each) => !(platforms as readonly string[]).includes(each));
  if (unknown !== undefined) throw new InvalidArgumentError(`It must be some of ${platforms.join(",")}.`);
  return platforms.filter((platform) => named.includes(platform));
}

export function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 1000)
    throw new InvalidArgumentError("It must be a whole number from 1 to 1000.");
  return count;
}

export interface ReportingFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly junit?: string;
}

/** The options that say how a run is told of. */
export function addReporting(command: Command): Command {
  return command
    .option("--json", "events and the report as JSON lines")
    .addOption(new Option("--quiet", "only failures, and one line at the end").conflicts("json"))
    .option("--junit <file>", "write how each build and test ended as JUnit's XML");
}

export interface NarrowingFlags {
  readonly shard?: Shard;
  readonly changedSince?: string;
}

/** The options that leave a part of what is selected. */
export function addNarrowing(command: Command): Command {
  return command
    .option(
      "--shard <k/n>",
      "of n legs of about equal cost, the k-th: for n machines, each pair on one of them",
      parseShard,
    )
    .option(
      "--changed-since <rev>",
      "only pairs whose files or tests are not as in this git revision, and all built on them",
    );
}

function parseShard(text: string): Shard {
  const [, leg = 0, legs = 0] = (/^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? []).map(Number);
  if (leg < 1 || leg > legs || legs > 1000)
    throw new InvalidArgumentError("It must be K/N, such as 2/3, with N up to 1000.");
  return { leg, legs };
}
