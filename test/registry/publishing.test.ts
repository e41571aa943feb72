import assert from "node:assert/strict";
import { bothPlatforms, second, type Trial, useTrials } from "../support/publish-trial.js";
import { randomFrom, startPublisher } from "../support/publisher.js";
import { describeFault, faults } from "../support/publishing-faults.js";

describe("a publication in a real registry", function () {
  this.timeout(60_000);
  const trials = useTrials();

  /** The next run must complete it, and upload nothing that is there. Gives how many blobs it did upload. */
  async function isCompleted(trial: Trial): Promise<number> {
    await trial.check();
    const [done, needless] = [trials.proxy.seen().length, trials.proxy.needless().length];
    assert.equal(await trial.publish(second), undefined);
    await trial.check(second);
    assert.deepEqual(trials.proxy.needless().slice(needless), []);
    const asked = trials.proxy.seen().slice(done);
    return asked.filter(({ kind }) => kind === "blob PUT").length;
  }

  describe("ends whole or can be completed, and is never seen in a wrong state, where", () => {
    for (const [number, fault] of faults.entries()) {
      it(describeFault(fault), async () => {
        // Both pairs, one pair that shares its layers with another, and images of two platforms, in turn.
        const trial = await trials.begin(
          [{}, { base: true }, { base: true }, { platforms: bothPlatforms }][number % 4],
        );
        trials.proxy.set(fault);
        const silent = ["stall", "late"].includes(fault.effect.kind);
        let failure = await trial.publish(second, silent ? { timeout: 400 } : {});
        // On a busy machine something else may have taken too long before.
        for (let tries = 1; silent && !trials.proxy.happened() && tries < 5; tries += 1)
          failure = await trial.publish(second, { timeout: 400 * 2 ** tries });
        assert.ok(trials.proxy.happened(), "no such request was made");
        trials.proxy.set();
        const uploads = await isCompleted(trial);
        if (failure === undefined) assert.equal(uploads, 0);
      });
    }
  });

  describe("interrupted while it moves tags", () => {
    const isMove = (path: string): boolean => !/-\d{8}$/.test(path);

    it("moves all of that pair, none of the next, and then ends", async () => {
      const trial = await trials.begin();
      const publisher = startPublisher(trial.publication(second));
      const moved: string[] = [];
      trials.proxy.watch(({ kind, path }, now) => {
        if (kind !== "tag PUT" || now !== "answered" || !isMove(path)) return undefined;
        if (moved.push(path) > 1) return undefined;
        publisher.interrupt();
        // The signal comes while this request waits for its answer.
        return new Promise((resolve) => setTimeout(resolve, 100));
      });
      assert.equal(await publisher.outcome, "ended by SIGINT");
      trials.proxy.watch(() => undefined);
      assert.ok(moved.length > 1, "no tag was moved after the first");
      assert.ok(
        moved.every((path) => path.includes("/base/")),
        moved.join("\n"),
      );
      await trial.check(second, ["base"]);
      await isCompleted(trial);
    });

    it("twice, ends at once, and the next run completes it", async () => {
      const trial = await trials.begin();
      const publisher = startPublisher(trial.publication(second));
      trials.proxy.watch(({ kind, path }, now) => {
        if (kind !== "tag PUT" || now !== "asked" || !isMove(path)) return undefined;
        publisher.interrupt();
        setTimeout(publisher.interrupt, 100);
        return publisher.outcome.then(() => {});
      });
      assert.equal(await publisher.outcome, "ended by SIGINT");
      trials.proxy.watch(() => undefined);
      await isCompleted(trial);
    });
  });

  const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
  describe(`killed (SEED=${seed})`, () => {
    const random = randomFrom(seed);
    let requests = 0;
    let milliseconds = 0;
    before(async () => {
      const trial = await trials.begin();
      const done = trials.proxy.seen().length;
      const start = performance.now();
      assert.equal(await startPublisher(trial.publication(second)).outcome, undefined);
      milliseconds = performance.now() - start;
      requests = trials.proxy.seen().length - done;
    });

    for (let kill = 1; kill <= 15; kill += 1) {
      const [where, when] = [random(), random() < 0.5 ? "asked" : "answered"] as const;
      it(`at some request, ${kill}, leaves what the next run completes`, async () => {
        const trial = await trials.begin(kill % 5 === 0 ? { platforms: bothPlatforms } : {});
        const at = Math.ceil(where * requests);
        const done = trials.proxy.seen().length;
        const publisher = startPublisher(trial.publication(second));
        trials.proxy.watch(({ number }, now) => {
          if (number === done + at && now === when) publisher.kill();
          return undefined;
        });
        assert.equal(await publisher.outcome, "SIGKILL", `at request ${at} when ${when}`);
        trials.proxy.watch(() => undefined);
        await isCompleted(trial);
      });
    }

    for (let kill = 1; kill <= 5; kill += 1) {
      const where = random();
      it(`at some moment, ${kill}, leaves what the next run completes`, async () => {
        const trial = await trials.begin();
        const publisher = startPublisher(trial.publication(second));
        const timer = setTimeout(publisher.kill, where * milliseconds);
        const outcome = await publisher.outcome;
        clearTimeout(timer);
        assert.ok(outcome === "SIGKILL" || outcome === undefined, outcome);
        await isCompleted(trial);
      });
    }

    for (let kill = 1; kill <= 3; kill += 1) {
      const where = random();
      it(`with its registry, ${kill}, leaves what the next run completes`, async () => {
        const trial = await trials.begin(kill % 3 === 0 ? { platforms: bothPlatforms } : {});
        const at = trials.proxy.seen().length + Math.ceil(where * requests);
        let restarted: Promise<void> | undefined;
        trials.proxy.watch(({ number }) => {
          if (number === at) restarted = trials.restart();
          return undefined;
        });
        await trial.publish(second);
        await (restarted ?? assert.fail("the registry was not killed"));
        trials.proxy.watch(() => undefined);
        await isCompleted(trial);
      });
    }
  });
});
