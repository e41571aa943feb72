import assert from "node:assert/strict";
import fc from "fast-check";
import { type Ends, endedOn, formatSupport } from "../../src/model/support.js";

const today = "2026-06-18";
const [past, future] = ["2026-06-17", "2026-06-18"];

describe("the support of a release line", () => {
  const cases: readonly (readonly [Ends, ReturnType<typeof endedOn>])[] = [
    [{}, undefined],
    [{ upstream: future, distribution: future }, undefined],
    [{ upstream: future }, undefined],
    [{ upstream: false, distribution: false }, undefined],
    [{ upstream: past, distribution: future }, "upstream"],
    [{ upstream: true, distribution: false }, "upstream"],
    [{ upstream: future, distribution: past }, "distribution"],
    [{ upstream: past, distribution: past }, "both"],
    [{ upstream: past }, "both"],
    [{ distribution: past }, "both"],
    [{ upstream: true, distribution: true }, "both"],
  ];
  for (const [ends, expected] of cases)
    it(`with ${JSON.stringify(ends)} has ${expected === undefined ? "not ended" : `ended: ${expected}`}`, () =>
      assert.equal(endedOn(today, ends), expected));

  const end = fc.option(fc.oneof(fc.boolean(), fc.constantFrom("2024-01-01", past, future, "2030-12-31")), {
    nil: undefined,
  });
  const ends = fc
    .record({ upstream: end, distribution: end })
    .map((each): Ends => Object.fromEntries(Object.entries(each).filter(([, value]) => value !== undefined)));
  const rank = { none: 0, upstream: 1, distribution: 1, both: 2 };

  it("never comes back as time goes on", () => {
    fc.assert(
      fc.property(ends, fc.constantFrom("2023-01-01", today), fc.constantFrom(today, "2031-01-01"), (each, a, b) => {
        const ranked = (day: string) => rank[endedOn(day, each) ?? "none"];
        assert.ok(ranked(a) <= ranked(b), `${JSON.stringify(each)} on ${a} and ${b}`);
      }),
    );
  });

  it("is written with who ended and who goes on until when", () => {
    assert.equal(formatSupport({ upstream: future, distribution: past }, "trixie"), future);
    assert.equal(formatSupport({ distribution: past }, "trixie"), past);
    assert.equal(formatSupport({}, "trixie"), "");
    assert.equal(
      formatSupport({ ended: "upstream", upstream: past, distribution: future }, "trixie"),
      `upstream ended ${past}, trixie until ${future}`,
    );
    assert.equal(
      formatSupport({ ended: "distribution", distribution: past }, "trixie"),
      `trixie ended ${past}, upstream goes on`,
    );
    assert.equal(formatSupport({ ended: "upstream" }, "trixie"), "upstream ended, trixie goes on");
  });
});
