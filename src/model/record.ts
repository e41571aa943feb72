import { z } from "zod";
import { readDocument, word } from "./untrusted.js";

/** Of everything that a catalog says of how an image is made, a hash by part: `Dockerfile`, a file beside it, `artifacts`. */
export type Recipe = Readonly<Record<string, string>>;

/** What an image for one platform was made from, and what is in it. */
export interface PlatformRecord {
  /** `linux/arm64` */
  readonly platform: string;
  /** What an engine told the image by. */
  readonly id: string;
  /** What its layers stand on, where they do. */
  readonly parent?: RecordedParent;
  readonly recipe: Recipe;
  /** Of the distribution's packages: name and version. */
  readonly packages: readonly (readonly [string, string])[];
}

/** As the FROM has it and, of an image of the catalog, what an engine told that by. */
export interface RecordedParent {
  readonly reference: string;
  readonly id?: string;
}

/** What a published image was made from, in a few kilobytes: all that it takes to say whether it is still fresh, and why not. */
export interface BuildRecord {
  readonly schemaVersion: 1;
  /** Of the language: `3.13.5` */
  readonly version: string;
  /** Bytes that a registry stores of it: the layers of all platforms, compressed. */
  readonly size: number;
  readonly platforms: readonly PlatformRecord[];
}

/** The artifact that is attached to a published image, or to its index; and the annotation that holds the record, as JSON. */
export const recordType = "application/vnd.ingot.record.v1+json";
export const recordAnnotation = "ingot.record";

const limits = { platforms: 50, parts: 1000, packages: 20_000 };

/** Not an object: where a key of one is wrong, its complaint names it, and the document chose it. */
const pairsOfWords = (most: number) => z.array(z.tuple([word, word])).max(most);

const parent = z.object({ reference: word, id: word.optional() });
const platform = z.object({
  platform: word,
  id: word,
  parent: parent.optional(),
  recipe: pairsOfWords(limits.parts),
  packages: pairsOfWords(limits.packages),
});
const record = z.object({
  schemaVersion: z.literal(1),
  version: word,
  size: z.int().min(0),
  platforms: z.array(platform).max(limits.platforms),
});

/** Reads what a registry kept: nothing in it is taken on trust. Throws a Failure that says what is wrong with it. */
export function readRecord(text: string): BuildRecord {
  const { platforms, ...rest } = readDocument(text, record, "record of a build");
  return { ...rest, platforms: platforms.map(readPlatform) };
}

function readPlatform({ parent, recipe, ...rest }: z.output<typeof platform>): PlatformRecord {
  const standsOn = parent === undefined ? {} : { parent: readParent(parent) };
  return { ...rest, ...standsOn, recipe: Object.fromEntries(recipe) };
}

const readParent = ({ reference, id }: z.output<typeof parent>): RecordedParent =>
  id === undefined ? { reference } : { reference, id };

/** The same record is the same text. */
export function formatRecord({ schemaVersion, version, size, platforms }: BuildRecord): string {
  return JSON.stringify({ schemaVersion, version, size, platforms: platforms.map(formatPlatform) });
}

const formatPlatform = ({ platform, id, parent, recipe, packages }: PlatformRecord) => ({
  ...{ platform, id, parent },
  recipe: Object.entries(recipe).sort(),
  packages: [...packages].sort(),
});
