import assert from "node:assert/strict";
import { formatLock } from "../../src/commands/resolve.js";
import type { Distribution } from "../../src/model/catalog.js";
import { Failure } from "../../src/model/failure.js";
import type { Lock } from "../../src/model/lock.js";
import type { Platform } from "../../src/model/platform.js";
import { readPackageIndex } from "../../src/ports/package-index.js";
import { readCycles } from "../../src/ports/release-cycles.js";
import { type Resolution, type ResolveSources, resolve } from "../../src/stages/resolve.js";
import { useTemporaryFolder } from "../support/folders.js";
import { cycles, mirrors } from "../support/paths.js";
import { formatShort, loadGood, writeResolvedCatalog } from "../support/resolved-catalog.js";

const digest = `sha256:${"d".repeat(64)}`;

/** What the mirrors of the tests say, on the day after the lock was made. */
const world: ResolveSources = {
  today: "2026-06-19",
  index: (distribution, platform) => readPackageIndex(distribution, platform, mirrors[distribution.family]),
  digest: async () => undefined,
  npm: async () => undefined,
  cycles: (product) => readCycles(cycles, product),
};

type Index = Awaited<ReturnType<ResolveSources["index"]>>;

/** The world with other packages on some distribution; undefined takes one away. */
function withPackages(
  name: string,
  changes: Readonly<Record<string, string | undefined>>,
  only?: Platform,
): ResolveSources {
  const index = async (distribution: Distribution, platform: Platform): Promise<Index> => {
    const real = await world.index(distribution, platform);
    if (distribution.name !== name || (only !== undefined && platform !== only)) return real;
    const packages = new Map(real.packages);
    for (const [each, version] of Object.entries(changes)) {
      if (version === undefined) packages.delete(each);
      else packages.set(each, version);
    }
    return { ...real, packages };
  };
  return { ...world, index };
}

const unreachable = (name: string): ResolveSources => ({
  ...world,
  index: (distribution, platform) =>
    distribution.name === name
      ? Promise.reject(new Failure("https://mirror.example.org does not answer"))
      : world.index(distribution, platform),
});

