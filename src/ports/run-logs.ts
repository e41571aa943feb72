import { appendFileSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { type Event, stageOf } from "../model/event.js";
import { elapsed } from "./clock.js";

/** Runs whose logs are kept, the newest. */
const keptRuns = 5;
/** Bytes of one log: what says more than this says it for ever. */
const longestLog = 64 * 1024 * 1024;

/** All that builds and tests say, each image and each pair in a file of its own. */
export interface RunLogs {
  /** Writes down what an event says, and gives the file of what it is about; undefined where there is none. */
  readonly hear: (event: Event) => string | undefined;
}

/**
 * Files `build/logs/20261121T204408Z-4711/python/3.13/trixie/dev.log` below a catalog, with the time since `start` in each line. Older
 * runs go when the first line is written. Never fails: where nothing can be written, a run has no logs and is as good.
 */
export function openRunLogs(root: string, { start = elapsed(), time = new Date() } = {}): RunLogs {
  const logs = join(root, "build", "logs");
  const folder = join(logs, `${time.toISOString().replace(/[-:]|\.\d+/g, "")}-${process.pid}`);
  const sizes = new Map<string, number>();
  let works = true;
  const write = (file: string, text: string): void => {
    const size = sizes.get(file);
    if (size === undefined) mkdirSync(dirname(file), { recursive: true });
    if (sizes.size === 0) removeOld(logs);
    if ((size ?? 0) < longestLog) appendFileSync(file, text);
    sizes.set(file, (size ?? 0) + text.length);
  };
  const hear = (event: Event): string | undefined => {
    const name = fileOf(event);
    const lines = linesOf(event);
    if (name === undefined || !works) return undefined;
    const file = join(folder, name);
    const stamp = `[${(elapsed(start) / 1000).toFixed(3).padStart(8)} s] `;
    try {
      if (lines.length > 0) write(file, lines.map((line) => `${stamp}${withoutControls(line)}\n`).join(""));
    } catch {
      works = false;
    }
    return works && sizes.has(file) ? shortest(file) : undefined;
  };
  return { hear };
}

/** `python/3.13/trixie/dev.log` of an image, `python/3.13/trixie.log` of a pair, with the architecture where that is not this machine's. */
function fileOf(event: Event): string | undefined {
  if (stageOf(event) === undefined || !("subject" in event)) return undefined;
  const { subject, platform } = event;
  return `${subject}${platform === undefined ? "" : `.${platform.slice("linux/".length)}`}.log`;
}

/** What is not said of an image that is left alone, so that it has no log. */
function linesOf(event: Event): readonly string[] {
  switch (event.type) {
    case "started":
      return [`${event.stage} ${event.subject}`];
    case "output":
      return [event.line];
    case "built":
    case "verified":
    case "tested":
    case "published":
      return [`${event.type} in ${event.ms} ms`];
    case "failed":
      // Of a build, the lines are there already.
      return [...(event.stage === "build" ? [] : event.log), `${event.stage} failed: ${event.reason}`];
    default:
      return [];
  }
}

const withoutControls = (line: string): string => stripVTControlCharacters(line).replace(/[^\P{Cc}\t]/gu, "\uFFFD");

/** From where the user is, if that is not longer. */
function shortest(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith("..") ? file : path;
}

/** The newest are kept, with the one that begins. Folders of other names are somebody else's. */
function removeOld(logs: string): void {
  const runs = readdirSync(logs)
    .filter((name) => /^\d{8}T\d{6}Z-\d+$/.test(name))
    .sort();
  for (const name of runs.slice(0, -keptRuns)) rmSync(join(logs, name), { recursive: true, force: true });
}
