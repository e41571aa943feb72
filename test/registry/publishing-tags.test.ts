import assert from "node:assert/strict";
import { rankAt } from "../support/publish-invariants.js";
import { first, second, type Trial, third, useTrials } from "../support/publish-trial.js";

describe("the tags of a publication in a real registry", function () {
  this.timeout(60_000);
  const trials = useTrials();
  const tool = { languages: ["tool"] } as const;
  const writesSince = (count: number): readonly string[] =>
    trials.proxy
      .seen()
      .slice(count)
      .filter(({ kind }) => /PUT|POST/.test(kind))
      .map(({ kind, path }) => `${kind} ${path.split("/").at(-1)}`);
  /** Looks at the registry each time that a tag has moved, before the publisher knows of it. Gives how often, and what was wrong. */
  function lookOften(trial: Trial): { readonly looks: number; readonly mistakes: readonly string[] } {
    const seen = { looks: 0, mistakes: [] as string[] };
    trials.proxy.watch(async ({ kind, path }, when) => {
      if (kind !== "tag PUT" || when !== "answered") return;
      seen.looks += 1;
      seen.mistakes.push(...(await trial.glance()).map((mistake) => `after ${path}: ${mistake}`));
    });
    return seen;
  }

  it("is whole, and done again uploads nothing and moves nothing", async () => {
    const trial = await trials.begin();
    await trial.check(first);
    assert.equal(await trial.publish(second), undefined);
    await trial.check(second);
    const done = trials.proxy.seen().length;
    assert.equal(await trial.publish(second), undefined);
    assert.deepEqual(writesSince(done), []);
  });

  for (const moved of [0, 1, 2, 3, 4, 5])
    it(`move in one order, also where ${moved} of them had when the last run broke off`, async () => {
      const trial = await trials.begin({ base: true });
      trials.proxy.set({ on: "tag PUT", nth: moved + 3, always: true, effect: { kind: "reset" } });
      assert.match(String(await trial.publish(second)), /the connection broke off, 4 times/);
      trials.proxy.set();
      const seen = lookOften(trial);
      assert.equal(await trial.publish(second), undefined);
      assert.deepEqual(seen, { looks: 6 - moved, mistakes: [] });
      await trial.check(second);
    });

  it("that are gone come back, and nothing is uploaded for it", async () => {
    const trial = await trials.begin();
    for (const name of ["1.0", "1-dev"]) trial.dropTag("tool", name);
    const done = trials.proxy.seen().length;
    assert.equal(await trial.publish(first), undefined);
    assert.deepEqual(writesSince(done), ["tag PUT 1.0", "tag PUT 1-dev"]);
    await trial.check(first);
  });

  it("go back only where that is asked for, and then in the opposite order", async () => {
    const trial = await trials.begin({ base: true });
    assert.equal(await trial.publish(third, tool), undefined);
    const done = trials.proxy.seen().length;
    assert.match(
      String(await trial.publish(second, tool)),
      /^\S+\/tool:1\.0 is at 1\.0\.3, which is newer than 1\.0\.2; --allow-downgrade would move it all the same; /,
    );
    assert.deepEqual(
      writesSince(done).filter((each) => each.startsWith("tag")),
      [],
    );
    const seen = lookOften(trial);
    assert.equal(await trial.publish(second, { ...tool, allowDowngrade: true }), undefined);
    assert.deepEqual(seen, { looks: 8, mistakes: [] });
    const state = await trial.check(second);
    assert.equal(rankAt(state, `${trial.path}/tool:1.0.3`), 3);
  });

  it("that are unique are not taken over, although the registry does not list them yet", async () => {
    const trial = await trials.begin({ base: true });
    assert.equal(await trial.publish(second, tool), undefined);
    trials.proxy.set({ on: "tags GET", nth: 1, always: true, effect: { kind: "answer", status: 404 } });
    const rebuilt = { ...second, rank: 3, created: third.created };
    assert.equal(await trial.publish(rebuilt, tool), undefined);
    const state = await trial.check(rebuilt, ["tool"]);
    const uniques = ["1.0.2-20261121", "1.0.2-20261121.2", "1.0.2-dev-20261121", "1.0.2-dev-20261121.2"];
    assert.deepEqual(
      uniques.map((name) => rankAt(state, `${trial.path}/tool:${name}`)),
      [2, 3, 2, 3],
    );
  });

  for (const [name, status, code, message] of [
    [
      "ECR",
      400,
      "TAG_INVALID",
      "The image tag '1.0' already exists in the 'tool' repository and cannot be overwritten",
    ],
    ["Harbor", 412, "PRECONDITION", "Failed to process request due to 'tool:1.0' configured as immutable."],
  ] as const)
    it(`that may not be overwritten, as ${name} says it, are told apart from other refusals`, async () => {
      const trial = await trials.begin({ base: true });
      // After the unique tags and those of the new version.
      trials.proxy.set({ on: "tag PUT", nth: 5, always: true, effect: { kind: "refuse", status, code, message } });
      const failure = String(await trial.publish(second));
      assert.match(failure, /: tags are immutable there and 1\.0 is sha256:[0-9a-f]{64} \(/);
      assert.match(failure, /; let 1\.0 be overwritten in the registry's settings, or publish to another repository$/);
      await trial.check();
    });
});
