import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { reasonFor } from "../../src/model/package-pattern.js";
import { families } from "../../src/model/platform.js";
import { loadCatalog } from "../../src/stages/load.js";
import { repository } from "../support/paths.js";

describe("the definitions of the reference catalog", () => {
  const loaded = loadCatalog(repository);
  assert.ok(loaded.ok, JSON.stringify(loaded));

  for (const { language, pairs, notes } of loaded.value.catalog.definitions) {
    it(`${language}: says of every package but the version's why it is there`, () => {
      const unexplained = pairs.flatMap(({ versionPackage, variants, line, distribution }) =>
        variants
          .flatMap(({ packages }) => packages)
          .filter((name) => name !== versionPackage && reasonFor(notes.reasons, name) === undefined)
          .map((name) => `${name} (${line} on ${distribution})`),
      );
      assert.deepEqual([...new Set(unexplained)], []);
    });

    it(`${language}: is on each family, or says why not`, () => {
      const lacking = families.filter((family) => !pairs.some((pair) => pair.family === family));
      assert.deepEqual(
        lacking.filter((family) => notes.absent[family] === undefined),
        [],
      );
    });

    it(`${language}: is read at a glance: fewer than 60 lines`, () => {
      const lines = readFileSync(join(repository, "languages", `${language}.yaml`), "utf8").split("\n").length - 1;
      assert.ok(lines < 60, `${lines} lines`);
    });
  }
});

describe("the reason for a package", () => {
  it("is that of the pattern that says most of its name, and a whole name says more than a pattern", () => {
    const reasons = { "*-dev": "a", "python3*-dev": "b", "python3-dev": "c", "c++*": "d" };
    assert.equal(reasonFor(reasons, "python3-dev"), "c");
    assert.equal(reasonFor(reasons, "python3.13-dev"), "b");
    assert.equal(reasonFor(reasons, "libssl-dev"), "a");
    assert.equal(reasonFor(reasons, "c++-14"), "d");
    assert.equal(reasonFor(reasons, "ccc-14"), undefined);
    assert.equal(reasonFor(reasons, "python3-devel"), undefined);
  });
  it("is none where a part that stands in a pattern stands twice in it and once in the name", () =>
    assert.equal(reasonFor({ "a*a": "x" }, "a"), undefined));
});
