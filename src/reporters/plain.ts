import { formatBytes } from "../model/bytes.js";
import { type Event, type Move, type Subject, taskKey } from "../model/event.js";
import { unreachable } from "../model/failure.js";
import { narrowestReference } from "../model/image.js";
import type { Platform } from "../model/platform.js";
import type { ImageReport, Report } from "../model/report.js";
import { print, say } from "./output.js";
import { type Paint, unpainted } from "./paint.js";
import type { Reporter } from "./reporter.js";
import { type Surface, unlimited } from "./surface.js";
import { formatDuration, formatTable } from "./table.js";
import { visible, visibleLine } from "./visible.js";
import { paragraph } from "./wrap.js";

/** Lines of a failure's log that are shown at once. */
export const shownLines = 20;

export interface PlainOptions {
  /** Milliseconds since the run began. */
  readonly now: () => number;
  readonly paint: Paint;
}

/** A line for each thing that happens, with the time since the beginning, and a table at the end: for logs, and for terminals without a live view. */
export function createPlainReporter({ now, paint }: PlainOptions): Reporter {
  const files = new Map<string, string>();
  return {
    hear: (event) => {
      if (event.type === "failed" && event.file !== undefined) files.set(taskKey(event), event.file);
      const text = formatEvent(event, paint);
      if (text !== undefined) say(stamped(text, now()));
    },
    finish: (report) => print((surface) => formatReport({ report, files }, surface)),
    close: () => {},
  };
}

/** `[  12.3 s] built   …`; lines that follow stand under the first. */
export function stamped(text: string, ms: number): string {
  const stamp = `[${(ms / 1000).toFixed(1).padStart(6)} s] `;
  return text
    .split("\n")
    .join(`\n${" ".repeat(stamp.length)}`)
    .replace(/^/, stamp);
}

/** One line, or more where a failure brings its log; undefined for what a log has no use for. */
export function formatEvent(event: Event, paint: Paint = unpainted): string | undefined {
  switch (event.type) {
    case "started":
      return `${event.stage.padEnd(7)} ${nameOf(event)} …`;
    case "built":
      return `${paint("green", "built  ")} ${nameOf(event)} in ${formatDuration(event.ms)}, ${formatBytes(event.size)} on disk`;
    case "verified":
      return `${paint("green", "same   ")} ${nameOf(event)} in ${formatDuration(event.ms)}, ${event.digest}`;
    case "tested":
      return `${paint("green", "tested ")} ${nameOf(event)} in ${formatDuration(event.ms)}, ${event.checks} checks`;
    case "published":
      return [
        `${paint("green", "publish")} ${event.subject} in ${formatDuration(event.ms)}, ${event.moves.length} tags`,
        ...event.moves.map(formatMove),
      ].join("\n");
    case "planned":
      return [`plan    ${event.subject}, ${event.moves.length} tags`, ...event.moves.map(formatMove)].join("\n");
    case "failed":
      return formatFailure(event, paint);
    case "note":
      return `${paint("yellow", "note   ")} ${visibleLine(event.text)}`;
    case "scheduled":
    case "kept":
    case "skipped":
    case "output":
      return undefined;
    default:
      return unreachable(event);
  }
}

/** The reason with the command that failed, the last lines, and where the others are. */
function formatFailure(event: Extract<Event, { readonly type: "failed" }>, paint: Paint): string {
  const { stage, reason, log, file } = event;
  return [
    `${paint("red", "FAILED ")} ${stage} ${nameOf(event)}: ${visibleLine(reason)}`,
    ...log.slice(-shownLines).map((line) => `        | ${visibleLine(line)}`),
    ...(file === undefined ? [] : [`        all of its output: ${visible(file)}`]),
  ].join("\n");
}

/** `python/3.13/trixie/dev`, or `python/3.13/trixie/dev (linux/arm64)` where that is not this machine's platform. */
export const nameOf = ({ subject, platform }: { readonly subject: Subject; readonly platform?: Platform }): string =>
  platform === undefined ? subject : `${subject} (${platform})`;

/** `        python:3.13 sha256:0123456789ab → sha256:ba9876543210 (3.13.4 → 3.13.5)` */
function formatMove({ repository, tag, from, to, why }: Move): string {
  const short = (digest: string) => digest.slice(0, "sha256:".length + 12);
  return `        ${repository}:${tag} ${from === undefined ? "" : `${short(from)} → `}${short(to)} (${visible(why)})`;
}

/** A run that has ended, and by the tasks that failed in which file their output is. */
export interface Ended {
  readonly report: Report;
  readonly files?: ReadonlyMap<string, string>;
}

/** What there is, what was skipped and what failed. */
export function formatReport({ report, files = new Map() }: Ended, surface: Surface = unlimited): string {
  const { images, failures } = report;
  const made = images.filter(({ state }) => state === "built" || state === "kept");
  const header = ["IMAGE", "VERSION", "ON DISK", "STATE", "TAGS"];
  return [
    ...(made.length === 0 ? [] : [formatTable(header, made.map(formatRow), surface)]),
    ...formatSkipped(images, surface),
    ...formatFailures(failures, files, surface),
    formatSummary(report),
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
function formatSkipped(images: readonly ImageReport[], { width, paint }: Surface): readonly string[] {
  const reasons = new Map<string, string[]>();
  for (const { image, platform, state, reason = "" } of images) {
    const name = nameOf({ subject: image.id, ...(platform === undefined ? {} : { platform }) });
    if (state === "skipped") reasons.set(reason, [...(reasons.get(reason) ?? []), name]);
  }
  return [...reasons].map(([reason, ids]) =>
    [paragraph(`${paint("yellow", "skipped:")} ${visibleLine(reason)}`, width, 4), ...ids.map((id) => `  ${id}`)].join(
      "\n",
    ),
  );
}

/** Once more at the end, where who comes back after an hour looks; the logs are above. What a tool said is not wrapped: its commands can be copied. */
function formatFailures(
  failures: Report["failures"],
  files: ReadonlyMap<string, string>,
  { paint }: Surface,
): readonly string[] {
  const lines = failures.flatMap((failure) => {
    const file = files.get(taskKey(failure));
    const line = `  ${failure.stage} ${nameOf(failure)}: ${visibleLine(failure.reason)}`;
    return file === undefined ? [line] : [line, `    ${visible(file)}`];
  });
  return lines.length === 0 ? [] : [[paint("red", "FAILED:"), ...lines].join("\n")];
}

/** `3 built, 12 already right, 0 skipped, 1 FAILED, in 1 min 1 s` */
export function formatSummary({ images, failedPairs, ms }: Report): string {
  const count = (state: ImageReport["state"]) => images.filter((each) => each.state === state).length;
  const failures = count("failed") + failedPairs.length;
  const failed = failures === 0 ? "" : `, ${failures} FAILED`;
  return `${count("built")} built, ${count("kept")} already right, ${count("skipped")} skipped${failed}, in ${formatDuration(ms)}`;
}
