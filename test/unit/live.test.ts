import assert from "node:assert/strict";
import fc from "fast-check";
import stringWidth from "string-width";
import type { Event } from "../../src/model/event.js";
import type { ImageId } from "../../src/model/image.js";
import { formatClock, formatLeft, formatLive } from "../../src/reporters/live-lines.js";
import { advance, nothingScheduled, secondsLeft, shareDone } from "../../src/reporters/live-state.js";
import { paintFor, unpainted } from "../../src/reporters/paint.js";
import { built, dev, failed, output, runtime, scheduled, started, task, tested } from "../support/events.js";

/** The state after events, each with the second at which it came. */
const stateAfter = (...events: readonly (readonly [number, Event])[]) =>
  events.reduce((state, [second, event]) => advance(state, event, second * 1000), nothingScheduled);

const window = { columns: 80, rows: 24, paint: unpainted };
const working = stateAfter(
  [0, scheduled],
  [0, started("build", dev)],
  [1, started("build", runtime)],
  [5, output("#5 1.506 Setting up lua5.4")],
);

describe("the live view", () => {
  it("has a line for each running task, with its stage, its time and what it said last, and a bar over the whole", () =>
    assert.deepEqual(formatLive(working, 12_000, window), [
      "build   lua/5.4/trixie/dev      0:12  Setting up lua5.4",
      "build   lua/5.4/trixie/runtime  0:11",
      "██████████████████░░░░░░░░░░░░ 0 of 3, about 10 s left",
    ]));

  it("is nothing before a run knows what it will do, and has no line of what has ended", () => {
    assert.deepEqual(formatLive(nothingScheduled, 0, window), []);
    const done = [built(dev), built(runtime), tested].reduce((state, event) => advance(state, event, 13_000), working);
    assert.deepEqual(formatLive(done, 13_000, window), [`${"█".repeat(30)} 3 of 3`]);
  });

  it("counts failures, and what is skipped because of them", () => {
    const state = [failed("x"), built(runtime)].reduce((before, event) => advance(before, event, 9000), working);
    assert.match(formatLive(state, 9000, window).at(-1) ?? "", / 2 of 3, about \d+ s left, 1 FAILED$/);
  });

  it("names the platform where that is not this machine's, and tells it apart", () => {
    const foreign: Event = { ...started("build", dev), platform: "linux/arm64" };
    const lines = formatLive(advance(working, foreign, 2000), 12_000, window);
    assert.match(lines[2] ?? "", /^build {3}lua\/5\.4\/trixie\/dev \(linux\/arm64\) +0:10$/);
    assert.equal(lines.length, 4);
  });

  it("keeps the last thing that was said, and passes over what says nothing", () => {
    const state = ["", "   ", "#5 DONE 0.2s", "#6 CACHED"].reduce(
      (before, line) => advance(before, output(line), 6000),
      working,
    );
    assert.match(formatLive(state, 12_000, window)[0] ?? "", /Setting up lua5\.4$/);
  });

  it("shows no control character that somebody said, no colours, and a progress bar as it stands", () => {
    const said = (line: string) => formatLive(advance(working, output(line), 6000), 12_000, window)[0]?.slice(38);
    assert.equal(said("\u001b[31mred\u001b[0m"), "red");
    assert.equal(said("10 %\r20 %\r30 %"), "30 %");
    assert.equal(said("a\tb"), "a    b");
    assert.equal(said("\u001b[2Jx\u009b1Ay\u202ez\u0007"), "xy�z�");
  });

  it("in a narrow window has no output, then no stage, and a name without its middle", () => {
    const at = (columns: number) => formatLive(working, 12_000, { ...window, columns });
    assert.equal(at(50)[0], "build   lua/5.4/trixie/dev      0:12");
    assert.deepEqual(at(20), ["lua/5.…ie/dev  0:12", "lua/5.…untime  0:11", "███████░░░░░ 0 of 3"]);
    assert.deepEqual(at(8), ["…  0:12", "…  0:11", "0/3"]);
  });

  it("never is wider than the window less one column, nor higher than the window, whatever is said in whatever script", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 60 }),
      fc.constantFrom("漢字漢字漢字漢字", "👩‍👩‍👧‍👦 family", "é́", "한국어 조합"),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 130 }),
        fc.integer({ min: 3, max: 12 }),
        fc.array(text, { maxLength: 12 }),
        (columns, rows, texts) => {
          const subjects = texts.map((name, index) => `${name.replace(/\s/g, "")}/${index}` as ImageId);
          const tasks = subjects.map((subject) => task("build", subject));
          const events = subjects.flatMap((subject, index) => [
            started("build", subject),
            output(texts[index] ?? "", subject),
          ]);
          const state = [{ type: "scheduled", jobs: 9, tasks } as const, ...events].reduce(
            (before, event) => advance(before, event, 0),
            nothingScheduled,
          );
          const lines = formatLive(state, 3_700_000, { columns, rows, paint: unpainted });
          assert.ok(lines.length < rows, `${lines.length} lines in ${rows} rows`);
          for (const line of lines)
            assert.ok(stringWidth(line) < columns, `${stringWidth(line)} in ${columns}: ${line}`);
        },
      ),
      { examples: [[49, 4, ["漢字漢字漢字漢字"]]] },
    );
  });

  it("says how many it has no room for", () => {
    const [first, second] = formatLive(working, 12_000, { ...window, rows: 4 });
    assert.deepEqual([first, /0 of 3/.test(second ?? "")], ["and 2 more", true]);
  });
});

