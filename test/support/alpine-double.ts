import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openCatalog } from "../../src/commands/catalog.js";
import { repository } from "./paths.js";

export interface DoubleOptions {
  /** `3.24` */
  readonly branch: string;
  /** Lines of "name version [dependency...]". */
  readonly packages: string;
  /** Where to write the list of packages. */
  readonly folder: string;
  /** The reference of the image. */
  readonly tag: string;
  /** Whether /bin, /sbin and /lib lead to /usr. */
  readonly mergedUsr?: boolean;
}

/** Makes an image that stands in for Alpine's and is none: see the README beside its script. */
export function makeAlpineDouble({ branch, packages, folder, tag, mergedUsr = false }: DoubleOptions): void {
  const script = join(repository, "test", "support", "alpine-double", "make-double.sh");
  const list = join(folder, `double-${branch}`);
  writeFileSync(list, packages);
  const args = [script, "--branch", branch, "--packages", list, "--tag", tag, ...(mergedUsr ? ["--merged-usr"] : [])];
  execFileSync("sh", args, { stdio: "pipe" });
}

/** Lines of names and versions, of all packages that a catalog's lock has of a distribution. */
export function lockedPackages(root: string, distribution: string): string {
  const opened = openCatalog(root);
  if (!opened.ok) throw new Error(opened.diagnostics.map(({ message }) => message).join("\n"));
  const entries = Object.values(opened.value.lock.pairs).flatMap((lines) =>
    Object.values(lines).map((line) => line[distribution]?.packages ?? {}),
  );
  const packages = new Map(entries.flatMap((each): [string, string][] => Object.entries(each)));
  return [...packages]
    .map(([name, version]) => `${name} ${version}\n`)
    .sort()
    .join("");
}
