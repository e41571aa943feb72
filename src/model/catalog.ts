import { z } from "zod";
import type { Definition } from "./definition.js";
import type { Family, Platform } from "./platform.js";
import * as word from "./schema.js";

const distributionFile = z.strictObject({
  family: word.family,
  release: word.lineName.describe("The release's number, as in the release-cycle data."),
  branch: z
    .string()
    .regex(/^[a-z0-9.-]{1,32}$/)
    .describe("The folder on a mirror: Debian's suite or Alpine's branch."),
  image: word.imageReference.describe("The distribution's own image."),
});

/** `catalog.yaml` as it is written. */
export const catalogFile = z.strictObject({
  namespace: word.namespace.describe("The first part of every repository."),
  title: word.oneLine,
  source: word.url.optional().describe("Where the catalog's sources are; goes into a label."),
  base: word.languageName.describe("The definition that all others are built on."),
  user: word.user.describe("The uid and gid of runtime images."),
  platforms: z.array(word.platform).min(1),
  distributions: z.record(word.distributionName, distributionFile),
  prefer: z
    .array(word.distributionName)
    .describe("Where a tag names no distribution, the first of these that carries the version."),
  floating: z
    .strictObject({ alpine: word.distributionName.optional(), debian: word.distributionName.optional() })
    .describe("By family: the distribution that a family's tags, such as 24-alpine, are on, and none that is newer."),
  mirrors: z
    .strictObject({ alpine: word.url.optional(), debian: word.url.optional() })
    .optional()
    .describe("Where package indexes are read; for debian, the mirror of this host's apt where none is named."),
  cycles: word.url
    .optional()
    .describe("Where release-cycle data are read: a folder with PRODUCT.json, as endoflife.date has it."),
  maximumAge: z
    .int()
    .min(1)
    .optional()
    .describe("Days after which a published image is rebuilt, although nothing is known to have changed."),
  quickstart: z.array(word.selectorText).min(1).describe("What `make` builds."),
});

export type CatalogFile = z.infer<typeof catalogFile>;

export interface Distribution {
  /** `trixie`, `alpine3.24` */
  readonly name: string;
  readonly family: Family;
  /** `13`, `3.24` */
  readonly release: string;
  /** `trixie`, `v3.24` */
  readonly branch: string;
  /** `docker.io/library/debian:trixie-slim` */
  readonly image: string;
  /** Position in the catalog's order of preference; 0 is the most preferred. */
  readonly preference: number;
  /** Whether its family's tags may be on it: not where it is newer than the one that the catalog names for that. */
  readonly floats: boolean;
}

/** Negative where `a` is the older release. */
export function compareReleases(a: Pick<Distribution, "release">, b: Pick<Distribution, "release">): number {
  const [left, right] = [a.release.split(".").map(Number), b.release.split(".").map(Number)];
  const index = left.findIndex((part, position) => part !== right[position]);
  return index === -1 ? left.length - right.length : (left[index] ?? -1) - (right[index] ?? -1);
}

export interface CatalogSettings {
  readonly namespace: string;
  readonly title: string;
  readonly source?: string;
  readonly base: string;
  readonly user: number;
  readonly platforms: readonly Platform[];
  readonly distributions: readonly Distribution[];
  /** URL of each family's package mirror. */
  readonly mirrors: Readonly<Partial<Record<Family, string>>>;
  /** URL of the release-cycle data. */
  readonly cycles?: string;
  readonly quickstart: readonly string[];
  /** Days. */
  readonly maximumAge?: number;
}

/** A catalog as it is meant: settings and definitions, without the lock. */
export interface Catalog {
  readonly settings: CatalogSettings;
  /** Sorted by language. */
  readonly definitions: readonly Definition[];
}
