import pLimit from "p-limit";
import type { Distribution } from "../model/catalog.js";
import { type Diagnostic, type Result, unlessAny } from "../model/diagnostic.js";
import { Failure } from "../model/failure.js";
import type { Cycle, DistributionLock, Lock } from "../model/lock.js";
import type { Platform } from "../model/platform.js";
import type { NpmVersion } from "../ports/npm.js";
import type { PackageIndex } from "../ports/package-index.js";
import { own } from "../support/own.js";
import { distributionProducts } from "./cycles.js";
import type { LoadedCatalog } from "./load.js";
import { type NpmFacts, npmQuestions, type Unreachable } from "./lock-artifacts.js";
import { dated } from "./lock-dates.js";
import { movesBetween } from "./lock-moves.js";
import { type AvailableIndexes, type LockContext, lockLines } from "./lock-pairs.js";
import { lockChecksum } from "./locked.js";

/** The world, as far as `resolve` asks it. Each may throw a Failure: then what the lock had is kept. */
export interface ResolveSources {
  readonly index: (distribution: Distribution, platform: Platform) => Promise<PackageIndex>;
  /** The digest that an image's name stands for in its registry. */
  readonly digest: (image: string) => Promise<string | undefined>;
  /** The versions of an npm package that fit a range; undefined where there is no such package. */
  readonly npm: (name: string, range: string) => Promise<readonly NpmVersion[] | undefined>;
  /** A product's release cycles; undefined where there is no such product. */
  readonly cycles: (product: string) => Promise<Readonly<Record<string, Cycle>> | undefined>;
  /** `2026-11-21` */
  readonly today: string;
}

export interface Resolution {
  readonly lock: Lock;
  /** What moved since the lock before, a line each. */
  readonly moves: readonly string[];
  /** What could not be asked, a line each: those entries are as they were. */
  readonly kept: readonly string[];
}

/** Asks the world what is current, and gives a new lock. The only stage that knows "latest". */
export async function resolve(
  loaded: LoadedCatalog,
  previous: Lock | undefined,
  sources: ResolveSources,
): Promise<Result<Resolution>> {
  const complaints: Diagnostic[] = [];
  const kept: string[] = [];
  const { settings, definitions } = loaded.catalog;
  const limit = pLimit(4);
  const facts = await Promise.all(
    settings.distributions.map((each) => limit(() => askDistribution(each, settings.platforms, sources, kept))),
  );
  const distributions = facts.flatMap((fact) =>
    lockDistribution(fact, { loaded, previous, today: sources.today, complaints }),
  );
  const indexes = new Map(facts.map(({ distribution, indexes }) => [distribution.name, indexes]));
  const cycles = await askCycles(loaded, previous, sources, kept, complaints);
  const context: LockContext = {
    loaded,
    indexes,
    cycles,
    npm: await askNpm(loaded, sources, kept),
    previous,
    today: sources.today,
    complain: (diagnostic) => complaints.push(diagnostic),
  };
  const pairs = definitions.map((definition) => [definition.language, lockLines(definition, context)]);
  return unlessAny(complaints, () => {
    const lock: Lock = {
      lockfile: 1,
      definitions: lockChecksum(loaded),
      distributions: Object.fromEntries(distributions),
      pairs: Object.fromEntries(pairs),
      cycles,
    };
    return { lock, moves: movesBetween(previous, lock), kept };
  });
}

interface DistributionFacts {
  readonly distribution: Distribution;
  readonly indexes: AvailableIndexes;
  readonly digest?: string;
}

async function askDistribution(
  distribution: Distribution,
  platforms: readonly Platform[],
  sources: ResolveSources,
  kept: string[],
): Promise<DistributionFacts> {
  const digest = await attempt(() => sources.digest(distribution.image), `digest of ${distribution.image}`, kept);
  const indexes = await attempt(
    async () =>
      new Map(
        await Promise.all(
          platforms.map(async (platform) => [platform, await sources.index(distribution, platform)] as const),
        ),
      ),
    `package index of ${distribution.name}`,
    kept,
  );
  return { distribution, indexes, ...(typeof digest === "string" ? { digest } : {}) };
}

