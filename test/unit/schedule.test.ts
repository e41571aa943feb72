import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, type Outcome, runGraph, type Task } from "../../src/support/schedule.js";

/** Tasks that need only earlier ones; `fails` is whether one fails. Shuffled, so that needs may come after what needs them. */
const graph = fc
  .array(
    fc.record({
      needs: fc.array(fc.nat(), { maxLength: 3 }),
      fails: fc.boolean(),
      turns: fc.nat(3),
      cost: fc.nat(3),
      follows: fc.boolean(),
    }),
    { maxLength: 15 },
  )
  .map((rows) =>
    rows.map(({ needs, fails, turns, cost, follows }, index) => ({
      id: `t${index}`,
      needs: index === 0 ? [] : needs.map((need) => `t${need % index}`),
      fails: fails && index % 3 === 0,
      turns,
      cost,
      follows,
    })),
  )
  .chain((rows) => fc.shuffledSubarray(rows, { minLength: rows.length }));

type Row = Pick<Task<string>, "id" | "needs" | "cost" | "follows"> & {
  readonly fails: boolean;
  readonly turns: number;
};

interface Observed {
  readonly outcomes: ReadonlyMap<string, Outcome<string>>;
  readonly most: number;
  readonly begun: readonly string[];
  /** Tasks that began before one that they need had succeeded. */
  readonly early: readonly string[];
  readonly skipped: readonly string[];
}

async function observe(rows: readonly Row[], jobs: number): Promise<Observed> {
  let [running, most] = [0, 0];
  const [begun, early, skipped]: [string[], string[], string[]] = [[], [], []];
  const succeeded = new Set<string>();
  const tasks = rows.map(
    ({ id, needs, fails, turns, cost = 0, follows = false }): Task<string> => ({
      id,
      needs,
      cost,
      follows,
      skipped: () => skipped.push(id),
      run: async () => {
        begun.push(id);
        if (needs.some((need) => !succeeded.has(need))) early.push(id);
        running += 1;
        most = Math.max(most, running);
        for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
        running -= 1;
        if (fails) throw new Error(id);
        succeeded.add(id);
        return id;
      },
    }),
  );
  return { outcomes: await runGraph(tasks, jobs), most, begun, early, skipped };
}

interface TimedRow extends Pick<Task<string>, "id" | "needs" | "follows"> {
  readonly cost: number;
  /** What it takes, where that is not what it is said to cost. */
  readonly seconds?: number;
}

/** Runs tasks on a clock that stands still until nothing more can begin, and then goes to the next end. */
async function observeTime(
  rows: readonly TimedRow[],
  jobs: number,
): Promise<{ readonly end: number; readonly begun: readonly string[] }> {
  const clock = { now: 0, settled: false };
  const running: { readonly at: number; readonly end: () => void }[] = [];
  const begun: string[] = [];
  const tasks = rows.map((row) => ({
    ...row,
    run: () => {
      begun.push(row.id);
      return new Promise<void>((end) => running.push({ at: clock.now + (row.seconds ?? row.cost), end }));
    },
  }));
  const finished = runGraph(tasks, jobs).finally(() => {
    clock.settled = true;
  });
  while (!clock.settled) {
    for (let turn = 0; turn < 10; turn += 1) await setImmediate();
    running.sort((a, b) => a.at - b.at);
    const next = running.shift();
    if (next === undefined) continue;
    clock.now = next.at;
    next.end();
  }
  await finished;
  return { end: clock.now, begun };
}

/** Tasks of which one needs a task that fails, over however many others. */
function blockedBy(rows: readonly Row[]): ReadonlySet<string> {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const isBlocked = (row: Row): boolean =>
    row.needs.some((need) => byId.get(need)?.fails || isBlocked(byId.get(need) as Row));
  return new Set(rows.filter(isBlocked).map(({ id }) => id));
}

