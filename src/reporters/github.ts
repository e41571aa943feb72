import { formatBytes } from "../model/bytes.js";
import { type Event, taskKey } from "../model/event.js";
import { narrowestReference } from "../model/image.js";
import type { Report } from "../model/report.js";
import { advance, nothingScheduled } from "./live-state.js";
import { print, say } from "./output.js";
import { formatEvent, formatReport, formatSummary, nameOf, type PlainOptions, shownLines, stamped } from "./plain.js";
import type { Reporter } from "./reporter.js";
import { visible, visibleLine } from "./visible.js";

/**
 * For a log of GitHub Actions: what the plain reporter says, a message for each failure, and, folded, all that the builds and tests
 * of a pair said, when it has ended. No line begins with what others said, so that none is taken for a command of the runner's.
 */
export function createGithubReporter({ now, paint }: PlainOptions): Reporter {
  let state = nothingScheduled;
  const files = new Map<string, string>();
  const outputs = new Map<string, string[]>();
  const flush = (pair: string): void => {
    const lines = outputs.get(pair) ?? [];
    outputs.delete(pair);
    if (lines.length > 0) say([`::group::${pair}: output`, ...lines, "::endgroup::"].join("\n"));
  };
  const hear = (event: Event): void => {
    state = advance(state, event, now());
    if (event.type === "failed" && event.file !== undefined) files.set(taskKey(event), event.file);
    const text = formatEvent(event, paint);
    if (text !== undefined) say(defused(stamped(text, now())));
    if (event.type === "failed") say(formatError(event));
    if (!("subject" in event)) return;
    const pair = pairOf(event.subject);
    if (event.type === "output") {
      const line = `${event.stage} ${nameOf(event).slice(pair.length + 1)} | ${visibleLine(event.line)}`;
      const lines = outputs.get(pair) ?? [];
      lines.push(defused(stamped(line, now())));
      outputs.set(pair, lines);
    } else if (hasEnded(pair)) flush(pair);
  };
  const hasEnded = (pair: string): boolean =>
    [...state.costs.keys()].every((key) => state.settled.has(key) || pairOf(key.split(" ")[1] ?? "") !== pair);
  return {
    hear,
    finish: (report) => {
      for (const pair of [...outputs.keys()]) flush(pair);
      print((surface) => defused(formatReport({ report, files }, surface)));
    },
    close: () => {},
  };
}

/** `python/3.13/trixie` of `python/3.13/trixie/dev`, and of itself. */
const pairOf = (subject: string): string => subject.split("/").slice(0, 3).join("/");

/** The runner looks for the older form of its commands anywhere in a line; for `::command::` only where one begins. */
const defused = (text: string): string => text.replaceAll("##[", "## [");

/** Shown at the top of a run, and beside a pull request. */
function formatError(event: Extract<Event, { readonly type: "failed" }>): string {
  const lines = [event.reason, ...event.log.slice(-shownLines)].map(visibleLine);
  return `::error title=${property(`${event.stage} ${nameOf(event)} failed`)}::${data(lines.join("\n"))}`;
}

// As the runner's own toolkit escapes them.
const data = (text: string): string => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
const property = (text: string): string => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");

/** Bytes of a step's summary: the runner takes no more than 1 MiB. */
const longestSummary = 900_000;

/** A report as Markdown, for the summary of a job. What others said stands in blocks of code, behind four spaces. */
export function formatStepSummary(report: Report): string {
  const failures = report.failures.map((failure) => block(`${failure.stage} ${nameOf(failure)}: ${failure.reason}`));
  const skipped = report.images.filter(({ state }) => state === "skipped");
  const made = report.images.filter(({ state }) => state === "built" || state === "kept");
  const rows = made.map(({ image, platform, state, size }) => {
    const name = `${narrowestReference(image)}${platform === undefined ? "" : ` (${platform})`}`;
    return `| ${name} | ${image.version.text} | ${size === undefined ? "" : formatBytes(size)} | ${state} |`;
  });
  const text = [
    "## Ingot",
    "",
    formatSummary(report),
    ...(failures.length === 0 ? [] : ["", "### Failed", "", ...failures]),
    ...(skipped.length === 0 ? [] : ["", "### Skipped", ""]),
    ...skipped.map(({ image, reason = "" }) => block(`${image.id}: ${reason}`)),
    ...(rows.length === 0 ? [] : ["", "### Images", "", "| image | version | on disk | state |", "|---|---|---|---|"]),
    ...rows,
    "",
  ].join("\n");
  return text.length <= longestSummary ? text : `${text.slice(0, longestSummary)}\n\n…\n`;
}

const block = (line: string): string => `    ${visible(visibleLine(line))}`;
