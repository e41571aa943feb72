import type { PackageVersion } from "./package.js";
import { splitDebian } from "./package.js";
import type { Family } from "./platform.js";

/** Negative where `a` is older, by the family's own order. */
export function comparePackageVersions(family: Family, a: PackageVersion, b: PackageVersion): number {
  if (a === b) return 0;
  return family === "debian" ? compareDebian(a, b) : compareAlpine(a, b);
}

/** deb-version(7): the epoch, then the upstream version, then the revision. */
function compareDebian(a: PackageVersion, b: PackageVersion): number {
  const [left, right] = [splitDebian(a), splitDebian(b)];
  const epochs = Number.parseInt(left.epoch || "0", 10) - Number.parseInt(right.epoch || "0", 10);
  return (
    epochs || compareRuns(left.upstream, right.upstream) || compareRuns(left.revision ?? "0", right.revision ?? "0")
  );
}

/** Runs of digits as numbers, all else letter by letter: "~" before the end, letters before other characters. */
function compareRuns(a: string, b: string): number {
  const [left, right] = [runsOf(a), runsOf(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = compareRun(left[index] ?? "", right[index] ?? "");
    if (difference !== 0) return difference;
  }
  return 0;
}

const runsOf = (text: string): readonly string[] => text.match(/\d+|\D/g) ?? [];
const isNumber = (run: string): boolean => /^\d/.test(run);

function compareRun(a: string, b: string): number {
  if (isNumber(a) && isNumber(b)) return Number(a) - Number(b);
  return weightOf(a) - weightOf(b);
}

/** A number and the end weigh the same: digits begin only where both have them, or one has ended. */
function weightOf(run: string): number {
  if (run === "~") return -1;
  if (run === "" || isNumber(run)) return run === "" || Number(run) === 0 ? 0 : 0.5;
  const code = run.codePointAt(0) ?? 0;
  return /[A-Za-z]/.test(run) ? code : code + 256;
}

/** Suffixes from the oldest to the newest; the version itself stands where the empty one does. */
const alpineSuffixes = ["alpha", "beta", "pre", "rc", "", "cvs", "svn", "git", "hg", "p"];
const alpinePattern = /^(\d+(?:\.\d+)*)([a-z]?)((?:_[a-z]+\d*)*)(?:~[0-9a-f]+)?(?:-r(\d+))?$/;

/** apk-package(5): numbers with dots, then a letter, then suffixes, then the revision. */
function compareAlpine(a: PackageVersion, b: PackageVersion): number {
  const [left, right] = [alpinePattern.exec(a), alpinePattern.exec(b)];
  if (left === null || right === null) return compareDebian(a, b);
  const [, leftNumbers = "", leftLetter = "", leftSuffixes = "", leftRevision = "0"] = left;
  const [, rightNumbers = "", rightLetter = "", rightSuffixes = "", rightRevision = "0"] = right;
  return (
    compareLists(leftNumbers.split(".").map(Number), rightNumbers.split(".").map(Number), -1) ||
    compareRuns(leftLetter, rightLetter) ||
    compareLists(weightsOfSuffixes(leftSuffixes), weightsOfSuffixes(rightSuffixes), 0) ||
    Number(leftRevision) - Number(rightRevision)
  );
}

/** `_rc2` → `[-1, 2]`: the suffix's place from that of the version itself, and its number. */
function weightsOfSuffixes(text: string): readonly number[] {
  const suffixes = [...text.matchAll(/_([a-z]+)(\d*)/g)];
  return suffixes.flatMap(([, name = "", number = ""]) => [
    alpineSuffixes.indexOf(name) - alpineSuffixes.indexOf(""),
    Number(number),
  ]);
}

/** By the first that differs; what is absent counts as `absent`. */
function compareLists(a: readonly number[], b: readonly number[], absent: number): number {
  const differences = Array.from(
    { length: Math.max(a.length, b.length) },
    (_, index) => (a[index] ?? absent) - (b[index] ?? absent),
  );
  return differences.find((difference) => difference !== 0) ?? 0;
}
