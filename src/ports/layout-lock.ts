import { randomUUID } from "node:crypto";
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../model/failure.js";

/** Milliseconds. */
const poll = 25;
/** Whoever holds it does so for the time of one small write; after this long without a change it is nobody's. */
const staleAfter = 10_000;
const patience = 60_000;

/** What is in a lock's file. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Tells one taking from the next. */
  readonly token: string;
}

interface Seen {
  readonly text: string;
  readonly changed: number;
}

/**
 * Does something short while no other process does it, with a file that says who does. Who was killed leaves the file; it is taken from
 * one that is not alive on this host, and from any other that kept it unchanged for ten seconds. `work` is done in one go, so that
 * this process cannot meet itself; before it writes, it asks whether the lock is still its own.
 */
export async function withLock<T>(path: string, work: (isHeld: () => boolean) => T): Promise<T> {
  const holder: Holder = { pid: process.pid, host: hostname(), token: randomUUID() };
  const text = JSON.stringify(holder);
  const isHeld = (): boolean => look(path)?.text === text;
  let seen: Seen | undefined;
  let waited = 0;
  for (let total = 0; !take(path, text); total += poll) {
    const now = look(path);
    waited = now !== undefined && isSame(now, seen) ? waited + poll : 0;
    seen = now;
    if (seen !== undefined && (waited > staleAfter || isDead(seen.text))) breakLock(path, seen.text, text);
    else if (total > patience) throw new Failure(`others hold ${path} all the time; if none does, remove it`);
    else await sleep(poll);
  }
  try {
    return work(isHeld);
  } finally {
    if (isHeld()) rmSync(path, { force: true });
  }
}

/** Not with a hard link: sticks for machines without a network know none. */
function take(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function look(path: string): Seen | undefined {
  try {
    return { text: readFileSync(path, "utf8"), changed: statSync(path).mtimeMs };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

const isSame = (a: Seen, b: Seen | undefined): boolean => a.text === b?.text && a.changed === b.changed;

function isDead(text: string): boolean {
  const { pid, host } = readHolder(text);
  if (host !== hostname() || pid === undefined) return false;
  // This process holds nothing while it looks: the number was another's before.
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

function readHolder(text: string): Partial<Holder> {
  try {
    return JSON.parse(text) as Partial<Holder>;
  } catch {
    return {};
  }
}

/** Of several that do this, one moves what they saw; who moves another's new lock instead gives it back. */
function breakLock(path: string, seen: string, own: string): void {
  const aside = `${path}.${readHolder(own).token}`;
  try {
    renameSync(path, aside);
    const moved = readFileSync(aside, "utf8");
    if (moved !== seen) take(path, moved);
    rmSync(aside, { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
