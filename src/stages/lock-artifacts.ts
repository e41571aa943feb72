import semver from "semver";
import type { ArtifactDefinition, ArtifactLock } from "../model/artifact.js";
import type { Definition, PairDefinition } from "../model/definition.js";
import type { Platform } from "../model/platform.js";
import type { NpmVersion } from "../ports/npm.js";

/** Why an index or a registry could not be asked. */
export interface Unreachable {
  readonly unreachable: string;
}

/** By `name@range`; undefined where there is no such package. */
export type NpmFacts = ReadonlyMap<string, readonly NpmVersion[] | Unreachable | undefined>;

const keyOf = (name: string, range: string): string => `${name}@${range}`;

/** Every package that the definitions want to know of, with the range. */
export function npmQuestions(
  definitions: readonly Definition[],
): readonly { readonly key: string; readonly name: string; readonly range: string }[] {
  const sources = definitions.flatMap(({ pairs }) =>
    pairs.flatMap(({ artifacts }) => artifacts.map((each) => each.source)),
  );
  const questions = sources.flatMap((source) =>
    source.kind === "npm"
      ? Object.values(source.packages).map((name) => ({ key: keyOf(name, source.range), name, range: source.range }))
      : [],
  );
  return [...new Map(questions.map((question) => [question.key, question])).values()];
}

export type LockedArtifacts =
  | { readonly kind: "locked"; readonly artifacts: Readonly<Record<string, ArtifactLock>> }
  | { readonly kind: "unreachable"; readonly reason: string }
  | { readonly kind: "missing"; readonly name: string; readonly message: string };

/** What is current of each artifact of a pair: for npm, the highest version that all of its platforms have. */
export function lockArtifacts({ artifacts, platforms }: PairDefinition, facts: NpmFacts): LockedArtifacts {
  const locked: Record<string, ArtifactLock> = {};
  for (const artifact of artifacts) {
    const found = lockArtifact(artifact, platforms, facts);
    if ("kind" in found) return found;
    locked[artifact.name] = found;
  }
  return { kind: "locked", artifacts: locked };
}

function lockArtifact(
  { name, source }: ArtifactDefinition,
  platforms: readonly Platform[],
  facts: NpmFacts,
): ArtifactLock | Exclude<LockedArtifacts, { kind: "locked" }> {
  if (source.kind === "url") {
    const files = platforms.map((platform) => [platform, { integrity: source.files[platform]?.integrity ?? "" }]);
    return { version: source.version, platforms: Object.fromEntries(files) };
  }
  const missing = (message: string) => ({ kind: "missing" as const, name, message });
  const known: { platform: Platform; npm: string; byVersion: ReadonlyMap<string, string> }[] = [];
  for (const platform of platforms) {
    const npm = source.packages[platform] ?? "";
    const fact = facts.get(keyOf(npm, source.range));
    if (fact === undefined) return missing(`npm has no package ${npm}`);
    if ("unreachable" in fact) return { kind: "unreachable", reason: fact.unreachable };
    known.push({ platform, npm, byVersion: trusted(fact, source.range) });
  }
  const [version] = [...(known[0]?.byVersion.keys() ?? [])]
    .filter((each) => known.every(({ byVersion }) => byVersion.has(each)))
    .sort(semver.rcompare);
  if (version === undefined) {
    const names = [...new Set(known.map(({ npm }) => npm))].join(" and ");
    return missing(
      `npm has no version of ${names} for ${source.range} that is released, not deprecated, and has a checksum`,
    );
  }
  const entries = known.map(({ platform, npm, byVersion }) => [
    platform,
    { npm, integrity: byVersion.get(version) as string },
  ]);
  return { version, platforms: Object.fromEntries(entries) };
}

/** Version → integrity of those that may be taken. */
function trusted(versions: readonly NpmVersion[], range: string): ReadonlyMap<string, string> {
  return new Map(
    versions.flatMap(({ version, integrity, deprecated }) =>
      integrity !== undefined && !deprecated && isReleaseOf(version, range) ? [[version, integrity] as const] : [],
    ),
  );
}

/** As it is written: the library takes versions with a v or spaces around them too, which a lock does not. */
const isReleaseOf = (version: string, range: string): boolean =>
  semver.valid(version) === version && semver.satisfies(version, range) && semver.prerelease(version) === null;
