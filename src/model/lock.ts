import { z } from "zod";
import { artifactLock, artifactName } from "./artifact.js";
import * as word from "./schema.js";

const byName = <T extends z.ZodType>(value: T) => z.record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/), value);

const cycle = z.strictObject({
  released: word.date.optional(),
  /** The date from which the line is a long-term support line. */
  lts: word.date.optional(),
  /** The date of the end of life, or false where none is set. */
  eol: z.union([word.date, z.boolean()]).optional(),
  /** The end of extended support. */
  extended: word.date.optional(),
});

/** What a pair's entry and a distribution's have in common: the date on which the entry last changed. */
const entry = { date: word.date };

const distributionLock = z.strictObject({
  /** The release's own version: `13.7`, `3.24.0`. */
  version: word.packageVersion,
  /** The manifest or index that the image's name stood for, where a registry answered. */
  digest: word.sha256.optional(),
  ...entry,
});

const ended = z.enum(["upstream", "distribution"]);

const pairLock = z.strictObject({
  /** The upstream version of the language. */
  version: word.packageVersion,
  /** What the packages that the definition names were, in the distribution's own form. */
  packages: z.record(word.packageName, word.packageVersion),
  /** Who no longer supported the line when it was resolved; absent while both do. What neither supports is refused. */
  ended: ended.optional(),
  /** What the artifacts that it names were; absent where it names none. */
  artifacts: z.record(artifactName, artifactLock).optional(),
  ...entry,
  /** Of variants of which only a package moved since, the date on which it did. */
  later: z.record(word.variantName, word.date).optional(),
});

/** `catalog.lock.yaml`. */
export const lockFile = z.strictObject({
  lockfile: z.literal(1),
  /** Of everything in the definitions that `resolve` reads. */
  definitions: word.sha256,
  distributions: byName(distributionLock),
  /** language → release line → distribution */
  pairs: byName(byName(byName(pairLock))),
  /** endoflife.date's product → release line */
  cycles: byName(byName(cycle)),
});

export type Lock = Readonly<z.infer<typeof lockFile>>;
export type Ended = z.infer<typeof ended>;
export type PairLock = Readonly<z.infer<typeof pairLock>>;
export type DistributionLock = Readonly<z.infer<typeof distributionLock>>;
export type Cycle = Readonly<z.infer<typeof cycle>>;

/** Seconds since 1970 of a lock entry's date, for `SOURCE_DATE_EPOCH`. */
export function epochOf({ date }: { readonly date: string }): number {
  return Date.parse(`${date}T00:00:00Z`) / 1000;
}
