import { type Event, type ScheduledTask, stageOf, taskKey } from "../model/event.js";
import { visibleLine } from "./visible.js";

/** A task that has begun and not ended. */
export type Running = Omit<ScheduledTask, "seconds"> & {
  /** Milliseconds since the run began. */
  readonly since: number;
  /** What it said last; empty where it has said nothing. */
  readonly line: string;
};

/** How far a run is. Tasks are told apart by `taskKey`. */
export interface LiveState {
  /** How many tasks run at a time. */
  readonly jobs: number;
  /** All tasks of the run, with about how many seconds each takes. */
  readonly costs: ReadonlyMap<string, number>;
  readonly settled: ReadonlySet<string>;
  /** In the order in which they began. */
  readonly running: ReadonlyMap<string, Running>;
  readonly failed: number;
  /** Seconds, of what succeeded: as they were foreseen, and as they were. */
  readonly foreseen: number;
  readonly taken: number;
}

export const nothingScheduled: LiveState = {
  jobs: 1,
  costs: new Map(),
  settled: new Set(),
  running: new Map(),
  failed: 0,
  foreseen: 0,
  taken: 0,
};

/** The state after an event. `now` is in milliseconds since the run began. */
export function advance(state: LiveState, event: Event, now: number): LiveState {
  if (event.type === "scheduled") {
    const costs = event.tasks.map((task): [string, number] => [taskKey(task), task.seconds]);
    return { ...state, jobs: event.jobs, costs: new Map(costs) };
  }
  const stage = stageOf(event);
  if (stage === undefined || event.type === "note") return state;
  const { subject, platform } = event;
  const task = { stage, subject, ...(platform === undefined ? {} : { platform }) };
  if (event.type === "started") return begin(state, { ...task, since: now, line: "" });
  if (event.type === "output") return hear(state, taskKey(task), visibleLine(event.line));
  const settled = settle(state, taskKey(task), { now, counts: event.type !== "failed" });
  if (event.type !== "failed" && event.type !== "skipped") return settled;
  // What is not built is not built twice either.
  const follower = taskKey({ ...task, stage: "verify" });
  const done = stage === "build" && state.costs.has(follower) ? [follower] : [];
  return {
    ...settled,
    settled: new Set([...settled.settled, ...done]),
    failed: state.failed + (event.type === "failed" ? 1 : 0),
  };
}

const begin = (state: LiveState, task: Running): LiveState => ({
  ...state,
  running: new Map([...state.running, [taskKey(task), task]]),
});

function hear(state: LiveState, key: string, line: string): LiveState {
  const task = state.running.get(key);
  const said = line.replace(numbering, "").trim();
  if (task === undefined || said === "" || /^(DONE|CACHED)\b/.test(said)) return state;
  return { ...state, running: new Map(state.running).set(key, { ...task, line: said }) };
}

/** BuildKit's, of steps and seconds: `#5 1.506 ` */
const numbering = /^#\d+ (\d+\.\d+ )?/;

function settle(state: LiveState, key: string, how: { readonly now: number; readonly counts: boolean }): LiveState {
  const task = state.running.get(key);
  const running = new Map(state.running);
  running.delete(key);
  const known = task !== undefined && how.counts ? state.costs.get(key) : undefined;
  return {
    ...state,
    running,
    settled: new Set([...state.settled, key]),
    ...(known === undefined || task === undefined
      ? {}
      : { foreseen: state.foreseen + known, taken: state.taken + (how.now - task.since) / 1000 }),
  };
}

/** Seconds by which one task that took unusually long is kept from doubling the estimate. */
const inertia = 60;

/** About how many seconds are left: what was foreseen of what has not ended, at the pace so far. */
export function secondsLeft(state: LiveState, now: number): number {
  const pace = (state.taken + inertia) / (state.foreseen + inertia);
  const open = [...state.costs].filter(([key]) => !state.settled.has(key));
  const left = open.map(([key, cost]) => Math.max(0, cost * pace - secondsOf(state, key, now)));
  const total = left.reduce((sum, each) => sum + each, 0);
  return Math.max(total / Math.max(1, Math.min(state.jobs, open.length)), ...left);
}

/** From 0 to 1, by the time that everything takes; what runs counts in part. */
export function shareDone(state: LiveState, now: number): number {
  const costs = [...state.costs];
  const total = costs.reduce((sum, [, cost]) => sum + cost, 0);
  if (total === 0) return 0;
  const done = costs.map(([key, cost]) =>
    state.settled.has(key) ? cost : Math.min(0.9 * cost, secondsOf(state, key, now)),
  );
  return done.reduce((sum, each) => sum + each, 0) / total;
}

function secondsOf({ running }: LiveState, key: string, now: number): number {
  const task = running.get(key);
  return task === undefined ? 0 : (now - task.since) / 1000;
}
