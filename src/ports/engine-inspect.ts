import pLimit from "p-limit";
import { type Digest, parseDigest } from "../model/reference.js";
import type { EngineImage } from "./engine.js";
import { type Dialect, inspectArguments, listArguments } from "./engine-arguments.js";
import type { Start } from "./engine-client.js";
import {
  engineFailure,
  isMissingOnly,
  isOfOtherPlatform,
  linesOf,
  parseInspected,
  parseList,
} from "./engine-output.js";
import { referenceKey } from "./engine-references.js";
import type { KnownImages } from "./known-images.js";

/** How many clients ask for the sizes of images at a time. */
const clients = 8;

/** References that are inspected one by one, without a list of all that the engine has before. */
const few = 20;

/** How an engine says what it knows of images. */
export interface Inspection {
  readonly dialect: Dialect;
  /** Asks for the size of an image, uncompressed, where inspection does not give it; and what was said means. */
  readonly size?: { readonly arguments: (id: Digest) => readonly string[]; readonly parse: (stdout: string) => number };
  /** What was said before, of an engine that looks an image up among all that it has whenever it is asked for one. */
  readonly known?: KnownImages;
}

/** What an engine lists: all local references, or those under a pattern, with the ids of their images. Throws a Failure. */
export async function listNames({ dialect }: Inspection, start: Start, pattern?: string): Promise<string> {
  return ask(dialect, start, listArguments(dialect, pattern));
}

/** The images among some references, in any spelling, that are there. What is listed already may be given. Throws a Failure. */
export async function inspectImages(
  inspection: Inspection,
  start: Start,
  references: readonly string[],
  listing?: Promise<string>,
): Promise<ReadonlyMap<string, EngineImage>> {
  const { known } = inspection;
  if (known === undefined || (listing === undefined && references.length <= few))
    return inspectEach(inspection, start, references);
  const all = parseList(await (listing ?? listNames(inspection, start)));
  known.retain(new Set(all.values()));
  const listed = new Map([...all].map(([reference, id]) => [referenceKey(reference), id]));
  const named = references.map((reference) => ({ reference, id: listed.get(referenceKey(reference)) }));
  const unknown = named.flatMap(({ reference, id }) => {
    if (id === undefined) return isPinned(reference) ? [reference] : [];
    return known.get(id) === undefined ? [id] : [];
  });
  const asked = await inspectEach(inspection, start, [...new Set(unknown)]);
  return new Map(
    named.flatMap(({ reference, id }) => {
      const image = asked.get(id ?? reference) ?? (id === undefined ? undefined : known.get(id));
      return image === undefined ? [] : [[reference, image]];
    }),
  );
}

/** A list has the names of images and not their digests. */
const isPinned = (reference: string): boolean => reference.includes("@") || parseDigest(reference) !== undefined;

/** What is removed by somebody else meanwhile is not there, whenever it went. */
async function inspectEach(
  { dialect, size, known }: Inspection,
  start: Start,
  references: readonly string[],
): Promise<ReadonlyMap<string, EngineImage>> {
  if (references.length === 0) return new Map();
  const images = parseInspected(await ask(dialect, start, inspectArguments(dialect, references)), references);
  if (size === undefined) return images;
  const ids = [...new Set([...images.values()].map(({ id }) => id))];
  const limit = pLimit(clients);
  const sizes = await limit.map(ids, async (id) => {
    const before = known?.get(id);
    if (before !== undefined) return [id, before.size] as const;
    const { exitCode, stdout, stderr } = await answer(dialect, start, size.arguments(id));
    if (exitCode === 0) return [id, size.parse(stdout)] as const;
    return [id, isOfOtherPlatform(stderr) ? "unknown" : "gone"] as const;
  });
  const sizeOf = new Map<Digest, number | "unknown" | "gone">(sizes);
  const sized = [...images].flatMap(([reference, image]) => {
    const bytes = sizeOf.get(image.id);
    if (bytes === "gone") return [];
    return [[reference, typeof bytes === "number" ? { ...image, size: bytes } : image] as const];
  });
  const isNew = ({ id }: EngineImage) => typeof sizeOf.get(id) === "number" && known?.get(id) === undefined;
  known?.add(sized.map(([, image]) => image).filter(isNew));
  return new Map(sized);
}

const ask = async (dialect: Dialect, start: Start, args: readonly string[]): Promise<string> =>
  (await answer(dialect, start, args)).stdout;

async function answer(dialect: Dialect, start: Start, args: readonly string[]) {
  const finished = await start(args);
  if (finished.exitCode !== 0 && !isMissingOnly(finished.stderr))
    throw engineFailure(dialect.name, "cannot say what images it has", linesOf(finished.stderr), finished.exitCode);
  return finished;
}
