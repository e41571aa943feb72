import type { ArtifactLock } from "../model/artifact.js";
import type { Cycle, Lock } from "../model/lock.js";

/** `python 3.13 on trixie: 3.13.5 → 3.13.6`; nothing for entries that are the same. */
export function movesBetween(previous: Lock | undefined, next: Lock): readonly string[] {
  const before = flatten(previous);
  const after = flatten(next);
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((key) => {
    const [from, to] = [before.get(key), after.get(key)];
    if (from === to) return [];
    return [from === undefined ? `${key}: ${to}` : to === undefined ? `${key}: gone` : `${key}: ${from} → ${to}`];
  });
}

/** `released 2025-05-06, long-term support from 2025-10-28, end of life 2028-04-30` */
function describeCycle({ released, lts, eol, extended }: Cycle): string {
  const dates = { released, "long-term support from": lts, "end of life": eol, extended };
  return Object.entries(dates)
    .flatMap(([name, date]) => (date === undefined ? [] : [`${name} ${date}`]))
    .join(", ");
}

/** Its checksums too, shortened: that they change and the version does not is worth a look. */
const describeArtifact = ({ version, platforms }: ArtifactLock): string =>
  [version, ...Object.values(platforms).map(({ integrity }) => integrity.slice(0, "sha512-".length + 8))].join(" ");

function flatten(lock: Lock | undefined): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [name, { version, digest }] of Object.entries(lock?.distributions ?? {})) {
    values.set(name, digest === undefined ? version : `${version} ${digest}`);
  }
  for (const [language, lines] of Object.entries(lock?.pairs ?? {})) {
    for (const [line, distributions] of Object.entries(lines)) {
      for (const [distribution, { version, packages, ended, artifacts = {} }] of Object.entries(distributions)) {
        const where = `${language} ${line} on ${distribution}`;
        values.set(where, version);
        if (ended !== undefined) values.set(`${where}, support`, `ended by ${ended}`);
        for (const [name, packageVersion] of Object.entries(packages)) values.set(`${where}, ${name}`, packageVersion);
        for (const [name, artifact] of Object.entries(artifacts))
          values.set(`${where}, artifact ${name}`, describeArtifact(artifact));
      }
    }
  }
  for (const [product, lines] of Object.entries(lock?.cycles ?? {})) {
    for (const [line, cycle] of Object.entries(lines))
      values.set(`release cycle of ${product} ${line}`, describeCycle(cycle));
  }
  if (lock !== undefined) values.set("definitions", lock.definitions.slice(0, "sha256:".length + 12));
  return values;
}