async function askNpm({ catalog }: LoadedCatalog, { npm }: ResolveSources, kept: string[]): Promise<NpmFacts> {
  const limit = pLimit(4);
  const facts = npmQuestions(catalog.definitions).map(({ key, name, range }) =>
    limit(async () => {
      const asked = await attempt(async () => ({ found: await npm(name, range) }), `npm package ${name}`, kept);
      return [key, "unreachable" in asked ? asked : asked.found] as const;
    }),
  );
  return new Map(await Promise.all(facts));
}

/** The answer; where there is none, the reason, which is also said. */
async function attempt<T>(ask: () => Promise<T>, what: string, kept: string[]): Promise<T | Unreachable> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    kept.push(`${what}: ${error.message}`);
    return { unreachable: error.message };
  }
}

function lockDistribution(
  { distribution, indexes, digest }: DistributionFacts,
  {
    loaded,
    previous,
    today,
    complaints,
  }: { loaded: LoadedCatalog; previous: Lock | undefined; today: string; complaints: Diagnostic[] },
): readonly (readonly [string, DistributionLock])[] {
  const old = own(previous?.distributions, distribution.name);
  const version = "unreachable" in indexes ? old?.version : indexes.values().next().value?.version;
  if (version === undefined || version === "") {
    const reason =
      "unreachable" in indexes ? indexes.unreachable : "it does not say which version of the distribution it is of";
    const message = `the package index of ${distribution.name} could not be read, and the lock has nothing of it: ${reason}`;
    complaints.push({
      rule: "index-unreachable",
      message,
      place: loaded.settingsDocument.placeOf(["distributions", distribution.name], "key"),
    });
    return [];
  }
  const known = digest ?? old?.digest;
  return [
    [
      distribution.name,
      dated<DistributionLock>({ version, ...(known === undefined ? {} : { digest: known }) }, old, today),
    ],
  ];
}

async function askCycles(
  loaded: LoadedCatalog,
  previous: Lock | undefined,
  sources: ResolveSources,
  kept: string[],
  complaints: Diagnostic[],
): Promise<Lock["cycles"]> {
  const cycles: Record<string, Readonly<Record<string, Cycle>>> = {};
  for (const [product, lines] of linesByProduct(loaded)) {
    const asked = await attempt(
      async () => ({ found: await sources.cycles(product) }),
      `release cycles of ${product}`,
      kept,
    );
    const found = "unreachable" in asked ? own(previous?.cycles, product) : asked.found;
    if (found === undefined && !("unreachable" in asked)) complaints.push(unknownProduct(loaded, product));
    const known = found ?? {};
    cycles[product] = Object.fromEntries(
      [...lines].sort().flatMap((line) => {
        const cycle = own(known, line);
        return cycle === undefined ? [] : [[line, cycle]];
      }),
    );
  }
  return cycles;
}

/** Only the lines that the catalog has: what else a product releases would only make the lock's differences long. */
function linesByProduct({ catalog }: LoadedCatalog): ReadonlyMap<string, ReadonlySet<string>> {
  const lines = new Map<string, Set<string>>();
  const add = (product: string, line: string) => lines.set(product, (lines.get(product) ?? new Set()).add(line));
  for (const { family, release } of catalog.settings.distributions) add(distributionProducts[family], release);
  for (const { endoflife, pairs } of catalog.definitions) {
    if (endoflife !== undefined) for (const { cycle } of pairs) add(endoflife, cycle);
  }
  return new Map([...lines].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function unknownProduct({ catalog, documents }: LoadedCatalog, product: string): Diagnostic {
  const definition = catalog.definitions.find(({ endoflife }) => endoflife === product);
  const document = documents.get(definition?.language ?? "");
  return {
    rule: "unknown-cycle",
    message: `the release-cycle data have no product ${product}`,
    ...(document === undefined ? {} : { place: document.placeOf(["endoflife"]) }),
  };
}
