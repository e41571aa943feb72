import assert from "node:assert/strict";
import fc from "fast-check";
import { type Outcome, runGraph, type Task } from "../../src/support/schedule.js";

/** Tasks that need only earlier ones; `fails` is whether one fails. Shuffled, so that needs may come after what needs them. */
const graph = fc
  .array(fc.record({ needs: fc.array(fc.nat(), { maxLength: 3 }), fails: fc.boolean(), turns: fc.nat(3) }), {
    maxLength: 15,
  })
  .map((rows) =>
    rows.map(({ needs, fails, turns }, index) => ({
      id: `t${index}`,
      needs: index === 0 ? [] : needs.map((need) => `t${need % index}`),
      fails: fails && index % 3 === 0,
      turns,
    })),
  )
  .chain((rows) => fc.shuffledSubarray(rows, { minLength: rows.length }));

type Row = { readonly id: string; readonly needs: readonly string[]; readonly fails: boolean; readonly turns: number };

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
    ({ id, needs, fails, turns }): Task<string> => ({
      id,
      needs,
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
