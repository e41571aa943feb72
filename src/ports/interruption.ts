/** What a run holds outside of its own process. */
type Kind = "process" | "container" | "folder";
type Release = () => unknown;

const held: Readonly<Record<Kind, Set<Release>>> = { process: new Set(), container: new Set(), folder: new Set() };
const finishing = new Set<Promise<unknown>>();
/** Milliseconds that what must not be left half done has left, once a signal has come. */
const patience = 30_000;
let interrupted = false;

/** Whether a signal has ended the run: only what cleans up is still done. */
export const isInterrupted = (): boolean => interrupted;

/** Has `release` called, perhaps twice, if a signal ends the run before the function is called that this gives. */
export function hold(kind: Kind, release: Release): () => void {
  held[kind].add(release);
  return () => held[kind].delete(release);
}

/**
 * Does what a signal must not leave half done: the end of the run waits for it, a second signal does not. Begins nothing, and never
 * settles, once a signal has come.
 */
export function finishOnSignal<T>(work: () => Promise<T>): Promise<T> {
  if (interrupted) return new Promise(() => {});
  const done = work();
  const settled = done.catch(() => {}).finally(() => finishing.delete(settled));
  finishing.add(settled);
  return done;
}

const signals = { SIGINT: 130, SIGTERM: 143 } as const;

/** Hears of a signal, by its name: when it comes, and when everything has ended. */
export interface SignalListener {
  readonly begins: (signal: string) => void;
  readonly ended: (signal: string) => void;
}

/** Has these signals end the run: its processes end, its containers and temporary folders go, its exit status says which it was. */
export function endOnSignals({ begins, ended }: SignalListener): void {
  // `on`, not `once`: execa ends this process at once where a signal has no listener but execa's.
  for (const [signal, status] of Object.entries(signals)) {
    process.on(signal, () => {
      if (!interrupted) begins(signal);
      end(status, () => ended(signal)).catch(() => process.exit(status));
    });
  }
}

/** Ends the run as a signal does, once and without a word: nobody reads any more. */
export function endUnread(): void {
  if (!interrupted) end(0, () => {}).catch(() => process.exit(0));
}

/** Stops the programs that still run, without ending the run: nobody waits for them any more. */
export async function abandonProcesses(): Promise<void> {
  await releaseAll("process");
}

async function end(status: number, ended: () => void): Promise<void> {
  // Asked twice, it waits for no engine and no registry.
  if (!interrupted) {
    interrupted = true;
    await Promise.all([releaseAll("process"), releaseAll("container"), finished()]);
    // Those as well that the engine was still making while its client was stopped.
    await releaseAll("container");
  }
  await releaseAll("folder");
  ended();
  process.exit(status);
}

async function finished(): Promise<void> {
  const late = new Promise((resolve) => setTimeout(resolve, patience).unref());
  await Promise.race([Promise.all(finishing), late]);
}

async function releaseAll(kind: Kind): Promise<void> {
  await Promise.allSettled([...held[kind]].map(async (release) => release()));
}
