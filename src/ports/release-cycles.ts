import { z } from "zod";
import { Failure } from "../model/failure.js";
import type { Cycle } from "../model/lock.js";
import { openMirror } from "./mirror.js";

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const dayOrFlag = z.union([day, z.boolean()]);

/** endoflife.date's own words: `eoes` is the end of extended support. */
const release = z.object({
  cycle: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/),
  releaseDate: day.optional(),
  lts: dayOrFlag.optional(),
  eol: dayOrFlag.optional(),
  eoes: dayOrFlag.optional(),
});

const product = z.union([
  z.array(release),
  z.object({ releases: z.array(release) }).transform(({ releases }) => releases),
]);
const collection = z.record(z.string(), z.unknown());

export type Cycles = Readonly<Record<string, Cycle>>;

/**
 * A product's release cycles, by release line. `location` is a URL or a folder with `PRODUCT.json`, as endoflife.date's API
 * has it, or one JSON file with all products by name. Undefined where there is no such product; throws a Failure where the
 * location does not answer or what it answers is something else.
 */
export async function readCycles(location: string, name: string): Promise<Cycles | undefined> {
  const content = location.endsWith(".json")
    ? await readCollection(location, name)
    : await readJson(location, `${name}.json`);
  if (content === undefined) return undefined;
  const { data } = product.safeParse(content);
  if (data === undefined)
    throw new Failure(`${openMirror(location).name} has no release cycles for ${name} that could be read`);
  return Object.fromEntries(data.map((each) => [each.cycle, cycleOf(each)]));
}

async function readCollection(location: string, name: string): Promise<unknown> {
  const { data } = collection.safeParse(await readJson(location, ""));
  if (data === undefined) throw new Failure(`${openMirror(location).name} is no file of release cycles`);
  return Object.hasOwn(data, name) ? data[name] : undefined;
}

async function readJson(location: string, path: string): Promise<unknown> {
  const mirror = openMirror(location);
  const bytes = await mirror.get(path);
  if (bytes === undefined) return undefined;
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    throw new Failure(`${mirror.name}: ${path} is not JSON`);
  }
}

function cycleOf({ releaseDate, lts, eol, eoes }: z.infer<typeof release>): Cycle {
  return {
    ...(releaseDate === undefined ? {} : { released: releaseDate }),
    ...(typeof lts === "string" ? { lts } : {}),
    ...(eol === undefined ? {} : { eol }),
    ...(typeof eoes === "string" ? { extended: eoes } : {}),
  };
}
