import { formatBytes, formatGrowth } from "../model/bytes.js";
import type { Changes } from "../model/changes.js";
import { type Image, narrowestReference, type PairId } from "../model/image.js";
import type { NowPublished, Rebuilt } from "../model/rebuilt.js";
import type { Failed } from "../model/report.js";
import { formatReason, type Staleness } from "../model/staleness.js";
import { packageLines } from "./changes.js";
import { formatDuration } from "./table.js";
import { visible } from "./visible.js";

/**
 * What was rebuilt and why, what changed in it, how its size changed, and what failed: Markdown, for a pull request or the summary
 * of a job. Names and versions of packages are other people's text: they stand in blocks of code, behind a sign.
 */
export function formatRebuilt(rebuilt: Rebuilt): string {
  const { images, moves, unknown, report, unmoved, published } = rebuilt;
  const failures = [...(report?.failures ?? []), ...unmoved];
  const unpublished = unpublishedPairs(rebuilt, failures);
  const stale = images.filter(({ action }) => action === "rebuild");
  const isDone = ({ image }: Staleness): boolean => !unpublished.has(image.pair);
  const sections = [
    formatCounts(rebuilt, stale.filter(isDone).length, failures.length),
    ...section("Failed", failures.map(formatFailure)),
    ...stale.filter(isDone).flatMap((each) => ["", ...describe(each, published.get(each.image.id))]),
    ...section(
      "Not published",
      stale
        .filter((each) => !isDone(each))
        .map(({ image }) => `- ${narrowestReference(image)}${skipOf(image, rebuilt)}`),
    ),
    ...section("Tags put back", images.filter(isRetagged).flatMap(describeTags)),
    ...section("The lock moved", block(moves)),
    ...section("Not known", block(unknown)),
  ];
  return sections.map(visible).join("\n");
}

/** Of which something failed, or could not start: of a pair all is published, or nothing. */
function unpublishedPairs({ images, report }: Rebuilt, failures: readonly Failed[]): ReadonlySet<PairId> {
  const failed = new Set<string>(failures.map(({ subject }) => subject));
  const ofFailures = images.flatMap(({ image }) =>
    failed.has(image.id) || failed.has(image.pair) ? [image.pair] : [],
  );
  const unfinished = (report?.images ?? []).filter(({ state }) => state === "failed" || state === "skipped");
  return new Set([...ofFailures, ...unfinished.map(({ image }) => image.pair)]);
}

/** Why it could not start, where it could not. */
function skipOf({ id }: Image, { report }: Rebuilt): string {
  const skipped = report?.images.find(({ image, state }) => image.id === id && state === "skipped");
  return skipped?.reason === undefined ? "" : `: ${code(skipped.reason)}`;
}

/** As Markdown has it, whatever is in it. */
const code = (text: string): string => `\`${text.replaceAll("`", "'")}\``;

const isRetagged = ({ action }: Staleness): boolean => action === "retag";

function formatCounts({ images, published, report }: Rebuilt, done: number, failures: number): string {
  const count = (action: Staleness["action"]) => images.filter((each) => each.action === action).length;
  const changed = [...published.values()].filter(({ changes }) => changes.length > 0).length;
  const failed = failures === 0 ? "" : `, **${failures} FAILED**`;
  const time = report === undefined ? "" : `, in ${formatDuration(report.ms)}`;
  return `${count("none")} fresh, ${done} rebuilt (${changed} changed), ${count("retag")} tagged again${failed}${time}`;
}

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ["", `## ${title}`, "", ...lines];

const formatFailure = ({ stage, subject, platform, reason }: Failed): string =>
  `- ${stage} ${subject}${platform === undefined ? "" : ` (${platform})`}: ${code(reason)}`;

function describe({ image, reasons }: Staleness, now: NowPublished | undefined): readonly string[] {
  const title = `## ${narrowestReference(image)}`;
  const why = reasons.map((reason) => `  ${formatReason(reason)}`);
  return [title, "", ...block(["why", ...why, ...(now === undefined ? [] : ["", ...outcome(now)])])];
}

function outcome({ digest, changes }: NowPublished): readonly string[] {
  if (changes.length === 0) return [`${digest}: the same as before, so no tag moved`];
  return [digest, ...changes.flatMap((each) => ["", sizesOf(each), ...packageLinesOf(each)])];
}

function sizesOf({ platform = "", previous, current }: Changes): string {
  const [before, after] = [previous?.size, current.size];
  if (after === undefined) return platform;
  const growth = before === undefined ? "" : `, before ${formatBytes(before)} (${formatGrowth(after - before)})`;
  return `${platform} ${formatBytes(after)} compressed${growth}`;
}

const packageLinesOf = ({ packages }: Changes): readonly string[] =>
  packages === undefined ? [] : packageLines(packages).map((line) => (line === "" ? "" : `  ${line}`));

function describeTags({ image, reasons }: Staleness): readonly string[] {
  return reasons.flatMap((each) =>
    each.kind === "tag" ? [`- ${image.repository}:${each.tag} (${each.problem})`] : [],
  );
}

/** A line in it cannot end it: each stands behind four spaces. */
const block = (lines: readonly string[]): readonly string[] => lines.map((line) => (line === "" ? "" : `    ${line}`));
