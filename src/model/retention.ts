import type { Digest, Tag } from "./reference.js";

/** A tag of a repository, and what it points at. */
export interface TaggedDigest {
  readonly tag: Tag;
  readonly digest: Digest;
}

/** Of each image, so many of the newest unique tags stay, and those of so many days. */
export const retention = { builds: 3, days: 90 } as const;

/**
 * A unique tag: `24.16.0-trixie-dev-20261121.2`. Named groups as Renovate's regex versioning has them: what stands between version
 * and day is compatible with itself alone. RE2 reads it too, so nothing looks around.
 */
export const uniqueTagPattern =
  "^(?<major>\\d+)(?:\\.(?<minor>\\d+))?(?:\\.(?<patch>\\d+))?[^-]*-(?<compatibility>[a-z].*)-(?<build>\\d{8})(?:\\.(?<revision>\\d+))?$";

interface UniqueTag extends TaggedDigest {
  /** What it is a build of: a version without its patch, distribution and variant. */
  readonly image: string;
  /** `20261121` */
  readonly day: string;
  readonly revision: number;
}

/** The unique tags of a repository that the rule lets go, oldest first: not the newest of their image, not young, and in no other tag's place. */
export function expiredTags(tags: readonly TaggedDigest[], today: string): readonly Tag[] {
  const unique = tags.flatMap((each) => readUnique(each) ?? []).sort(byAge);
  const isUnique = new Set<Tag>(unique.map(({ tag }) => tag));
  const inUse = new Set(tags.filter(({ tag }) => !isUnique.has(tag)).map(({ digest }) => digest));
  const youngest = dayBefore(today, retention.days);
  const images = new Set(unique.map(({ image }) => image));
  return [...images]
    .flatMap((image) => unique.filter((each) => each.image === image).slice(0, -retention.builds))
    .filter(({ digest, day }) => !inUse.has(digest) && day < youngest)
    .sort(byAge)
    .map(({ tag }) => tag);
}

function readUnique({ tag, digest }: TaggedDigest): UniqueTag | undefined {
  const { major, minor = "", compatibility, build, revision } = new RegExp(uniqueTagPattern).exec(tag)?.groups ?? {};
  if (build === undefined) return undefined;
  return { tag, digest, image: `${major}.${minor}-${compatibility}`, day: build, revision: Number(revision ?? 1) };
}

const byAge = (a: UniqueTag, b: UniqueTag): number =>
  Number(a.day) - Number(b.day) || a.revision - b.revision || (a.tag < b.tag ? -1 : 1);

/** `20260823` for 90 days before `20261121`. */
function dayBefore(day: string, days: number): string {
  const date = new Date(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6, 8)}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() - days);
  return date.toISOString().slice(0, 10).replaceAll("-", "");
}
