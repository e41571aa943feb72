import assert from "node:assert/strict";
import type { Fault } from "../support/fault-proxy.js";
import { rankAt } from "../support/publish-invariants.js";
import { outcomeOf, second, type Trial, third, useTrials } from "../support/publish-trial.js";
import { type CatalogBuild, publishCatalog } from "../support/publish-world.js";
import { randomFrom, startPublisher } from "../support/publisher.js";
import { type RegistryState, readRegistry } from "../support/registry-reader.js";

/** The same version as the second build, and as old: neither is newer. */
const rival: CatalogBuild = { ...second, rank: 3 };
/** The same version, built later. */
const later: CatalogBuild = { ...rival, created: third.created };

describe("two publishers of one pair at once", function () {
  this.timeout(60_000);
  const trials = useTrials();
  const tool = { languages: ["tool"] } as const;
  const olderIsTold = (message: string | undefined): void =>
    assert.match(
      String(message),
      /tool:\S+ is at .*, which is newer than .*; --allow-downgrade would move it all the same/,
    );

  /** Publishes a build, and another one whole while the first waits with its nth write of a tag on the way. */
  async function overtake(trial: Trial, slow: CatalogBuild, fast: CatalogBuild, nth: number, fault?: Fault) {
    const other = await trials.another();
    trials.proxy.set(fault);
    let count = 0;
    let overtaken: Promise<string | undefined> | undefined;
    trials.proxy.watch(({ kind }, when) => {
      if (kind !== "tag PUT" || when !== "asked") return undefined;
      count += 1;
      if (count !== nth) return undefined;
      overtaken = outcomeOf(publishCatalog({ ...trial.publication(fast, tool), host: other.host }));
      return overtaken.then(() => {});
    });
    const outcome = await trial.publish(slow, tool);
    assert.ok(overtaken !== undefined, "nobody overtook it");
    assert.equal(await overtaken, undefined);
    return outcome;
  }

  // Two unique tags, then those of the version, then two that move, each of runtime and dev.
  for (const nth of [1, 2, 3, 4, 5, 6, 7, 8]) {
    it(`leave the newer version where the older one's ${nth}. tag arrives last`, async () => {
      const trial = await trials.begin({ base: true });
      olderIsTold(await overtake(trial, second, third, nth));
      await trial.check(third, ["tool"]);
    });
  }

  for (const nth of [3, 5, 8]) {
    it(`leave the later build where the earlier one's ${nth}. tag arrives last`, async () => {
      const trial = await trials.begin({ base: true });
      olderIsTold(await overtake(trial, second, later, nth));
      await trial.check(later, ["tool"]);
    });

    it(`leave the one that is last, where neither is newer and its ${nth}. tag was on the way`, async () => {
      const trial = await trials.begin({ base: true });
      assert.equal(await overtake(trial, second, rival, nth), undefined);
      await trial.check(second, ["tool"]);
    });
  }

  it("look again before they try again what a busy registry put off", async () => {
    const trial = await trials.begin({ base: true });
    const busy = { kind: "answer", status: 429, headers: { "retry-after": "1" } } as const;
    olderIsTold(await overtake(trial, second, third, 5, { on: "tag PUT", nth: 5, effect: busy }));
    const tags = trials.proxy
      .seen()
      .filter(({ kind, path }) => kind === "tag PUT" && path.startsWith(`/v2/${trial.path}/`))
      .map(({ path }) => path.split("/").at(-1));
    assert.deepEqual(tags.slice(4), ["1.0"]);
    await trial.check(third, ["tool"]);
  });

  it("each have a unique tag of their own, where both take the same", async () => {
    const trial = await trials.begin({ base: true });
    const proxies = [await trials.another(), await trials.another()];
    // Each one's first tag waits until the other's is on the way too.
    let waiting = 0;
    let both = (): void => {};
    const met = new Promise<void>((resolve) => {
      both = resolve;
    });
    for (const proxy of proxies) {
      let first = true;
      proxy.watch(({ kind }, when) => {
        if (kind !== "tag PUT" || when !== "asked" || !first) return undefined;
        first = false;
        waiting += 1;
        if (waiting === 2) both();
        return met;
      });
    }
    const outcomes = await Promise.all(
      [second, rival].map((build, index) => race(trial, build, proxies[index]?.host ?? "")),
    );
    for (const [index, outcome] of outcomes.entries())
      await againIfBusy(outcome, trial, [second, rival][index] as CatalogBuild, proxies[index]?.host ?? "");
    const state = await checkLast(trial);
    const uniques = [...state.tags.keys()].filter((name) => name.includes("/tool:1.0.2-2026"));
    assert.deepEqual(uniques.map((name) => name.split(":")[1]).sort(), ["1.0.2-20261121", "1.0.2-20261121.2"]);
    assert.deepEqual(uniques.map((name) => rankAt(state, name)).sort(), [2, 3]);
  });

  /** All of one of two rivals must be there, whichever came last. */
  async function checkLast(trial: Trial): Promise<RegistryState> {
    const state = await readRegistry(trials.host(), trial.path);
    return trial.check(rankAt(state, `${trial.path}/tool:1-dev`) === second.rank ? second : rival, ["tool"]);
  }

  const race = (trial: Trial, build: CatalogBuild, host: string): Promise<string | undefined> =>
    outcomeOf(publishCatalog({ ...trial.publication(build, tool), host, patient: true }));

  /** On a busy machine two may meet until one gives up; it says to run it again, and that must do. */
  async function againIfBusy(
    outcome: string | undefined,
    trial: Trial,
    build: CatalogBuild,
    host: string,
  ): Promise<void> {
    if (outcome === undefined) return;
    assert.match(outcome, /: run this again when it has ended$/);
    assert.equal(await race(trial, build, host), undefined);
  }

  const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
  describe(`in any order (SEED=${seed})`, () => {
    const random = randomFrom(seed);
    /** Lets each request wait for a while, by chance. */
    async function slowProxy(next: () => number, longest: number) {
      const proxy = await trials.another();
      proxy.watch(() => new Promise((resolve) => setTimeout(resolve, next() ** 3 * longest)));
      return proxy;
    }

    for (let run = 1; run <= 4; run += 1) {
      const next = randomFrom(Math.floor(random() * 2 ** 31));
      it(`leave the newer of two versions whole, ${run}`, async () => {
        const trial = await trials.begin({ base: true });
        const [older, newer] = [await slowProxy(next, 60 * next()), await slowProxy(next, 60 * next())];
        const [outcome, done] = await Promise.all([race(trial, second, older.host), race(trial, third, newer.host)]);
        assert.equal(done, undefined);
        if (outcome !== undefined) olderIsTold(outcome);
        await trial.check(third, ["tool"]);
      });
    }

    for (let run = 1; run <= 3; run += 1) {
      const next = randomFrom(Math.floor(random() * 2 ** 31));
      it(`leave one of two that are as new whole, ${run}`, async () => {
        const trial = await trials.begin({ base: true });
        const [one, other] = [await slowProxy(next, 40 * next()), await slowProxy(next, 40 * next())];
        const outcomes = await Promise.all([race(trial, second, one.host), race(trial, rival, other.host)]);
        for (const [index, outcome] of outcomes.entries())
          await againIfBusy(outcome, trial, [second, rival][index] as CatalogBuild, [one, other][index]?.host ?? "");
        await checkLast(trial);
      });
    }

    for (let run = 1; run <= 2; run += 1) {
      const next = randomFrom(Math.floor(random() * 2 ** 31));
      it(`and as programs of their own, of which one may be killed, ${run}`, async () => {
        const trial = await trials.begin({ base: true });
        const [older, newer] = [await slowProxy(next, 20), await slowProxy(next, 20)];
        const killed = run > 1;
        const more = { ...tool, patient: true };
        const publishers = [
          startPublisher(trial.publication(second, { ...more, host: older.host })),
          startPublisher(trial.publication(third, { ...more, host: newer.host })),
        ] as const;
        const timer = setTimeout(() => killed && publishers[1].kill(), 400 + next() * 800);
        await Promise.all(publishers.map(({ outcome }) => outcome));
        clearTimeout(timer);
        if (killed) assert.equal(await trial.publish(third, tool), undefined);
        await trial.check(third, ["tool"]);
      });
    }
  });
});
