import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { repository } from "./paths.js";

/** A runner knows nobody, and what a user has configured must not decide what a test finds. */
export const gitEnv = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" } as const;
const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"];

export function git(folder: string, ...args: readonly string[]): string {
  const env = { ...process.env, ...gitEnv };
  const options = { env, encoding: "utf8", stdio: "pipe" } as const;
  return execFileSync("git", ["-C", folder, ...identity, ...args], options).trim();
}

export function commitAll(folder: string, message: string): string {
  git(folder, "add", "--all", ".");
  git(folder, "commit", "--quiet", "--message", message);
  return git(folder, "rev-parse", "HEAD");
}

/** A repository to clone from and to push to, with the files that this one tracks, as they are here, changed by `change`. */
export function makeOrigin(folder: string, change: (checkout: string) => void): string {
  const [first, origin] = [join(folder, "first"), join(folder, "origin.git")];
  mkdirSync(first, { recursive: true });
  for (const path of git(repository, "ls-files", "-z", "--cached")
    .split("\0")
    .filter((each) => each !== "")) {
    mkdirSync(dirname(join(first, path)), { recursive: true });
    cpSync(join(repository, path), join(first, path));
  }
  change(first);
  git(first, "init", "--quiet", "--initial-branch", "main");
  commitAll(first, "The catalog as it is");
  git(folder, "clone", "--quiet", "--bare", first, origin);
  return origin;
}

/** Clones a repository at a branch or a commit; what `make compile` would make is linked. */
export function checkOut(origin: string, folder: string, revision = "main"): string {
  git(dirname(origin), "clone", "--quiet", origin, folder);
  git(folder, "checkout", "--quiet", revision);
  for (const made of ["node_modules", "dist"]) symlinkSync(join(repository, made), join(folder, made));
  // `node_modules/` in .gitignore is for a folder, and not for a link.
  writeFileSync(join(folder, ".git", "info", "exclude"), "node_modules\ndist\n");
  return folder;
}

/** As which definitions the lock was made from. */
export function setChecksum(folder: string, checksum: string): void {
  edit(join(folder, "catalog.lock.yaml"), (text) => text.replace(/^definitions: .*$/m, `definitions: ${checksum}`));
}

export function edit(file: string, change: (text: string) => string): void {
  const before = readFileSync(file, "utf8");
  if (change(before) === before) throw new Error(`the change of ${file} changes nothing`);
  writeFileSync(file, change(before));
}
