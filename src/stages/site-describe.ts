import type { Image } from "../model/image.js";
import { groupBy } from "../support/group.js";

/** A way to tell sets of images by parts of their names, and how a set is said in which all have the same parts. */
interface Grouping {
  readonly key: (image: Image) => string;
  readonly say: (image: Image, one: boolean) => string;
  /** Whether a few may be missing, which are then named. */
  readonly exceptions: boolean;
}

// From wide to narrow. Names have no spaces.
const groupings: readonly Grouping[] = [
  {
    key: ({ distribution }) => distribution.name,
    say: ({ distribution }) => `all on ${distribution.name}`,
    exceptions: false,
  },
  {
    key: ({ distribution, variant }) => `${distribution.name} ${variant}`,
    say: ({ distribution, variant }) => `${variant} on ${distribution.name}`,
    exceptions: true,
  },
  {
    key: ({ distribution, language }) => `${distribution.name} ${language}`,
    say: ({ distribution, language }) => `${language} on ${distribution.name}`,
    exceptions: false,
  },
  {
    key: ({ distribution, language, line }) => `${distribution.name} ${language} ${line}`,
    say: ({ distribution, language, line }, one) => `${one ? "" : `${language} `}${line} on ${distribution.name}`,
    exceptions: false,
  },
];

/**
 * Says which of some images a set is, in as few words as it takes: `all on trixie; dev on bookworm; runtime on bookworm but go, rust`. Where all
 * are of one language, that goes without saying.
 */
export function describeImages(some: readonly Image[], all: readonly Image[]): string {
  const one = new Set(all.map(({ language }) => language)).size === 1;
  const rest = new Set(some);
  const parts: string[] = [];
  for (const grouping of groupings) {
    for (const members of groupBy(all, grouping.key).values()) {
      const said = sayGroup(members, rest, grouping, one);
      if (said === undefined) continue;
      parts.push(said);
      for (const member of members) rest.delete(member);
    }
  }
  const left = groupBy(rest, ({ variant, distribution }) => `${variant} on ${distribution.name}`);
  return [...parts, ...[...left].map(([where, images]) => `${namesOf(images, one)} ${where}`)].join("; ");
}

/** Undefined where the set has too little of the group to be told by it. */
function sayGroup(
  members: readonly Image[],
  set: ReadonlySet<Image>,
  { say, exceptions }: Grouping,
  one: boolean,
): string | undefined {
  const [first] = members;
  const missing = members.filter((member) => !set.has(member));
  if (first === undefined || members.length < 2) return undefined;
  if (missing.length === 0) return say(first, one);
  const isFew = exceptions && members.length > 8 && missing.length * 3 <= members.length;
  return isFew ? `${say(first, one)} but ${namesOf(missing, one)}` : undefined;
}

/** `java 21, 25, python 3.13` */
function namesOf(images: readonly Image[], one: boolean): string {
  const byLanguage = groupBy(images, ({ language }) => language);
  return [...byLanguage]
    .map(([language, group]) => `${one ? "" : `${language} `}${group.map(({ line }) => line).join(", ")}`)
    .join(", ");
}