describe("the schedule", () => {
  const property = (check: (rows: readonly Row[], observed: Observed, jobs: number) => void) =>
    fc.assert(
      fc.asyncProperty(graph, fc.integer({ min: 1, max: 5 }), async (rows, jobs) =>
        check(rows, await observe(rows, jobs), jobs),
      ),
    );

  it("never runs more at a time than it may", () =>
    property((_, { most }, jobs) => assert.ok(most <= jobs, `${most} at a time of ${jobs}`)));
  it("never begins a task before all that it needs has succeeded", () =>
    property((_, { early }) => assert.deepEqual(early, [])));
  it("settles every task, and begins none twice", () =>
    property((rows, { outcomes, begun }) => {
      assert.deepEqual([...outcomes.keys()].sort(), rows.map(({ id }) => id).sort());
      assert.equal(new Set(begun).size, begun.length);
    }));
  it("lets a failure stop what needs it, and nothing else", () =>
    property((rows, { outcomes, skipped }) => {
      const blocked = blockedBy(rows);
      for (const { id, fails } of rows) {
        const expected = blocked.has(id) ? "skipped" : fails ? "failed" : "done";
        assert.equal(outcomes.get(id)?.kind, expected, id);
      }
      assert.deepEqual([...skipped].sort(), [...blocked].sort());
    }));

  it("names the task whose failure is the cause, over however many others", async () => {
    const failure = new Error("no network");
    const outcomes = await runGraph(
      [
        { id: "c", needs: ["b"], run: async () => "c" },
        { id: "b", needs: ["a"], run: async () => "b" },
        { id: "a", needs: [], run: () => Promise.reject(failure) },
      ],
      2,
    );
    assert.deepEqual(outcomes.get("c"), { kind: "skipped", because: "a", error: failure });
  });

  it("begins those first that are given first", async () => {
    const { begun } = await observe(
      ["x", "y", "z"].map((id) => ({ id, needs: [], fails: false, turns: 2 })),
      1,
    );
    assert.deepEqual(begun, ["x", "y", "z"]);
  });

  it("begins what has just become ready before what was given after it and has waited longer", async () => {
    const row = (id: string, ...needs: readonly string[]): Row => ({ id, needs, fails: false, turns: 2 });
    const rows = [row("build a"), row("test a", "build a"), row("build b"), row("test b", "build b")];
    assert.deepEqual((await observe(rows, 1)).begun, ["build a", "test a", "build b", "test b"]);
  });

  describe("by costs", () => {
    const row = (id: string, cost: number, ...needs: readonly string[]): TimedRow => ({ id, cost, needs });
    /** Four short tasks that nothing needs are given before a chain as long as all of them. */
    const lateChain = [
      ...["s1", "s2", "s3", "s4"].map((id) => row(id, 10)),
      row("c1", 10),
      row("c2", 10, "c1"),
      row("c3", 10, "c2"),
      row("c4", 10, "c3"),
    ];

    it("begins the longest chain first, so that two at a time end as early as can be", async () => {
      assert.equal((await observeTime(lateChain, 2)).end, 40);
      const withoutCosts = lateChain.map((each) => ({ ...each, cost: 0, seconds: each.cost }));
      assert.equal((await observeTime(withoutCosts, 2)).end, 60);
    });

    it("counts the whole chain, and not the first task of it alone", async () => {
      const rows = [row("long", 30), row("short", 1), row("after short", 40, "short")];
      assert.deepEqual((await observeTime(rows, 1)).begun, ["short", "after short", "long"]);
    });

    it("tests and publishes a pair before it builds one with an equal or a shorter chain", async () => {
      const pair = (name: string, cost: number): readonly TimedRow[] => [
        row(`build ${name}`, cost),
        { ...row(`test ${name}`, 5, `build ${name}`), follows: true },
        { ...row(`publish ${name}`, 1, `test ${name}`), follows: true },
      ];
      const { begun } = await observeTime([...pair("a", 10), ...pair("b", 20), ...pair("c", 10)], 1);
      const whole = (name: string) => ["build", "test", "publish"].map((stage) => `${stage} ${name}`);
      assert.deepEqual(begun, [...whole("b"), ...whole("a"), ...whole("c")]);
    });

    it("builds the short half of a pair after the long one, and not after the long halves of all others", async () => {
      const pair = (name: string, cost: number): readonly TimedRow[] => [
        row(`dev ${name}`, cost),
        row(`runtime ${name}`, 1),
        { ...row(`test ${name}`, 5, `dev ${name}`, `runtime ${name}`), follows: true },
      ];
      const { begun } = await observeTime([...pair("a", 30), ...pair("b", 29)], 1);
      const whole = (name: string) => ["dev", "runtime", "test"].map((stage) => `${stage} ${name}`);
      assert.deepEqual(begun, [...whole("a"), ...whole("b")]);
    });

    it("tests the base at once, though all the others wait for it", async () => {
      const rows = [
        row("build base", 50),
        { ...row("test base", 10, "build base"), follows: true },
        row("build a", 40, "build base"),
        row("build b", 40, "build base"),
      ];
      assert.deepEqual((await observeTime(rows, 1)).begun, ["build base", "test base", "build a", "build b"]);
    });

    it("takes those of equal chains in the order given", async () => {
      const rows = ["x", "y", "z"].map((id) => row(id, 7));
      assert.deepEqual((await observeTime(rows, 1)).begun, ["x", "y", "z"]);
    });

    it("manages chains of thousands and fans of thousands", async () => {
      const chain = Array.from({ length: 2000 }, (_, index) =>
        row(`c${index}`, 1, ...(index > 0 ? [`c${index - 1}`] : [])),
      );
      const fan = Array.from({ length: 2000 }, (_, index) => row(`f${index}`, 1, "c0"));
      const outcomes = await runGraph(
        [...chain, ...fan].map((each) => ({ ...each, run: async () => 1 })),
        50,
      );
      assert.equal(outcomes.size, 4000);
    });
  });

  it("does not wait for the whole of a level: what is ready begins while others still run", async () => {
    let release = (): void => {};
    const slow = new Promise<void>((resolve) => {
      release = resolve;
    });
    const outcomes = await runGraph(
      [
        { id: "slow", needs: [], run: () => slow },
        { id: "fast", needs: [], run: async () => {} },
        { id: "child of fast", needs: ["fast"], run: async () => release() },
      ],
      2,
    );
    assert.deepEqual(
      [...outcomes.values()].map(({ kind }) => kind),
      ["done", "done", "done"],
    );
  });

  it("takes a need that nobody has for done", async () =>
    assert.equal((await runGraph([{ id: "a", needs: ["elsewhere"], run: async () => 1 }], 1)).get("a")?.kind, "done"));

  it("refuses needs that go in a circle, and names the circle", async () => {
    const tasks = [
      ["a", "b"],
      ["b", "c"],
      ["c", "a"],
    ].map(([id = "", need = ""]) => ({ id, needs: [need], run: async () => {} }));
    await assert.rejects(runGraph(tasks, 1), /a → b → c → a/);
  });
});

describe("what is done after some tasks", () => {
  it("is done once, when all of them have ended, failed or been skipped, and never where there are none", async () => {
    await fc.assert(
      fc.asyncProperty(graph, fc.integer({ min: 1, max: 4 }), async (rows, jobs) => {
        const over = new Set<string>();
        const tasks = rows.map(
          ({ id, needs, fails, turns, follows }): Task<void> => ({
            ...{ id, needs, follows },
            run: async () => {
              for (let turn = 0; turn < turns; turn += 1) await setImmediate();
              over.add(id);
              if (fails) throw new Error(id);
            },
            skipped: () => over.add(id),
          }),
        );
        const some = rows.filter(({ follows }) => follows).map(({ id }) => id);
        const calls: boolean[] = [];
        const act = () => calls.push(some.every((id) => over.has(id)));
        await runGraph(
          afterAll(tasks, ({ id }) => some.includes(id), act),
          jobs,
        );
        assert.deepEqual(calls, some.length === 0 ? [] : [true]);
        assert.equal(over.size, rows.length);
      }),
    );
  });
});
