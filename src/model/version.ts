import semver from "semver";

/**
 * The version of a language as its makers write it, put in order whatever its form: semver (`24.16.0`), fewer parts
 * (`5.4`), more (`28.1.2.3`), a build (`21.0.8_p9`, `21.0.8+9`) or a pre-release (`3.15.0rc1`, `3.15.0b2`, `8.5.0_rc1`).
 */
export interface Version {
  readonly text: string;
  /** The first three numbers, and the pre-release if it is one. */
  readonly semver: semver.SemVer;
  /** The numbers after the third: further parts and builds. */
  readonly rest: readonly number[];
}

const pattern =
  /^(\d{1,15}(?:\.\d{1,15})*)(?:[~_.-]?(alpha|beta|pre|rc|[ab](?=\d))[.-]?(\d{1,15})?)?(?:(?:[+_]p?|p)(\d{1,15}))?$/;

export function parseVersion(text: string): Version | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, numbers = "", stage, stageNumber, build] = match;
  const parts = numbers.split(".").map(Number);
  const [major = 0, minor = 0, patch = 0, ...further] = parts;
  const prerelease = stage === undefined ? "" : `-${stage}.${Number(stageNumber ?? 0)}`;
  const parsed = semver.parse(`${major}.${minor}.${patch}${prerelease}`);
  if (parsed === null) return undefined;
  return { text, semver: parsed, rest: build === undefined ? further : [...further, Number(build)] };
}

export function isPrerelease(version: Version): boolean {
  return version.semver.prerelease.length > 0;
}

/** Negative where `a` is older. */
export function compareVersions(a: Version, b: Version): number {
  const main = semver.compare(a.semver, b.semver);
  if (main !== 0) return main;
  for (let index = 0; index < Math.max(a.rest.length, b.rest.length); index += 1) {
    const difference = (a.rest[index] ?? -1) - (b.rest[index] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether two texts are one version: a language writes `21.0.8+9` where a distribution writes `21.0.8_p9`. */
export function isSameVersion(a: string, b: string): boolean {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  return left !== undefined && right !== undefined && compareVersions(left, right) === 0;
}

/** `24.16.0` → `24.16.0`, `24.16`, `24`: what a version may be called, longest first. A build is part of the longest only. */
export function prefixesOf(version: Version): readonly string[] {
  // "+" is not allowed in a tag; OCI tools write "_" for it.
  const full = version.text.replaceAll("+", "_").replaceAll("~", "-");
  if (isPrerelease(version)) return [full];
  const [numbers = ""] = /^[\d.]+/.exec(full) ?? [];
  const parts = numbers.split(".");
  const shorter = parts.map((_, index) => parts.slice(0, parts.length - index).join("."));
  return [...new Set([full, ...shorter])];
}

/** Whether `24.16.0` is of the release line `24`, and not of `2`. */
export function isOfLine(version: Version, line: string): boolean {
  return version.text === line || (version.text.startsWith(line) && /^[^\d]/.test(version.text.slice(line.length)));
}
