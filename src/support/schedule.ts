import { setImmediate } from "node:timers/promises";
import PQueue from "p-queue";

/** A piece of work that may begin when those it needs have succeeded. */
export interface Task<T> {
  readonly id: string;
  readonly needs: readonly string[];
  /** About how many seconds it takes; 0 where that is not known. */
  readonly cost?: number;
  /** Whether it ends what those it needs began, and so is as urgent as they are: a pair is tested before the next is built. */
  readonly follows?: boolean;
  readonly run: () => Promise<T>;
  /** Hears that the task will not begin, and which task's failure is the cause. */
  readonly skipped?: (because: string, error: unknown) => void;
}

export type Outcome<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "failed"; readonly error: unknown }
  /** Not begun, because `because` failed. */
  | { readonly kind: "skipped"; readonly because: string; readonly error: unknown };

/** The same tasks; `act` is called once, when all of some of them have ended or will not begin. */
export function afterAll<T, K extends Task<T>>(
  tasks: readonly K[],
  some: (task: K) => boolean,
  act: () => void,
): readonly K[] {
  let left = tasks.filter(some).length;
  const end = (): void => {
    left -= 1;
    if (left === 0) act();
  };
  const counted = (task: K): K => ({
    ...task,
    run: () => task.run().finally(end),
    skipped: (because, error) => {
      task.skipped?.(because, error);
      end();
    },
  });
  return tasks.map((task) => (some(task) ? counted(task) : task));
}

/**
 * Runs every task whose needs succeed, at most `jobs` at a time, each as soon as it can; of those that can, the one with the
 * longest chain of work after it begins first, and of equals the one given first. Always settles, with an outcome for each
 * task: a failure stops only what needs it. A need that is not among the tasks counts as done. Throws for needs that form a circle.
 */
export async function runGraph<T>(tasks: readonly Task<T>[], jobs: number): Promise<ReadonlyMap<string, Outcome<T>>> {
  refuseCircles(tasks);
  const queue = new PQueue({ concurrency: jobs, autoStart: false });
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const priorities = prioritiesOf(tasks);
  const outcomes = new Map<string, Promise<Outcome<T>>>();

  const settle = (task: Task<T>): Promise<Outcome<T>> => {
    const known = outcomes.get(task.id);
    if (known !== undefined) return known;
    const outcome = begin(task);
    outcomes.set(task.id, outcome);
    return outcome;
  };

  const inTurn = (task: Task<T>): Promise<Outcome<T>> =>
    new Promise((resolve) => {
      const run = async (): Promise<void> => {
        resolve(await attempt(task));
        // What needed this one queues before its place is free: it may come before what waits.
        await setImmediate();
      };
      void queue.add(run, { priority: priorities.get(task.id) ?? 0 });
    });

  const begin = async (task: Task<T>): Promise<Outcome<T>> => {
    const needs = task.needs.flatMap((id) => byId.get(id) ?? []);
    const results = await Promise.all(needs.map(async (need) => ({ id: need.id, outcome: await settle(need) })));
    const [cause] = results.flatMap(({ id, outcome }) => causeOf(id, outcome));
    if (cause === undefined) return inTurn(task);
    task.skipped?.(cause.because, cause.error);
    return cause;
  };

  const settled = Promise.all(tasks.map(async (task) => [task.id, await settle(task)] as const));
  // What can begin at once has queued by then: the first to queue is not the most urgent.
  await setImmediate();
  queue.start();
  return new Map(await settled);
}

/** By task, each another number: higher for what begins first. */
function prioritiesOf<T>(tasks: readonly Task<T>[]): ReadonlyMap<string, number> {
  const urgencies = urgenciesOf(tasks);
  const ordered = tasks
    .map(({ id }, index) => ({ id, index, urgency: urgencies.get(id) ?? 0 }))
    .sort((a, b) => b.urgency - a.urgency || a.index - b.index);
  return new Map(ordered.map(({ id }, rank): [string, number] => [id, -rank]).reverse());
}

/**
 * Seconds, by task: its own and those of the longest chain of tasks that need it. What follows is as urgent as the most
 * urgent that it needs, and so are the others that it needs: by its own chain alone, every pair would be built before the
 * first is tested, or wait for its shorter half.
 */
function urgenciesOf<T>(tasks: readonly Task<T>[]): ReadonlyMap<string, number> {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const needsOf = ({ needs }: Task<T>): readonly Task<T>[] => needs.flatMap((id) => byId.get(id) ?? []);
  const needing = new Map<string, Task<T>[]>(tasks.map(({ id }) => [id, []]));
  for (const task of tasks) for (const need of task.needs) needing.get(need)?.push(task);
  const chainOf: Urgency<T> = once(({ id, cost = 0 }) => cost + longest((needing.get(id) ?? []).map(chainOf)));
  const urgencyOf: Urgency<T> = once((task) => {
    const needs = task.follows === true ? needsOf(task) : [];
    if (needs.length > 0) return longest(needs.map(urgencyOf));
    const followers = (needing.get(task.id) ?? []).filter(({ follows }) => follows === true);
    return Math.max(chainOf(task), longest(followers.flatMap(needsOf).map(chainOf)));
  });
  return new Map(tasks.map((task) => [task.id, urgencyOf(task)]));
}

const longest = (chains: readonly number[]): number => chains.reduce((most, each) => Math.max(most, each), 0);

type Urgency<T> = (task: Task<T>) => number;

/** Calculates each task's number once. */
function once<T>(calculate: Urgency<T>): Urgency<T> {
  const known = new Map<string, number>();
  return (task) => {
    const value = known.get(task.id) ?? calculate(task);
    known.set(task.id, value);
    return value;
  };
}

type Skipped = Extract<Outcome<never>, { readonly kind: "skipped" }>;

/** The failure at the root, however many tasks lie between. */
function causeOf<T>(id: string, outcome: Outcome<T>): readonly Skipped[] {
  if (outcome.kind === "done") return [];
  return [outcome.kind === "skipped" ? outcome : { kind: "skipped", because: id, error: outcome.error }];
}

async function attempt<T>(task: Task<T>): Promise<Outcome<T>> {
  try {
    return { kind: "done", value: await task.run() };
  } catch (error) {
    return { kind: "failed", error };
  }
}

function refuseCircles<T>(tasks: readonly Task<T>[]): void {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const finished = new Set<string>();
  const visit = (task: Task<T>, path: readonly string[]): void => {
    if (path.includes(task.id)) throw new Error(`tasks need each other: ${[...path, task.id].join(" → ")}`);
    if (finished.has(task.id)) return;
    for (const need of task.needs) {
      const next = byId.get(need);
      if (next !== undefined) visit(next, [...path, task.id]);
    }
    finished.add(task.id);
  };
  for (const task of tasks) visit(task, []);
}
