import { Failure } from "../model/failure.js";
import { output, run } from "./process.js";

/** A commit by its whole name. */
export type Commit = string & { readonly __brand: "Commit" };

/** The commit that a revision names: `main`, `HEAD~3`, `v1.2`. Throws a Failure where the folder is in no repository, or has no such revision. */
export async function findCommit(root: string, revision: string): Promise<Commit> {
  // What begins with a hyphen would be an option.
  if (revision === "" || revision.startsWith("-")) throw unknown(revision);
  const { exitCode, stderr } = await git(root, ["rev-parse", "--git-dir"]);
  const [reason = ""] = stderr.replace(/^fatal: /, "").split("\n");
  if (exitCode !== 0) throw new Failure(`nothing can be compared with ${revision}: ${reason}`);
  const found = await git(root, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`]);
  const commit = found.stdout.trim();
  if (found.exitCode !== 0 || !/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(commit)) throw unknown(revision);
  return commit as Commit;
}

const unknown = (revision: string): Failure =>
  new Failure(`git knows no revision ${JSON.stringify(revision)}: name a commit, a branch or a tag that was fetched`);

/** Files below some folders that are not as they were in a commit, by their paths from `root`: changed, new or gone, committed or not. */
export async function changedFiles(
  root: string,
  commit: Commit,
  folders: readonly string[],
): Promise<readonly string[]> {
  // A rename is a file that is gone and one that is new.
  const diff = ["diff", "--name-only", "-z", "--relative", "--no-renames", "--no-ext-diff", commit, "--", ...folders];
  const untracked = ["ls-files", "-z", "--others", "--exclude-standard", "--", ...folders];
  const lists = [await outputOf(root, diff), await outputOf(root, untracked)];
  return [...new Set(lists.flatMap((list) => list.split("\0")).filter((path) => path !== ""))].sort();
}

/** The text that a file had in a commit; undefined where it was not there. */
export async function readCommitted(root: string, commit: Commit, path: string): Promise<string | undefined> {
  const { exitCode, stdout } = await git(root, ["show", `${commit}:./${path}`]);
  return exitCode === 0 ? stdout : undefined;
}

const inFolder = (root: string, args: readonly string[]): readonly string[] => ["-C", root, ...args];
const git = (root: string, args: readonly string[]) => run("git", inFolder(root, args), { title: "git" });
const outputOf = (root: string, args: readonly string[]): Promise<string> => output("git", inFolder(root, args));
