import { createGithubReporter } from "./github.js";
import { createJsonReporter } from "./jsonl.js";
import { createLiveReporter } from "./live.js";
import { paintFor } from "./paint.js";
import { createPlainReporter } from "./plain.js";
import { createQuietReporter } from "./quiet.js";
import type { Reporter } from "./reporter.js";

type Environment = Readonly<Record<string, string | undefined>>;
export type ReporterName = "json" | "quiet" | "github" | "live" | "plain";

export interface ReporterChoice {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly env: Environment;
  /** Whether standard error is one. */
  readonly isTerminal: boolean;
}

/** What was asked for, else what suits where standard error goes: a live view is for a person alone. */
export function chooseReporter({ json, quiet, env, isTerminal }: ReporterChoice): ReporterName {
  if (json) return "json";
  if (quiet) return "quiet";
  if (env["GITHUB_ACTIONS"] === "true") return "github";
  const isWatched = isTerminal && env["TERM"] !== "dumb" && !isSet(env["CI"]);
  return isWatched ? "live" : "plain";
}

const isSet = (value: string | undefined): boolean => value !== undefined && !["", "0", "false"].includes(value);

/** `now` gives milliseconds since the run began. */
export function createReporter(
  choice: Omit<ReporterChoice, "isTerminal">,
  now: () => number,
): Reporter & { readonly name: ReporterName } {
  const isTerminal = process.stderr.isTTY === true;
  const name = chooseReporter({ ...choice, isTerminal });
  const options = { now, paint: paintFor(choice.env, isTerminal) };
  const reporters: Readonly<Record<ReporterName, () => Reporter>> = {
    json: createJsonReporter,
    quiet: () => createQuietReporter(options),
    github: () => createGithubReporter(options),
    live: () => createLiveReporter(options),
    plain: () => createPlainReporter(options),
  };
  return { name, ...reporters[name]() };
}