describe("the estimate of a run", () => {
  it("is what is left of what was foreseen, by how many run at a time", () => {
    assert.equal(secondsLeft(stateAfter([0, scheduled]), 0), 15);
    assert.equal(secondsLeft(stateAfter([0, scheduled], [0, started("build", dev)]), 4000), 13);
  });

  it("is never less than what the longest task needs", () => {
    const tasks = [task("build", dev, 100), task("build", runtime, 2)];
    assert.equal(secondsLeft(stateAfter([0, { type: "scheduled", jobs: 4, tasks }]), 0), 100);
  });

  it("follows the pace of what has ended", () => {
    const slow = stateAfter([0, scheduled], [0, started("build", dev)], [80, built(dev)]);
    assert.equal(secondsLeft(slow, 80_000), 20);
  });

  it("does not count what was right already, and is nothing when all has ended", () => {
    const kept = (subject: ImageId): Event => ({ type: "kept", stage: "build", subject });
    assert.equal(secondsLeft(stateAfter([0, scheduled], [0, kept(dev)], [0, kept(runtime)]), 0), 10);
    assert.equal(secondsLeft(stateAfter([0, scheduled], [0, kept(dev)], [0, kept(runtime)], [1, tested]), 1000), 0);
  });

  it("of how much is done goes from 0 to 1", () => {
    assert.equal(shareDone(stateAfter([0, scheduled]), 0), 0);
    assert.equal(shareDone(stateAfter([0, scheduled], [0, started("build", dev)]), 90_000), 0.3);
    assert.equal(shareDone(stateAfter([0, scheduled], [1, built(dev)], [1, built(runtime)], [2, tested]), 2000), 1);
  });

  const texts = {
    0.4: "",
    3: ", about 10 s left",
    41: ", about 50 s left",
    58: ", about 1 min left",
    200: ", about 3 min left",
    5390: ", about 1 h 30 min left",
    7190: ", about 2 h left",
    10790: ", about 3 h left",
  };
  for (const [seconds, text] of Object.entries(texts))
    it(`of ${seconds} s is "${text}"`, () => assert.equal(formatLeft(Number(seconds)), text));
});

describe("a clock", () => {
  for (const [ms, text] of Object.entries({ 0: "0:00", 7999: "0:07", 250000: "4:10", 3723000: "1:02:03" }))
    it(`after ${ms} ms is ${text}`, () => assert.equal(formatClock(Number(ms)), text));
});

describe("colours", () => {
  const isPainted = (env: Readonly<Record<string, string>>, isTerminal: boolean) =>
    paintFor(env, isTerminal)("red", "x") !== "x";
  const cases: readonly (readonly [string, Readonly<Record<string, string>>, boolean, boolean])[] = [
    ["there are on a terminal", { TERM: "xterm" }, true, true],
    ["there are none in a file", { TERM: "xterm" }, false, false],
    ["there are none with NO_COLOR", { TERM: "xterm", NO_COLOR: "1" }, true, false],
    ["there are where NO_COLOR is empty", { TERM: "xterm", NO_COLOR: "" }, true, true],
    ["there are none on a dumb terminal", { TERM: "dumb" }, true, false],
    ["there are with FORCE_COLOR, also in a file and with NO_COLOR", { FORCE_COLOR: "1", NO_COLOR: "1" }, false, true],
    ["there are none with FORCE_COLOR=0", { TERM: "xterm", FORCE_COLOR: "0" }, true, false],
  ];
  for (const [title, env, isTerminal, expected] of cases)
    it(title, () => assert.equal(isPainted(env, isTerminal), expected));
});
