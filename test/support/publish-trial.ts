import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure } from "../../src/model/failure.js";
import type { Platform } from "../../src/model/platform.js";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.js";
import { missingOf, mistakesIn, mistakesSince } from "./publish-invariants.js";
import { type CatalogBuild, type Language, type Publication, publishCatalog } from "./publish-world.js";
import { movedTo, type RegistryState, readRegistry } from "./registry-reader.js";
import { type RegistryServer, requireRegistry, startRegistry } from "./registry-server.js";

export const first: CatalogBuild = { rank: 1, version: "1.0.1", created: "2026-11-01T00:00:00Z" };
export const second: CatalogBuild = { rank: 2, version: "1.0.2", created: "2026-11-11T00:00:00Z" };
export const third: CatalogBuild = { rank: 3, version: "1.0.3", created: "2026-11-21T00:00:00Z" };
export const bothPlatforms: readonly Platform[] = ["linux/amd64", "linux/arm64"];

/** A part of a real registry, with the first build of two pairs in it, that nobody else writes to. */
export interface Trial {
  readonly path: string;
  /** What to publish, by the proxy. */
  readonly publication: (build: CatalogBuild, more?: Partial<Publication>) => Publication;
  /** Publishes it; gives the Failure's message, and undefined where it is done. */
  readonly publish: (build: CatalogBuild, more?: Partial<Publication>) => Promise<string | undefined>;
  /** Reads the registry, which must be in a right state; where a build is named, all of it must be there, of both pairs or one. */
  readonly check: (whole?: CatalogBuild, of?: readonly Language[]) => Promise<RegistryState>;
  /** What is wrong at this moment, whatever was there before. */
  readonly glance: () => Promise<readonly string[]>;
  /** Takes a tag away, as somebody with a registry's own tools may: `tool`, `1.0`. */
  readonly dropTag: (language: string, tag: string) => void;
}

/** What is in the registry when a trial begins. */
export interface Seed {
  readonly platforms?: readonly Platform[];
  /** Whether base's second build is there too; then the trial is about the second of tool. */
  readonly base?: boolean;
}

export interface Trials {
  readonly proxy: FaultProxy;
  readonly host: () => string;
  /** Another proxy to the same registry, that goes with it. */
  readonly another: () => Promise<FaultProxy>;
  readonly begin: (seed?: Seed) => Promise<Trial>;
  /** Kills the registry and starts it again. */
  readonly restart: () => Promise<void>;
}

/** For a suite: Debian's registry behind a proxy, in which each trial begins with a copy of one publication of the first build. */
export function useTrials(seeds: readonly Seed[] = allSeeds): Trials {
  let server: RegistryServer;
  let folder: string;
  let proxy: FaultProxy;
  let others: FaultProxy[] = [];
  const states = new Map<string, RegistryState>();
  let count = 0;
  before(async function () {
    requireRegistry(this);
    folder = mkdtempSync(join(tmpdir(), "ingot-publishing-"));
    server = await startRegistry(folder);
    proxy = await startFaultProxy(() => server.host);
    for (const seed of seeds) {
      const name = nameOf(seed);
      await publishCatalog({ ...placeOf(name, seed), build: first });
      if (seed.base === true) await publishCatalog({ ...placeOf(name, seed), build: second, languages: ["base"] });
      states.set(name, await readRegistry(server.host, name));
    }
  });
  after(async () => {
    for (const each of [proxy, ...others]) await each?.stop();
    await server?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    proxy.set();
    proxy.watch(() => undefined);
    for (const each of others) await each.stop();
    others = [];
  });
  const begin = async (seed: Seed = {}): Promise<Trial> => {
    count += 1;
    const path = `trial${count}`;
    // Copied in the registry's own storage, which is faster than to publish again.
    cpSync(storageOf(server, nameOf(seed)), storageOf(server, path), { recursive: true });
    const before = movedTo(states.get(nameOf(seed)) as RegistryState, nameOf(seed), path);
    return makeTrial({ before, ...placeOf(path, seed), server: () => server, proxies: () => [proxy, ...others] });
  };
  const placeOf = (path: string, { platforms }: Seed): Omit<Publication, "build"> => ({
    ...{ path, host: proxy.host, root: join(folder, "documents", path) },
    ...(platforms === undefined ? {} : { platforms }),
  });
  return {
    get proxy() {
      return proxy;
    },
    host: () => server.host,
    another: async () => {
      const started = await startFaultProxy(() => server.host);
      others.push(started);
      return started;
    },
    begin,
    restart: async () => {
      await server.stop();
      server = await startRegistry(folder);
    },
  };
}

interface TrialParts extends Omit<Publication, "build"> {
  readonly before: RegistryState;
  readonly server: () => RegistryServer;
  readonly proxies: () => readonly FaultProxy[];
}

function makeTrial({ before, server, proxies, ...place }: TrialParts): Trial {
  const { path, root } = place;
  const check: Trial["check"] = async (whole, of) => {
    for (const each of proxies()) await each.idle();
    const state = await readRegistry(server().host, path);
    const named = [first, second, third, ...(whole === undefined ? [] : [whole])];
    const builds = [...new Map(named.map((each) => [each.rank, each])).values()];
    const mistakes = await mistakesSince(before, state, { path, builds });
    assert.deepEqual([...mistakes, ...(whole === undefined ? [] : missingOf(state, path, whole, of))], []);
    return state;
  };
  const publication: Trial["publication"] = (build, more) => ({
    ...{ ...place, build, root: join(root, String(build.rank)) },
    ...more,
  });
  return {
    path,
    check,
    publication,
    publish: (build, more) => outcomeOf(publishCatalog(publication(build, more))),
    glance: async () => mistakesIn(await readRegistry(server().host, path), path, [first, second, third]),
    dropTag: (language, tag) =>
      rmSync(join(storageOf(server(), path), language, "_manifests/tags", tag), { recursive: true }),
  };
}

const storageOf = (server: RegistryServer, path: string): string =>
  join(server.storage, "docker/registry/v2/repositories", path);

const allSeeds: readonly Seed[] = [{}, { base: true }, { platforms: bothPlatforms }];
const nameOf = ({ platforms, base }: Seed): string =>
  `${platforms === undefined ? "one" : "two"}${base === true ? "-base" : ""}`;

/** The message of a Failure; undefined where there is none. Anything else that is thrown is a bug. */
export async function outcomeOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return [error.message, ...error.log].join("; ");
    throw error;
  }
}
