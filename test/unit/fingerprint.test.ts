import assert from "node:assert/strict";
import fc from "fast-check";
import { canonical, fingerprint } from "../../src/support/fingerprint.js";

/** The same value with the keys of every object in another order. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reordered(inner)]),
  );
}

describe("a fingerprint", () => {
  it("is 64 hexadecimal digits", () => assert.match(fingerprint({ a: 1 }), /^[0-9a-f]{64}$/));
  it("never changes from one release of ingot to the next without need", () => {
    assert.equal(
      fingerprint({ b: [1, "x"], a: null }),
      "c22cb7b0353770e2b38094af641143ebf008ddf2d1f2dedb9d875996fcf245fa",
    );
  });
  it("does not depend on the order of keys", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => assert.equal(fingerprint(reordered(value)), fingerprint(value))));
  });
  it("depends on the order of lists", () => assert.notEqual(fingerprint([1, 2]), fingerprint([2, 1])));
  it("differs where the values differ", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) =>
        assert.equal(fingerprint(a) === fingerprint(b), canonical(a) === canonical(b)),
      ),
    );
    for (const [a, b] of [
      [1, "1"],
      [null, {}],
      [[], {}],
      [{ a: undefined }, { a: null }],
      ["a", "a "],
    ])
      assert.notEqual(fingerprint(a), fingerprint(b));
  });
  it("takes what is undefined for absent", () =>
    assert.equal(fingerprint({ a: 1, b: undefined }), fingerprint({ a: 1 })));
});
