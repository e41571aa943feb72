import type { Definition } from "../model/definition.js";
import type { Diagnostic } from "../model/diagnostic.js";
import type { LanguagePlan } from "../model/image.js";
import { canonical } from "../support/fingerprint.js";
import type { LoadedCatalog } from "./load.js";
import { type LockedPair, placeOfLine } from "./locked.js";
import type { TagPlan, TagSubject } from "./tags.js";

/** A complaint for each two lines that claim a tag, which names both, and for each tag that registries refuse. */
export function tagComplaints(
  loaded: LoadedCatalog,
  { language }: Definition,
  { collisions, invalid }: TagPlan,
): readonly Diagnostic[] {
  const placeOf = (subject: TagSubject) =>
    placeOfLine(loaded, language, { line: subject.line, distribution: subject.distribution.name });
  const seen = new Set<string>();
  const widestFirst = [...collisions].sort((a, b) => a.tag.length - b.tag.length || (a.tag < b.tag ? -1 : 1));
  const first = widestFirst.filter(({ subjects: [a, b] }) => {
    // Two lines that claim one tag claim a dozen: the widest says it all.
    const key = [placeOf(a), placeOf(b)]
      .map(({ line, column }) => `${line}:${column}`)
      .sort()
      .join();
    return !seen.has(key) && seen.add(key);
  });
  return [
    ...first.map(({ tag, subjects: [a, b] }): Diagnostic => {
      const other = placeOf(a);
      const message = `${language}:${tag} is claimed here and by ${a.line} on ${a.distribution.name} (${other.file}:${other.line}:${other.column})`;
      return { rule: "tag-collision", message, place: placeOf(b) };
    }),
    ...invalid.map(
      ({ tag, subject }): Diagnostic => ({
        rule: "invalid-tag",
        message: `registries refuse the tag ${JSON.stringify(tag)}`,
        place: placeOf(subject),
      }),
    ),
  ];
}

/** A complaint for each pair on a distribution that the base is not on. */
export function baseComplaints(
  loaded: LoadedCatalog,
  { language }: Definition,
  pairs: readonly LockedPair[],
): readonly Diagnostic[] {
  const { base } = loaded.catalog.settings;
  // As it is written: what the lock lacks of base has a complaint of its own.
  const written = loaded.catalog.definitions.find((definition) => definition.language === base)?.pairs ?? [];
  return pairs
    .filter(({ distribution }) => !written.some((pair) => pair.distribution === distribution.name))
    .map(({ pair, distribution }) => ({
      rule: "unknown-distribution",
      message: `${base} is not on ${distribution.name}: add it to languages/${base}.yaml`,
      place: placeOfLine(loaded, language, pair),
    }));
}

/** A complaint for each artifact that goes by the name and version of another, and is not the same: one would be taken for the other. */
export function artifactComplaints(
  { documents }: LoadedCatalog,
  languages: readonly LanguagePlan[],
): readonly Diagnostic[] {
  const all = languages.flatMap(({ language, pairs }) =>
    pairs.flatMap(({ images }) =>
      images.flatMap(({ artifacts }) => artifacts.map((artifact) => ({ language, artifact }))),
    ),
  );
  const first = new Map<string, (typeof all)[number]>();
  const complaints = new Map<string, Diagnostic>();
  for (const each of all) {
    const { language, artifact } = each;
    const other = first.get(artifact.reference) ?? each;
    first.set(artifact.reference, other);
    if (canonical(other.artifact) === canonical(artifact)) continue;
    const place = documents.get(language)?.placeOf(["artifacts", artifact.name], "key");
    const message = `${artifact.reference} is claimed here and by the artifact ${other.artifact.name} of ${other.language}, and they differ`;
    complaints.set(`${language} ${message}`, {
      rule: "tag-collision",
      message,
      ...(place === undefined ? {} : { place }),
    });
  }
  return [...complaints.values()];
}
