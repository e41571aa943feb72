import { join } from "node:path";
import type { Durations } from "../model/cost.js";
import type { Event, Say } from "../model/event.js";
import { imageKey } from "../model/report.js";
import { cacheFolder } from "./artifact-store.js";
import { readCache, writeCache } from "./cache-file.js";

/** Longer than anything takes: what a file says beyond it is no duration. */
const longest = 7 * 24 * 3600 * 1000;

/** What builds and tests took the last time on this machine. It decides the order of work and nothing else, and may vanish. */
export interface DurationStore {
  readonly known: Durations;
  /** Notes what an event says of a duration. */
  readonly hear: Say;
  /** Keeps what was known and heard of these images and pairs. Never fails: a lost duration costs little. */
  readonly save: (ids: ReadonlySet<string>) => void;
}

/** The durations of a catalog, by its namespace. */
export function openDurations(namespace: string, cache = cacheFolder()): DurationStore {
  const file = join(cache, "durations", `${namespace.replaceAll("/", "__")}.json`);
  const known = readDurations(file);
  const heard = { build: new Map(known.build), test: new Map(known.test) };
  let isNew = false;
  const hear = (event: Event): void => {
    if (event.type !== "built" && event.type !== "tested") return;
    heard[event.type === "built" ? "build" : "test"].set(imageKey(event.subject, event.platform), event.ms);
    isNew = true;
  };
  const save = (ids: ReadonlySet<string>): void => {
    if (isNew) writeCache(file, formatDurations(heard, ids));
  };
  return { known, hear, save };
}

function readDurations(file: string): Durations {
  const content = readCache(file);
  return { build: readMap(content, "build"), test: readMap(content, "test") };
}

function readMap(content: unknown, stage: keyof Durations): ReadonlyMap<string, number> {
  const found = (content as Readonly<Record<string, unknown>> | undefined)?.[stage];
  if (typeof found !== "object" || found === null) return new Map();
  const isDuration = (entry: readonly [string, unknown]): entry is [string, number] =>
    typeof entry[1] === "number" && entry[1] >= 0 && entry[1] <= longest;
  return new Map(Object.entries(found).filter(isDuration));
}

function formatDurations({ build, test }: Durations, ids: ReadonlySet<string>): string {
  const kept = (durations: ReadonlyMap<string, number>): Readonly<Record<string, number>> =>
    Object.fromEntries([...durations].filter(([key]) => ids.has(key.split(" ")[0] ?? "")).sort());
  return `${JSON.stringify({ build: kept(build), test: kept(test) }, undefined, 1)}\n`;
}
