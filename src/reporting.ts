import { dirname, resolve } from "node:path";
import type { ReportingFlags } from "./cli-options.js";
import type { Event, Say } from "./model/event.js";
import type { Rebuilt } from "./model/rebuilt.js";
import type { Report } from "./model/report.js";
import { elapsed } from "./ports/clock.js";
import { appendText, makeFolder, writeText } from "./ports/files.js";
import { openRunLogs } from "./ports/run-logs.js";
import { createReporter } from "./reporters/choose.js";
import { formatStepSummary } from "./reporters/github.js";
import { finishRebuiltJson } from "./reporters/jsonl.js";
import { createJUnit } from "./reporters/junit.js";
import { print } from "./reporters/output.js";
import { formatRebuilt } from "./reporters/rebuilt.js";

/** Where what happens in a run goes: to a terminal or a log, to files for other programs, and to a folder of logs. */
export interface Reporting {
  readonly say: Say;
  readonly finish: (report: Report) => void;
  /** The same for what rebuilds only what is stale: for people its summary is Markdown already. */
  readonly finishRebuilt: (rebuilt: Rebuilt) => void;
  readonly close: () => void;
}

/** Throws a Failure where a file that was asked for could not be written: before the work, not after. */
export function createReporting(root: string, { json = false, quiet = false, junit }: ReportingFlags): Reporting {
  const start = elapsed();
  const file = junit === undefined ? undefined : resolve(junit);
  if (file !== undefined) makeFolder(dirname(file));
  const { env } = process;
  const reporter = createReporter({ json, quiet, env }, () => elapsed(start));
  const [logs, cases] = [openRunLogs(root, { start }), createJUnit()];
  const writeFiles = (ms: number, summary: () => string): void => {
    if (file !== undefined) writeText(file, { text: cases.format(ms) });
    const path = env["GITHUB_STEP_SUMMARY"];
    if (path !== undefined && path !== "") appendText(path, summary());
  };
  return {
    say: (event) => {
      const log = logs.hear(event);
      const told: Event = event.type === "failed" && log !== undefined ? { ...event, file: log } : event;
      cases.hear(told);
      reporter.hear(told);
    },
    finish: (report) => {
      reporter.finish(report);
      writeFiles(report.ms, () => formatStepSummary(report));
    },
    finishRebuilt: (rebuilt) => {
      reporter.close();
      const text = formatRebuilt(rebuilt);
      if (json) finishRebuiltJson(reporter, rebuilt);
      else print(text);
      writeFiles(elapsed(start), () => `${text}\n`);
    },
    close: reporter.close,
  };
}
