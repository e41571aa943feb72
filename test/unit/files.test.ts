import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Failure } from "../../src/model/failure.js";
import {
  compareTree,
  type FileContent,
  listFiles,
  readText,
  withTemporaryFolder,
  writeText,
  writeTree,
} from "../../src/ports/files.js";
import { readTree, useTemporaryFolder, writeFiles } from "../support/folders.js";

const tree = (files: Readonly<Record<string, string>>): ReadonlyMap<string, FileContent> =>
  new Map(Object.entries(files).map(([path, text]) => [path, { text }]));

describe("a tree of files", () => {
  const folder = useTemporaryFolder();

  it("is written whole, with the folders that it needs", () => {
    const files = { "a.txt": "a\n", "b/c/d.txt": "d\n" };
    assert.deepEqual(writeTree(join(folder(), "out"), tree(files)), {
      added: ["a.txt", "b/c/d.txt"],
      changed: [],
      orphaned: [],
    });
    assert.deepEqual(readTree(join(folder(), "out")), files);
  });

  it("that is there already is not touched", () => {
    writeTree(folder(), tree({ "a.txt": "a" }));
    utimesSync(join(folder(), "a.txt"), 1, 1);
    assert.deepEqual(writeTree(folder(), tree({ "a.txt": "a" })), { added: [], changed: [], orphaned: [] });
    assert.equal(statSync(join(folder(), "a.txt")).mtimeMs, 1000);
  });

  it("loses what it should not have, and the folders that are empty then", () => {
    writeFiles(folder(), {
      "keep.txt": "k",
      "old/deep/x.txt": "x",
      "old/y.txt": "y",
      "both/keep.txt": "k",
      "both/old.txt": "o",
    });
    const { orphaned } = writeTree(folder(), tree({ "keep.txt": "k", "both/keep.txt": "k" }));
    assert.deepEqual(orphaned, ["both/old.txt", "old/deep/x.txt", "old/y.txt"]);
    assert.deepEqual(readdirSync(folder(), { recursive: true }).sort(), ["both", join("both", "keep.txt"), "keep.txt"]);
  });

  it("may have a file where a folder was, and a folder where a file was", () => {
    writeFiles(folder(), { "a/b.txt": "b", c: "c" });
    writeTree(folder(), tree({ a: "a", "c/d.txt": "d" }));
    assert.deepEqual(readTree(folder()), { a: "a", "c/d.txt": "d" });
  });

  it("loses a link that it should not have, and not what is behind it", () => {
    writeFiles(folder(), { "outside/x.txt": "x" });
    mkdirSync(join(folder(), "in"));
    symlinkSync(join(folder(), "outside"), join(folder(), "in", "link"));
    assert.deepEqual(writeTree(join(folder(), "in"), tree({})).orphaned, ["link"]);
    assert.deepEqual(readTree(join(folder(), "outside")), { "x.txt": "x" });
  });

  it("that is only compared is not touched", () => {
    writeFiles(folder(), { "changed.txt": "old", "orphan.txt": "o" });
    const difference = compareTree(folder(), tree({ "changed.txt": "new", "added.txt": "a" }));
    assert.deepEqual(difference, { added: ["added.txt"], changed: ["changed.txt"], orphaned: ["orphan.txt"] });
    assert.deepEqual(readTree(folder()), { "changed.txt": "old", "orphan.txt": "o" });
  });

  it("has a program that may be executed, and other files that may not", () => {
    writeTree(
      folder(),
      new Map([
        ["run", { text: "#!/bin/sh\n", executable: true }],
        ["read", { text: "" }],
      ]),
    );
    assert.deepEqual(
      ["run", "read"].map((name) => (statSync(join(folder(), name)).mode & 0o111) !== 0),
      [true, false],
    );
  });

  it("whose program lost the right to be executed is put right", () => {
    const wanted = new Map([["run", { text: "#!/bin/sh\n", executable: true }]]);
    writeTree(folder(), wanted);
    chmodSync(join(folder(), "run"), 0o644);
    assert.deepEqual(writeTree(folder(), wanted).changed, ["run"]);
    assert.notEqual(statSync(join(folder(), "run")).mode & 0o111, 0);
  });
});

describe("a file that is written", () => {
  const folder = useTemporaryFolder();

  it("takes the place of the old one at once: whoever has that open still reads the old", () => {
    const path = join(folder(), "a.txt");
    writeText(path, { text: "old" });
    const before = statSync(path).ino;
    writeText(path, { text: "new" });
    assert.notEqual(statSync(path).ino, before);
    assert.equal(readText(path), "new");
  });

  it("leaves nothing half-written where it cannot be put in its place", () => {
    mkdirSync(join(folder(), "taken", "by-a-folder"), { recursive: true });
    assert.throws(
      () => writeText(join(folder(), "taken"), { text: "x" }),
      (error) => error instanceof Failure && /^cannot write .*taken: /.test(error.message),
    );
    assert.deepEqual(readdirSync(folder()), ["taken"]);
  });

  it("fails with one line where its folder is a file", () => {
    writeFiles(folder(), { a: "a" });
    assert.throws(
      () => writeText(join(folder(), "a", "b"), { text: "x" }),
      (error) => error instanceof Failure && !error.message.includes("\n"),
    );
    assert.deepEqual(readTree(folder()), { a: "a" });
  });
});

describe("a folder that is read", () => {
  const folder = useTemporaryFolder();

  it("has its files in one order, with / between names", () => {
    writeFiles(folder(), { "b/a": "", a: "", "b/B": "", "a.b": "" });
    assert.deepEqual(listFiles(folder()), ["a", "a.b", "b/B", "b/a"]);
  });
  it("may be missing", () => {
    assert.deepEqual(listFiles(join(folder(), "none")), []);
    assert.equal(readText(join(folder(), "none", "x")), undefined);
  });
  it("that is read as a file is a failure of one line", () =>
    assert.throws(
      () => readText(folder()),
      (error) => error instanceof Failure && /^cannot read /.test(error.message),
    ));
});

describe("a temporary folder", () => {
  it("is this user's alone, and goes when its use ends, however it ends", async () => {
    let seen = "";
    const use = async (folder: string) => {
      seen = folder;
      assert.equal(statSync(folder).mode & 0o777, 0o700);
      writeFileSync(join(folder, "x"), "x");
      throw new Error("the use failed");
    };
    await assert.rejects(withTemporaryFolder(use), /the use failed/);
    assert.notEqual(seen, "");
    assert.equal(existsSync(seen), false);
  });
});
