import { z } from "zod";
import type { Digest } from "./reference.js";
import type { SbomEntry } from "./sbom-reader.js";
import { digest, machine, readDocument, word } from "./untrusted.js";

/** What IANA registered for SPDX's JSON: layer and artifact type of a bill of materials that is attached to an image. */
export const sbomType = "application/spdx+json";

/**
 * Layer and artifact type of what changed in an image. Of the vendor tree (RFC 6838, 3.2), for no standard has such a document; `v1`, so
 * that a reader of today refuses one that means something else; `+json`, so that every tool knows how to show it.
 */
export const changesType = "application/vnd.ingot.changes.v1+json";

/** An image before or after a change. */
export interface ChangedImage {
  /** Of the image's manifest, as the registry has it. */
  readonly digest: Digest;
  /** `3.13.5` */
  readonly version?: string;
  /** Bytes that a registry stores of it: its layers, compressed. */
  readonly size?: number;
}

/** A package that was there before and is still, at another version. */
export interface UpdatedPackage {
  readonly name: string;
  readonly architecture?: string;
  readonly from: string;
  readonly to: string;
}

export interface PackageChanges {
  readonly added: readonly SbomEntry[];
  readonly removed: readonly SbomEntry[];
  readonly updated: readonly UpdatedPackage[];
}

/** What is in an image that was not in the one that its tag pointed at before, and why it was built. */
export interface Changes {
  readonly schemaVersion: 1;
  /** `linux/arm64` */
  readonly platform?: string;
  /** Absent for the first image under its tag. */
  readonly previous?: ChangedImage;
  readonly current: ChangedImage;
  /** Short sentences: why it was built. */
  readonly reasons: readonly string[];
  /** Absent where nobody knows what was in the previous image, and for the first. */
  readonly packages?: PackageChanges;
}

const limits = { packages: 20_000, reasons: 100, text: 300 };
const unprintable = String.raw`\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}`;

const sentence = z.string().regex(new RegExp(`^[^${unprintable}]{1,${limits.text}}$`, "u"));
const architecture = machine.optional();
const image = z.object({ digest, version: word.optional(), size: z.int().min(0).optional() });
const entry = z.object({ name: word, version: word, architecture });
const update = z.object({ name: word, architecture, from: word, to: word });

const list = <T extends z.ZodType>(item: T) => z.array(item).max(limits.packages);

/** As a registry keeps it, which is believed in nothing: what is too much, or could control a terminal, is refused. */
const document = z.object({
  schemaVersion: z.literal(1),
  platform: z
    .string()
    .regex(/^[a-z0-9]{1,32}\/[a-z0-9_]{1,32}(?:\/[a-z0-9.]{1,32})?$/)
    .optional(),
  previous: image.optional(),
  current: image,
  reasons: z.array(sentence).max(limits.reasons),
  packages: z.object({ added: list(entry), removed: list(entry), updated: list(update) }).optional(),
});

/** Reads a document that a registry kept. Throws a Failure where it is none. */
export function readChanges(text: string): Changes {
  return readDocument(text, document, "list of changes") as Changes;
}

/** The same changes give the same bytes, whatever the order in which their reasons came up; they can be read again. */
export function formatChanges({ schemaVersion, platform, previous, current, reasons, packages }: Changes): string {
  const safe = [...new Set(reasons.map(toSentence).filter((reason) => reason !== ""))].sort();
  const images = { previous: previous && withReadableVersion(previous), current: withReadableVersion(current) };
  const value = { schemaVersion, platform, ...images, reasons: safe.slice(0, limits.reasons), packages };
  return `${JSON.stringify(value, undefined, 1)}\n`;
}

/** A version is what a label of an image says, and that can be anything: one that is none is left out. */
function withReadableVersion({ digest, version, size }: ChangedImage): ChangedImage {
  return {
    digest,
    ...(word.safeParse(version).success && version !== undefined ? { version } : {}),
    ...(size === undefined ? {} : { size }),
  };
}

/** What a tool or a person wrote, so that it can be read back. */
function toSentence(text: string): string {
  const line = text.replace(new RegExp(`[${unprintable}\\s]+`, "gu"), " ").trim();
  return [...line].slice(0, limits.text).join("").trim();
}

/**
 * What became of the packages of an image. One that is there once before and once after is updated; where an image has one twice
 * (two versions for one machine), each that is at one side alone is added or removed.
 */
export function comparePackages(before: readonly SbomEntry[], after: readonly SbomEntry[]): PackageChanges {
  const [gone, come] = [without(before, after), without(after, before)];
  const [goneOf, comeOf] = [groupByIdentity(gone), groupByIdentity(come)];
  const updated = [...goneOf].flatMap(([identity, [old, ...more]]): readonly UpdatedPackage[] => {
    const [fresh, ...others] = comeOf.get(identity) ?? [];
    if (old === undefined || fresh === undefined || more.length + others.length > 0) return [];
    const { version: from, ...same } = old;
    return [{ ...same, from, to: fresh.version }];
  });
  const both = new Set(updated.map(identityOf));
  const alone = (each: SbomEntry): boolean => !both.has(identityOf(each));
  return {
    added: come.filter(alone).sort(byIdentity),
    removed: gone.filter(alone).sort(byIdentity),
    updated: updated.sort(byIdentity),
  };
}

type Identified = Pick<SbomEntry, "name" | "architecture"> & { readonly version?: string };

// No name holds a space: a reader of bills of materials refuses one that does.
const identityOf = ({ name, architecture = "" }: Identified): string => `${name} ${architecture}`;
const exactly = (each: SbomEntry): string => `${identityOf(each)} ${each.version}`;
const sortKey = (each: Identified): string => `${identityOf(each)} ${each.version ?? ""}`;
const byIdentity = (a: Identified, b: Identified): number => (sortKey(a) < sortKey(b) ? -1 : 1);

/** Those that the others lack, each once. */
function without(entries: readonly SbomEntry[], others: readonly SbomEntry[]): SbomEntry[] {
  const known = new Set(others.map(exactly));
  const own = new Map(entries.map((each) => [exactly(each), each]));
  return [...own].flatMap(([key, each]) => (known.has(key) ? [] : [each]));
}

function groupByIdentity(entries: readonly SbomEntry[]): ReadonlyMap<string, readonly SbomEntry[]> {
  const groups = new Map<string, SbomEntry[]>();
  for (const each of entries) groups.set(identityOf(each), [...(groups.get(identityOf(each)) ?? []), each]);
  return groups;
}

export interface ChangesRequest extends Omit<Changes, "schemaVersion" | "packages"> {
  /** Packages of the previous image; absent where there is none, or nobody knows. */
  readonly before?: readonly SbomEntry[];
  readonly after: readonly SbomEntry[];
}

/** What is attached to an image that takes another's place. */
export function describeChanges({ before, after, ...rest }: ChangesRequest): Changes {
  return {
    schemaVersion: 1,
    ...rest,
    ...(before === undefined ? {} : { packages: comparePackages(before, after) }),
  };
}
