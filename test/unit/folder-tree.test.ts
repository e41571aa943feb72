import assert from "node:assert/strict";
import fc from "fast-check";
import { chooseFolders, nearestFolder } from "../../src/model/folder-tree.js";

const weigh = (weights: Readonly<Record<string, number>>) =>
  Object.entries(weights).map(([path, weight]) => ({ path, weight }));

describe("the folders that say where the weight is", () => {
  it("go as deep as the weight does, and pass over those that hold one folder only", () =>
    assert.deepEqual(
      [...chooseFolders(weigh({ "/usr/lib/x/a.so": 60, "/usr/lib/x/b.so": 30, "/usr/share/zoneinfo/UTC": 10 }))].sort(),
      ["/", "/usr/lib/x", "/usr/share/zoneinfo"],
    ));

  it("leave out what is less than a five-hundredth of the whole, which counts for the folder above", () => {
    const folders = chooseFolders(weigh({ "/usr/lib/a.so": 998, "/etc/passwd": 1, "/usr/share/x": 1 }));
    assert.deepEqual(folders, ["/", "/usr/lib"]);
    assert.equal(nearestFolder("/usr/share/x", new Set(folders)), "/");
  });

  it("are the root alone where there is nothing", () => assert.deepEqual(chooseFolders([]), ["/"]));

  it("are at most sixteen, and cover everything once", () => {
    const path = fc
      .array(fc.constantFrom("a", "b", "c", "d"), { minLength: 1, maxLength: 6 })
      .map((steps) => `/${steps.join("/")}/file`);
    fc.assert(
      fc.property(fc.dictionary(path, fc.integer({ min: 0, max: 1000 })), (weights) => {
        const folders = chooseFolders(weigh(weights));
        assert.ok(folders.length <= 16 && folders.includes("/"));
        assert.equal(new Set(folders).size, folders.length);
        for (const each of Object.keys(weights)) assert.ok(folders.includes(nearestFolder(each, new Set(folders))));
      }),
    );
  });
});
