import { type Event, type ScheduledTask, stageOf, taskKey } from "../model/event.js";
import { nameOf, shownLines } from "./plain.js";
import { visibleLine } from "./visible.js";

type Task = Omit<ScheduledTask, "seconds">;

/** How a task ended. */
type Outcome =
  | { readonly kind: "passed"; readonly ms: number; readonly said: string }
  | { readonly kind: "failed"; readonly reason: string; readonly log: readonly string[]; readonly file?: string }
  | { readonly kind: "skipped"; readonly reason: string };

interface Case {
  readonly task: Task;
  readonly outcome: Outcome;
}

export interface JUnit {
  readonly hear: (event: Event) => void;
  /** The document, of a run that took so many milliseconds. */
  readonly format: (ms: number) => string;
}

/**
 * JUnit's XML, as continuous integrations read it: a suite for each pair and platform, in it a case for the build of each image, one
 * for the pair's tests, and one for its publication. What was right already has passed, in no time.
 */
export function createJUnit(): JUnit {
  const order: string[] = [];
  const cases = new Map<string, Case>();
  return {
    hear: (event) => {
      if (event.type === "scheduled") order.push(...event.tasks.map(taskKey));
      const found = caseOf(event);
      if (found === undefined) return;
      const key = taskKey(found.task);
      // A build may have ended, and what describes its image may fail then.
      if (cases.get(key)?.outcome.kind !== "failed") cases.set(key, found);
    },
    format: (ms) => {
      const keys = [...new Set([...order, ...cases.keys()])];
      return formatSuites(
        keys.flatMap((key) => cases.get(key) ?? []),
        ms,
      );
    },
  };
}

function caseOf(event: Event): Case | undefined {
  const [stage, outcome] = [stageOf(event), outcomeOf(event)];
  if (stage === undefined || outcome === undefined || !("subject" in event)) return undefined;
  const { subject, platform } = event;
  return { task: { stage, subject, ...(platform === undefined ? {} : { platform }) }, outcome };
}

function outcomeOf(event: Event): Outcome | undefined {
  switch (event.type) {
    case "built":
      return { kind: "passed", ms: event.ms, said: `${event.size} bytes on disk` };
    case "verified":
      return { kind: "passed", ms: event.ms, said: event.digest };
    case "tested":
      return { kind: "passed", ms: event.ms, said: `${event.checks} checks` };
    case "published":
    case "planned":
      return { kind: "passed", ms: "ms" in event ? event.ms : 0, said: `${event.moves.length} tags` };
    case "kept":
      return { kind: "passed", ms: 0, said: "right already" };
    case "failed":
      return { kind: "failed", ...event };
    case "skipped":
      return { kind: "skipped", reason: event.reason };
    default:
      return undefined;
  }
}

function formatSuites(cases: readonly Case[], ms: number): string {
  const suites = bySuite(cases);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="ingot" ${counts(cases)} time="${seconds(ms)}">`,
    ...[...suites].flatMap(([name, own]) => [
      `  <testsuite name="${attribute(name)}" ${counts(own)} time="${seconds(own.reduce((sum, each) => sum + msOf(each), 0))}">`,
      ...own.map((each) => formatCase(each, name)),
      "  </testsuite>",
    ]),
    "</testsuites>",
    "",
  ].join("\n");
}

/** `python/3.13/trixie`, the pair of an image or itself, with its platform where that is not this machine's. */
const suiteOf = ({ subject, platform }: Task): string =>
  nameOf({
    subject: subject.split("/").slice(0, 3).join("/") as Task["subject"],
    ...(platform === undefined ? {} : { platform }),
  });

function bySuite(cases: readonly Case[]): ReadonlyMap<string, readonly Case[]> {
  const suites = new Map<string, Case[]>();
  for (const each of cases) suites.set(suiteOf(each.task), [...(suites.get(suiteOf(each.task)) ?? []), each]);
  return suites;
}

function counts(cases: readonly Case[]): string {
  const count = (kind: Outcome["kind"]): number => cases.filter(({ outcome }) => outcome.kind === kind).length;
  return `tests="${cases.length}" failures="${count("failed")}" errors="0" skipped="${count("skipped")}"`;
}

function formatCase({ task, outcome }: Case, suite: string): string {
  const [, , , variant] = task.subject.split("/");
  const name = variant === undefined ? task.stage : `${task.stage} ${variant}`;
  const open = `    <testcase classname="${attribute(suite)}" name="${attribute(name)}" time="${seconds(msOf({ outcome }))}">`;
  return `${open}\n      ${formatOutcome(outcome)}\n    </testcase>`;
}

function formatOutcome(outcome: Outcome): string {
  if (outcome.kind === "passed") return `<system-out>${content(outcome.said)}</system-out>`;
  const message = `message="${attribute(outcome.reason)}"`;
  if (outcome.kind === "skipped") return `<skipped ${message}/>`;
  const file = outcome.file === undefined ? [] : [`all of its output: ${outcome.file}`];
  const lines = [outcome.reason, ...outcome.log.slice(-shownLines), ...file];
  return `<failure ${message}>${lines.map(content).join("\n")}</failure>`;
}

const msOf = ({ outcome }: Pick<Case, "outcome">): number => (outcome.kind === "passed" ? outcome.ms : 0);
const seconds = (ms: number): string => (ms / 1000).toFixed(3);

/** XML 1.0 has no form for these: characters that control, halves of pairs, and two that are none. */
const allowed = (text: string): string => visibleLine(text).replace(/[\p{Surrogate}\uFFFE\uFFFF]/gu, "\uFFFD");

const content = (text: string): string =>
  allowed(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const attribute = (text: string): string => content(text).replaceAll('"', "&quot;");
