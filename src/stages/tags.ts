import { compareReleases, type Distribution } from "../model/catalog.js";
import type { Variant } from "../model/definition.js";
import type { Tag } from "../model/reference.js";
import { parseTag } from "../model/reference.js";
import { compareVersions, isPrerelease, prefixesOf, type Version } from "../model/version.js";

/** A release line on a distribution, as far as its tags go. */
export interface TagSubject {
  readonly line: string;
  readonly version: Version;
  readonly distribution: Distribution;
  readonly aliases: readonly string[];
  readonly variants: readonly Variant[];
}

export interface TagCollision {
  readonly tag: string;
  readonly subjects: readonly [TagSubject, TagSubject];
}

export interface TagPlan {
  /** The tags of a subject's variant, narrowest first. */
  readonly tagsOf: (subject: TagSubject, variant: Variant) => readonly Tag[];
  readonly collisions: readonly TagCollision[];
  readonly invalid: readonly { readonly tag: string; readonly subject: TagSubject }[];
}

/** What precedes the distribution in a tag. `rank` orders from narrow to wide. */
interface Name {
  readonly text: string;
  readonly kind: "exact" | "prefix" | "alias" | "newest";
  readonly rank: number;
}

/** The set of distributions among which a tag chooses: one, a family, or all. `suffix` is how a tag says so. */
interface Scope {
  readonly suffix: string;
  readonly rank: number;
  readonly distance: (a: Distribution, b: Distribution) => number;
}

interface Claim {
  readonly tag: string;
  readonly subject: TagSubject;
  readonly variant: Variant;
  readonly order: number;
}

/** All tags of one repository, a pure function of its subjects whatever their order. */
export function planTags(subjects: readonly TagSubject[]): TagPlan {
  const variants = [...new Set(subjects.flatMap((subject) => subject.variants))].sort();
  const claims: Claim[] = [];
  const collisions: TagCollision[] = [];
  for (const variant of variants) {
    const carriers = subjects.filter((subject) => subject.variants.includes(variant));
    for (const group of groupsOf(carriers)) {
      const { winner, rivals } = choose(group);
      const tag = formatTag(group.name, group.scope, variant);
      claims.push({ tag, subject: winner, variant, order: group.name.rank * 10 + group.scope.rank });
      collisions.push(...rivals.map((rival) => ({ tag, subjects: [winner, rival] as const })));
    }
  }
  return tagPlan(claims, collisions);
}

function tagPlan(claims: readonly Claim[], rivalries: readonly TagCollision[]): TagPlan {
  const collisions = [...rivalries];
  const owners = new Map<string, Claim>();
  const tags = new Map<TagSubject, Map<Variant, Tag[]>>();
  const invalid: { tag: string; subject: TagSubject }[] = [];
  for (const claim of [...claims].sort((a, b) => a.order - b.order)) {
    const owner = owners.get(claim.tag);
    const tag = parseTag(claim.tag);
    if (tag === undefined) {
      invalid.push(claim);
    } else if (owner === undefined) {
      owners.set(claim.tag, claim);
      const bySubject = tags.get(claim.subject) ?? new Map<Variant, Tag[]>();
      bySubject.set(claim.variant, [...(bySubject.get(claim.variant) ?? []), tag]);
      tags.set(claim.subject, bySubject);
    } else if (owner.subject !== claim.subject || owner.variant !== claim.variant) {
      collisions.push({ tag: claim.tag, subjects: [owner.subject, claim.subject] });
    }
  }
  return { tagsOf: (subject, variant) => tags.get(subject)?.get(variant) ?? [], collisions, invalid };
}

interface Group {
  readonly name: Name;
  readonly scope: Scope;
  readonly subjects: TagSubject[];
}

/** The subjects that could carry each tag. */
function groupsOf(subjects: readonly TagSubject[]): Iterable<Group> {
  const groups = new Map<string, Group>();
  for (const subject of subjects) {
    for (const name of namesOf(subject)) {
      for (const scope of scopesOf(subject.distribution)) {
        const key = `${name.kind === "alias" ? "alias " : ""}${name.text}\n${scope.suffix}`;
        const group = groups.get(key) ?? { name, scope, subjects: [] };
        // A name is as wide as the widest use of it, so that the order does not depend on the order of the input.
        groups.set(key, name.rank > group.name.rank ? { ...group, name } : group);
        group.subjects.push(subject);
      }
    }
  }
  return groups.values();
}

function namesOf({ version, line, aliases }: TagSubject): readonly Name[] {
  const [exact = version.text, ...shorter] = prefixesOf(version);
  // A pre-release may have its own release line's name, and no shorter one: 3 is never 3.15-rc.
  const prefixes = isPrerelease(version) && exact !== line ? [line] : shorter;
  return [
    { text: exact, kind: "exact", rank: 0 },
    ...prefixes.map((text) => ({ text, kind: "prefix" as const, rank: 100 - text.length })),
    ...aliases.map((text) => ({ text, kind: "alias" as const, rank: 200 })),
    { text: "", kind: "newest", rank: 300 },
  ];
}

/** A distribution that is newer than its family's floating one has tags of its own, and none of the family's. */
function scopesOf(distribution: Distribution): readonly Scope[] {
  return [
    { suffix: distribution.name, rank: 0, distance: () => 0 },
    ...(distribution.floats ? [{ suffix: distribution.family, rank: 1, distance: newestRelease }] : []),
    { suffix: "", rank: 2, distance: (a, b) => a.preference - b.preference || newestRelease(a, b) },
  ];
}

const newestRelease = (a: Distribution, b: Distribution): number => {
  return compareReleases(b, a) || (a.name < b.name ? -1 : Number(a.name > b.name));
};

/** The newest stable version; of equals the one that the scope puts first. What remains equal is a rival for the tag. */
function choose({ subjects, scope, name }: Group): {
  readonly winner: TagSubject;
  readonly rivals: readonly TagSubject[];
} {
  const [only] = subjects;
  if (subjects.length === 1 && only !== undefined) return { winner: only, rivals: [] };
  const stableFirst = (a: TagSubject, b: TagSubject) =>
    Number(isPrerelease(a.version)) - Number(isPrerelease(b.version));
  const order = (a: TagSubject, b: TagSubject) =>
    stableFirst(a, b) || compareVersions(b.version, a.version) || scope.distance(a.distribution, b.distribution);
  const [winner, ...others] = [...subjects].sort((a, b) => order(a, b) || (a.line < b.line ? -1 : 1)) as [
    TagSubject,
    ...TagSubject[],
  ];
  // Without the tag that no other version or distribution shares, an image would have no name of its own.
  const losesItsOwn = (other: TagSubject) => scope.rank === 0 && prefixesOf(other.version)[0] === name.text;
  const losesAlias = (other: TagSubject) => name.kind === "alias" && other.line !== winner.line;
  const isRival = (other: TagSubject) => losesItsOwn(other) || losesAlias(other) || order(winner, other) === 0;
  return { winner, rivals: others.filter(isRival) };
}

/** Version, distribution, variant: tools that compare tags take what follows the first hyphen as the compatible family. */
function formatTag(name: Name, { suffix }: Scope, variant: Variant): string {
  const parts = [name.text, suffix, variant === "runtime" ? "" : variant].filter((part) => part !== "");
  return parts.length === 0 ? "latest" : parts.join("-");
}
