/** What a run holds outside of its own process. */
type Kind = "process" | "container" | "folder";
type Release = () => unknown;

const held: Readonly<Record<Kind, Set<Release>>> = { process: new Set(), container: new Set(), folder: new Set() };
let interrupted = false;

/** Whether a signal has ended the run: only what cleans up is still done. */
export const isInterrupted = (): boolean => interrupted;

/** Has `release` called, perhaps twice, if a signal ends the run before the function is called that this gives. */
export function hold(kind: Kind, release: Release): () => void {
  held[kind].add(release);
  return () => held[kind].delete(release);
}

const signals = { SIGINT: 130, SIGTERM: 143 } as const;

/** Has these signals end the run: its processes end, its containers and temporary folders go, its exit status says which it was. */
export function endOnSignals(say: (signal: string) => void): void {
  // `on`, not `once`: execa ends this process at once where a signal has no listener but execa's.
  for (const [signal, status] of Object.entries(signals)) {
    process.on(signal, () => {
      if (!interrupted) say(signal);
      end(status).catch(() => process.exit(status));
    });
  }
}

/** Ends the run as a signal does, once and without a word: nobody reads any more. */
export function endUnread(): void {
  if (!interrupted) end(0).catch(() => process.exit(0));
}

async function end(status: number): Promise<void> {
  // Asked twice, it waits for no engine.
  if (!interrupted) {
    interrupted = true;
    await Promise.all([releaseAll("process"), releaseAll("container")]);
    // Those as well that the engine was still making while its client was stopped.
    await releaseAll("container");
  }
  await releaseAll("folder");
  process.exit(status);
}

async function releaseAll(kind: Kind): Promise<void> {
  await Promise.allSettled([...held[kind]].map(async (release) => release()));
}
