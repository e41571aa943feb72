import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { VariantDefinition } from "../../src/model/definition.js";
import { datedPair, dateOfVariant } from "../../src/stages/lock-dates.js";

const variant = (name: string, packages: readonly string[]): VariantDefinition =>
  ({ variant: name, packages }) as unknown as VariantDefinition;

const pair = {
  versionPackage: "lua5.4",
  variants: [variant("runtime", ["liblua5.4-0"]), variant("dev", ["liblua5.4-0", "gcc"]), variant("empty", [])],
};
const packages = { "lua5.4": "5.4.7-1", "liblua5.4-0": "5.4.7-1", gcc: "4:14.2-1" };
const old = { version: "5.4.7", packages, date: "2026-11-01" };
const datesOf = (entry: ReturnType<typeof datedPair>) =>
  pair.variants.map((each) => dateOfVariant(entry, each.variant));
const dating = { pair, today: "2026-11-21" };

describe("the dates of a pair's lock entry", () => {
  it("stay where nothing moved, also those of variants", () => {
    assert.deepEqual(datedPair({ version: "5.4.7", packages }, old, dating), old);
    const later = { ...old, later: { dev: "2026-11-11" } };
    assert.deepEqual(datedPair({ version: "5.4.7", packages }, later, dating), later);
  });

  it("move for the variants alone that have the package which moved", () => {
    const entry = datedPair({ version: "5.4.7", packages: { ...packages, gcc: "4:14.2-2" } }, old, dating);
    assert.deepEqual(datesOf(entry), ["2026-11-01", "2026-11-21", "2026-11-01"]);
    assert.equal(entry.date, "2026-11-01");
  });

  it("move for all variants with packages where the one moved that gives the version, as all have it", () => {
    const entry = datedPair({ version: "5.4.7", packages: { ...packages, "lua5.4": "5.4.7-2" } }, old, dating);
    assert.deepEqual(datesOf(entry), ["2026-11-21", "2026-11-21", "2026-11-01"]);
  });

  it("are one for all where the version moved, or who supports it: earlier ones of variants are over", () => {
    const later = { ...old, later: { dev: "2026-11-11" } };
    for (const fresh of [
      { version: "5.4.8", packages },
      { version: "5.4.7", packages, ended: "upstream" as const },
    ])
      assert.deepEqual(datedPair(fresh, later, dating), { ...fresh, date: "2026-11-21" });
  });

  it("are of the day where the pair is new", () => {
    assert.equal(datedPair({ version: "5.4.7", packages }, undefined, dating).date, "2026-11-21");
  });
});