describe("resolving", () => {
  const folder = useTemporaryFolder();
  let lock: Lock;

  beforeEach(() => {
    writeResolvedCatalog(folder());
    lock = loadGood(folder()).lock;
  });

  async function resolved(sources: ResolveSources, previous: Lock | undefined = lock): Promise<Resolution> {
    const result = await resolve(loadGood(folder()).loaded, previous, sources);
    assert.ok(result.ok, result.ok ? "" : result.diagnostics.map(formatShort).join("\n"));
    return result.value;
  }

  async function refused(sources: ResolveSources, previous: Lock | undefined = lock): Promise<readonly string[]> {
    const result = await resolve(loadGood(folder()).loaded, previous, sources);
    assert.ok(!result.ok, "it must be refused");
    return result.diagnostics.map(formatShort);
  }

  it("a second time moves nothing, and gives the same bytes on another day", async () => {
    const { lock: again, moves, kept } = await resolved(world);
    assert.deepEqual([moves, kept], [[], []]);
    assert.equal(formatLock(again), formatLock(lock));
  });

  it("for the first time dates everything today", async () => {
    const { lock: first, moves } = await resolve(loadGood(folder()).loaded, undefined, world).then((result) =>
      result.ok ? result.value : assert.fail(),
    );
    assert.equal(first.distributions["trixie"]?.date, "2026-06-19");
    assert.equal(first.pairs["node"]?.["24"]?.["alpine3.24"]?.date, "2026-06-19");
    assert.ok(moves.includes("python 3.13 on trixie: 3.13.5"));
  });

  it("says what moved, from what and to what", async () => {
    const { moves } = await resolved(withPackages("alpine3.24", { nodejs: "24.17.0-r0", "nodejs-dev": "24.17.0-r0" }));
    assert.deepEqual(moves, [
      "node 24 on alpine3.24: 24.16.0 → 24.17.0",
      "node 24 on alpine3.24, nodejs: 24.16.0-r0 → 24.17.0-r0",
      "node 24 on alpine3.24, nodejs-dev: 24.16.0-r0 → 24.17.0-r0",
    ]);
  });

  it("dates what moved today, and nothing else", async () => {
    const { lock: next } = await resolved(withPackages("alpine3.24", { nodejs: "24.17.0-r0" }));
    const dates = Object.entries(next.pairs).flatMap(([language, lines]) =>
      Object.entries(lines).flatMap(([line, on]) =>
        Object.entries(on)
          .filter(([, { date }]) => date === "2026-06-19")
          .map(([distribution]) => `${language} ${line} ${distribution}`),
      ),
    );
    assert.deepEqual(dates, ["node 24 alpine3.24"]);
    assert.deepEqual(next.distributions, lock.distributions);
  });

  it("says that a revision moved, though the version is the same", async () => {
    const { moves, lock: next } = await resolved(withPackages("trixie", { npm: "9.2.0~ds1-4" }));
    assert.deepEqual(moves, ["node 20 on trixie, npm: 9.2.0~ds1-3 → 9.2.0~ds1-4"]);
    assert.equal(next.pairs["node"]?.["20"]?.["trixie"]?.version, "20.19.2");
  });

  it("says that a date of a release cycle moved", async () => {
    const { moves } = await resolved({
      ...world,
      cycles: async (product) =>
        product === "python"
          ? { ...(await world.cycles(product)), "3.14": { eol: "2031-01-01" } }
          : world.cycles(product),
    });
    assert.deepEqual(moves, [
      "release cycle of python 3.14: released 2025-10-07, end of life 2030-10-31 → end of life 2031-01-01",
    ]);
  });

  it("marks a line that upstream supports no longer, from the day after its end, and nothing else moves", async () => {
    const cycles = async (product: string) => ({
      ...(await world.cycles(product)),
      ...(product === "nodejs" ? { "24": { eol: "2026-07-31" } } : {}),
    });
    const onDay = (today: string, previous: Lock) => resolved({ ...world, today, cycles }, previous);
    const { lock: before } = await onDay("2026-06-19", lock);
    assert.deepEqual((await onDay("2026-07-31", before)).moves, []);
    const { moves, lock: marked } = await onDay("2026-08-01", before);
    assert.deepEqual(moves, [
      "node 24 on alpine3.23, support: ended by upstream",
      "node 24 on alpine3.24, support: ended by upstream",
    ]);
    const { ended, date } = marked.pairs["node"]?.["24"]?.["alpine3.24"] ?? {};
    assert.deepEqual({ ended, date }, { ended: "upstream", date: "2026-08-01" });
    const again = await onDay("2026-08-31", marked);
    assert.deepEqual([again.moves, formatLock(again.lock)], [[], formatLock(marked)]);
  });

  it("takes the mark away where upstream goes on after all", async () => {
    const { moves } = await resolved({
      ...world,
      cycles: async (product) => ({
        ...(await world.cycles(product)),
        ...(product === "nodejs" ? { "20": { eol: false } } : {}),
      }),
    });
    assert.ok(moves.includes("node 20 on trixie, support: gone"), moves.join("\n"));
  });

  it("is refused for a line past the end of both, at the line and with both dates", async () => {
    const complaints = await refused({ ...world, today: "2030-07-01" });
    assert.ok(
      complaints.includes(
        "languages/node.yaml:10:17 unsupported-line: upstream's support ended on 2026-04-30, and trixie's support ended on 2030-06-30: remove the line, or put it on a distribution that supports it",
      ),
      complaints.join("\n"),
    );
  });

  it("says that the definitions are others, where no package is", async () => {
    const { moves } = await resolved(world, { ...lock, definitions: `sha256:${"0".repeat(64)}` });
    assert.match(moves.join(), /^definitions: sha256:0{12} → sha256:[0-9a-f]{12}$/);
  });

  it("forgets what no definition has any more, and says so", async () => {
    const { moves, lock: next } = await resolved(world, {
      ...lock,
      pairs: { ...lock.pairs, perl: { "5.40": { trixie: { date: "2026-01-01", version: "5.40.1", packages: {} } } } },
    });
    assert.deepEqual(moves, ["perl 5.40 on trixie: gone"]);
    assert.equal(next.pairs["perl"], undefined);
  });

  it("has a base image's digest where its registry answers, and keeps the old one where it does not", async () => {
    const { lock: next, moves } = await resolved({
      ...world,
      npm: async () => undefined,
      digest: async (image) => (image.includes("debian") ? digest : undefined),
    });
    assert.equal(next.distributions["trixie"]?.digest, digest);
    assert.deepEqual(moves, [`trixie: 13.5 → 13.5 ${digest}`]);
    const { lock: after, kept } = await resolved(
      { ...world, digest: () => Promise.reject(new Failure("docker.io does not answer")) },
      next,
    );
    assert.deepEqual(after, next);
    assert.equal(kept.length, 3);
    assert.match(kept[0] ?? "", /^digest of docker\.io\/library\/debian:trixie-slim.*: docker\.io does not answer$/);
  });

  it("keeps the entries of a distribution whose index cannot be read, and moves the others", async () => {
    const {
      lock: next,
      kept,
      moves,
    } = await resolved({
      ...unreachable("trixie"),
      index: (distribution, platform) =>
        distribution.name === "trixie"
          ? unreachable("trixie").index(distribution, platform)
          : withPackages("alpine3.23", { git: "2.53.0-r0" }).index(distribution, platform),
    });
    assert.deepEqual(kept, ["package index of trixie: https://mirror.example.org does not answer"]);
    assert.deepEqual(moves, ["base 3.23 on alpine3.23, git: 2.52.0-r0 → 2.53.0-r0"]);
    assert.deepEqual(next.pairs["python"]?.["3.13"], lock.pairs["python"]?.["3.13"]);
  });

  it("keeps the release cycles that cannot be read", async () => {
    const { lock: next, kept } = await resolved({
      ...world,
      cycles: (product) => (product === "python" ? Promise.reject(new Failure("no answer")) : world.cycles(product)),
    });
    assert.deepEqual(next.cycles, lock.cycles);
    assert.deepEqual(kept, ["release cycles of python: no answer"]);
  });

  it("is refused where an index cannot be read and the lock has nothing of it, with the reason and once for all its lines", async () => {
    const { trixie: _, ...others } = lock.distributions;
    const pairs = Object.fromEntries(
      Object.entries(lock.pairs).map(([language, lines]) => [
        language,
        Object.fromEntries(Object.entries(lines).filter(([, on]) => !("trixie" in on))),
      ]),
    );
    assert.deepEqual(await refused(unreachable("trixie"), { ...lock, distributions: others, pairs }), [
      "catalog.yaml:9:3 index-unreachable: the package index of trixie could not be read, and the lock has nothing of it: https://mirror.example.org does not answer",
    ]);
  });

  it("is refused where an index cannot be read and a release line is new, at that line", async () => {
    const { "13": _, ...base } = lock.pairs["base"] ?? {};
    assert.deepEqual(await refused(unreachable("trixie"), { ...lock, pairs: { ...lock.pairs, base } }), [
      "languages/base.yaml:7:17 index-unreachable: the package index of trixie could not be read, and the lock has nothing of this: https://mirror.example.org does not answer",
    ]);
  });

  it("is refused where a package is not there, at the place where it is written and with the nearest name", async () => {
    assert.deepEqual(await refused(withPackages("alpine3.24", { npm: undefined, npm2: "1-r0" })), [
      "languages/node.yaml:13:67 unknown-package: alpine3.24 has no package npm (did you mean npm2?)",
      "languages/node.yaml:8:109 unknown-package: alpine3.24 has no package npm (did you mean npm2?)",
    ]);
  });

  it("is refused where a package is not there on one platform, and names the platform", async () => {
    assert.deepEqual(await refused(withPackages("trixie", { "python3-pip": undefined }, "linux/arm64")), [
      "languages/python.yaml:14:70 unknown-package: trixie has no package python3-pip for linux/arm64 (did you mean python3-dev?)",
    ]);
  });

  it("is refused where the version found is not of the release line", async () => {
    assert.deepEqual(await refused(withPackages("trixie", { "python3.13": "3.14.0-1" })), [
      "languages/python.yaml:9:19 line-mismatch: python3.13 is 3.14.0 on trixie, which is not of the release line 3.13",
    ]);
  });

  it("is refused where there are no release cycles of that name, at the name", async () => {
    assert.deepEqual(
      await refused({
        ...world,
        cycles: async (product) => (product === "nodejs" ? undefined : world.cycles(product)),
      }),
      ["languages/node.yaml:5:12 unknown-cycle: the release-cycle data have no product nodejs"],
    );
  });

  it("gives all mistakes at once", async () => {
    assert.equal(
      (await refused(withPackages("trixie", { npm: undefined, busybox: undefined, "python3.13": "3.14.0-1" }))).length,
      3,
    );
  });

  it("lets what is a bug, and no failure of the world, through", async () => {
    await assert.rejects(
      refused({ ...world, index: () => Promise.reject(new TypeError("x is not a function")) }),
      TypeError,
    );
  });
});

describe("a lock file", () => {
  const folder = useTemporaryFolder();
  it("is read back as what was written", () => {
    writeResolvedCatalog(folder());
    const { lock } = loadGood(folder());
    writeResolvedCatalog(folder(), { "catalog.lock.yaml": formatLock(lock) });
    assert.deepEqual(loadGood(folder()).lock, lock);
  });
});
