import { type ChildProcess, spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { Publication } from "./publish-world.js";

const program = fileURLToPath(new URL("publish-child.js", import.meta.url));

/** A publisher that is a program of its own. */
export interface Publisher {
  readonly kill: () => void;
  /** Tells it to end. */
  readonly interrupt: () => void;
  /** The message of its failure; undefined where it is done. Of one that was killed, `SIGKILL`; of one that was interrupted, `ended by SIGINT`. */
  readonly outcome: Promise<string | undefined>;
}

const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

export function startPublisher(publication: Publication, env: NodeJS.ProcessEnv = {}): Publisher {
  const child = spawn(process.execPath, [program, JSON.stringify(publication)], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...env },
  });
  running.add(child);
  const ended = new Promise<string | undefined>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status, signal) => {
      running.delete(child);
      resolve(signal ?? (status === 0 ? undefined : "failed"));
    });
  });
  const said = text(child.stderr);
  const outcome = ended.then(async (how) => (how === "failed" ? (await said).trim() : how));
  return { kill: () => child.kill("SIGKILL"), interrupt: () => child.kill("SIGINT"), outcome };
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
