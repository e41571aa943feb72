import { formatBytes } from "../model/bytes.js";
import type { Event, Move, Subject } from "../model/event.js";
import { unreachable } from "../model/failure.js";
import { narrowestReference } from "../model/image.js";
import type { Platform } from "../model/platform.js";
import type { ImageReport, Report } from "../model/report.js";
import { print, say } from "./output.js";
import type { Reporter } from "./reporter.js";
import { formatDuration, formatTable } from "./table.js";

/** A line for each thing that happens, and a table at the end: for logs, and for terminals without a live view. */
export function createPlainReporter(): Reporter {
  return {
    hear: (event) => {
      const line = formatEvent(event);
      if (line !== undefined) say(line);
    },
    finish: (report) => print(formatReport(report)),
  };
}

/** One line, or more where a failure brings its log; undefined for what a log has no use for. */
export function formatEvent(event: Event): string | undefined {
  switch (event.type) {
    case "started":
      return `${event.stage.padEnd(7)} ${nameOf(event)} …`;
    case "built":
      return `built   ${nameOf(event)} in ${formatDuration(event.ms)}, ${formatBytes(event.size)} on disk`;
    case "verified":
      return `same    ${nameOf(event)} in ${formatDuration(event.ms)}, ${event.digest}`;
    case "tested":
      return `tested  ${nameOf(event)} in ${formatDuration(event.ms)}, ${event.checks} checks`;
    case "published":
      return [
        `publish ${event.subject} in ${formatDuration(event.ms)}, ${event.moves.length} tags`,
        ...event.moves.map(formatMove),
      ].join("\n");
    case "planned":
      return [`plan    ${event.subject}, ${event.moves.length} tags`, ...event.moves.map(formatMove)].join("\n");
    case "failed":
      return [
        `FAILED  ${event.stage} ${nameOf(event)}: ${event.reason}`,
        ...event.log.slice(-20).map((line) => `        | ${line}`),
      ].join("\n");
    case "note":
      return `note    ${event.text}`;
    case "kept":
    case "skipped":
    case "output":
      return undefined;
    default:
      return unreachable(event);
  }
}

/** `python/3.13/trixie/dev`, or `python/3.13/trixie/dev (linux/arm64)` where that is not this machine's platform. */
const nameOf = ({ subject, platform }: { readonly subject: Subject; readonly platform?: Platform }): string =>
  platform === undefined ? subject : `${subject} (${platform})`;

/** `        python:3.13 sha256:0123456789ab → sha256:ba9876543210 (3.13.4 → 3.13.5)` */
function formatMove({ repository, tag, from, to, why }: Move): string {
  const short = (digest: string) => digest.slice(0, "sha256:".length + 12);
  return `        ${repository}:${tag} ${from === undefined ? "" : `${short(from)} → `}${short(to)} (${why})`;
}

export function formatReport({ images, failedPairs, failures: failed, ms }: Report): string {
  const made = images.filter(({ state }) => state === "built" || state === "kept");
  const table = formatTable(["IMAGE", "VERSION", "ON DISK", "STATE", "TAGS"], made.map(formatRow));
  const failures = images.filter(({ state }) => state === "failed");
  return [
    ...(made.length === 0 ? [] : [table]),
    ...formatSkipped(images),
    ...formatFailures(failed),
    formatSummary(images, failures.length + failedPairs.length, ms),
  ].join("\n\n");
}

function formatRow({ image, platform, state, size }: ImageReport): readonly string[] {
  return [
    `${narrowestReference(image)}${platform === undefined ? "" : ` (${platform})`}`,
    image.version.text,
    size === undefined ? "" : formatBytes(size),
    state,
    image.tags.slice(1).join(" "),
  ];
}

/** One line for each reason, however many images it keeps from being built. */
function formatSkipped(images: readonly ImageReport[]): readonly string[] {
  const reasons = new Map<string, string[]>();
  for (const { image, platform, state, reason = "" } of images) {
    const name = nameOf({ subject: image.id, ...(platform === undefined ? {} : { platform }) });
    if (state === "skipped") reasons.set(reason, [...(reasons.get(reason) ?? []), name]);
  }
  return [...reasons].map(([reason, ids]) => `skipped: ${reason}\n${ids.map((id) => `  ${id}`).join("\n")}`);
}

/** Once more at the end, where who comes back after an hour looks; the logs are above. */
function formatFailures(failures: Report["failures"]): readonly string[] {
  const lines = failures.map((failure) => `  ${failure.stage} ${nameOf(failure)}: ${failure.reason}`);
  return lines.length === 0 ? [] : [["FAILED:", ...lines].join("\n")];
}

function formatSummary(images: readonly ImageReport[], failures: number, ms: number): string {
  const count = (state: ImageReport["state"]) => images.filter((each) => each.state === state).length;
  const failed = failures === 0 ? "" : `, ${failures} FAILED`;
  return `${count("built")} built, ${count("kept")} already right, ${count("skipped")} skipped${failed}, in ${formatDuration(ms)}`;
}
