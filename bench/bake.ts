import { readFileSync } from "node:fs";
import pLimit from "p-limit";
import { output } from "../src/ports/process.js";
import type { BakeFile } from "../src/stages/bake.js";

/** How often one command is given before its failure is the result. */
const attempts = 3;

/**
 * One command for everything, as a user gives it. Where the engine gives up on that many at once (`DeadlineExceeded`), it is given
 * again, and builds what is left.
 */
export async function bakeAtOnce(root: string, file: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1)
    try {
      return await bake(root, file, []);
    } catch (error) {
      if (attempt === attempts) throw error;
      const lines = String(error).trim().split("\n");
      console.error(`docker buildx bake has failed, and is given again: ${lines.at(-1)?.slice(0, 200)}`);
    }
}

/**
 * So many images at a time. Docker's own builder cannot be told a limit, so each is a command of its own; those that others are built
 * on come first, in one.
 */
export async function bakeInParts(root: string, file: string, jobs: number): Promise<void> {
  const { group, target } = JSON.parse(readFileSync(file, "utf8")) as BakeFile;
  const named = Object.values(target).flatMap(({ contexts }) => Object.values(contexts));
  const parents = new Set(named.flatMap((context) => /^target:(.+)$/.exec(context)?.[1] ?? []));
  await bake(root, file, [...parents]);
  const others = (group["default"]?.targets ?? []).filter((name) => !parents.has(name));
  await pLimit(jobs).map(others, (name) => bake(root, file, [name]));
}

async function bake(root: string, file: string, targets: readonly string[]): Promise<void> {
  await output("docker", ["buildx", "bake", "--progress", "plain", "--file", file, ...targets], { cwd: root });
}
