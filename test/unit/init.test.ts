import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../../src/model/failure.js";
import { addNew } from "../../src/ports/new-files.js";
import { loadCatalog, loadLock } from "../../src/stages/load.js";
import { type Ended, runInProcess } from "../support/command-line.js";
import { readTree, useTemporaryFolder, writeFiles } from "../support/folders.js";
import { repository } from "../support/paths.js";
import { loadGood, openGood } from "../support/resolved-catalog.js";

const own = (path: string): string => readFileSync(join(repository, path), "utf8");

describe("ingot init", () => {
  const folder = useTemporaryFolder();
  const started = () => join(folder(), "My Images");
  const init = (...args: readonly string[]): Promise<Ended> => runInProcess(folder(), ["init", ...args]);
  const read = (path: string): string => readFileSync(join(started(), path), "utf8");

  it("writes a catalog of base and one language on one distribution, which generates as it is", async () => {
    const { status, stdout } = await init(started());
    assert.equal(status, 0);
    assert.deepEqual(stdout.trimEnd().split("\n"), Object.keys(readTree(started())).sort());
    const { plan, tree } = openGood(started());
    assert.equal(plan.namespace, "my-images");
    const distributions = new Set(plan.pairs.map(({ distribution }) => distribution.name));
    assert.deepEqual([[...distributions].length, plan.languages.length], [1, 2]);
    assert.ok(tree.has("README.md"));
    const generated = await runInProcess(started(), ["generate"]);
    assert.equal(generated.status, 0, generated.stderr);
    assert.match(read("languages/schema.json"), /"\$schema"/);
    assert.deepEqual(read(".gitignore").split("\n"), ["build/", "node_modules/", ""]);
    assert.match(read("README.md"), /`my-images\/\w+:dev`/);
  });

  it("names what it is given, and its hello application is for images of that name", async () => {
    const { status, stderr } = await init(started(), "--namespace", "acme/images", "--language", "lua");
    assert.equal(status, 0);
    assert.match(stderr, /builds and tests lua/);
    assert.match(
      read("languages/lua/hello/Dockerfile"),
      /^ARG DEV=acme\/images\/lua:dev\nARG RUNTIME=acme\/images\/lua$/m,
    );
    assert.equal(openGood(started()).plan.namespace, "acme/images");
    for (const file of ["hello.lua", "native.c", ".dockerignore"])
      assert.equal(read(`languages/lua/hello/${file}`), own(`languages/lua/hello/${file}`));
  });

  it("takes a definition to the letter, but for the lines of other distributions and reasons of theirs", async () => {
    await init(started(), "--language", "python");
    const [before, after] = [own("languages/python.yaml"), read("languages/python.yaml")].map((text) =>
      text.split("\n"),
    );
    const lost = (before ?? []).filter((line) => after?.includes(line) !== true);
    assert.deepEqual(
      (after ?? []).filter((line) => before?.includes(line) !== true),
      [],
    );
    assert.ok(lost.length > 3);
    for (const line of lost) assert.match(line, /^ {2}"3\.|^ {4}on: |^ {4}packages: |^ {2}python3-distutils: /);
  });

  it("has what ingot's own lock has, entry by entry", async () => {
    await init(started(), "--language", "lua");
    const { loaded, lock } = loadGood(started());
    const known = loadLock(repository);
    assert.ok(known.ok && known.value !== undefined);
    for (const { language, pairs } of loaded.catalog.definitions)
      for (const { line, distribution } of pairs)
        assert.deepEqual(
          lock.pairs[language]?.[line]?.[distribution],
          known.value.pairs[language]?.[line]?.[distribution],
        );
    assert.deepEqual(Object.keys(lock.pairs), ["base", "lua"]);
    assert.deepEqual(Object.keys(lock.cycles), ["debian", "lua"]);
  });

  it("can start with every language that ingot has on that distribution", async () => {
    const reference = loadCatalog(repository);
    assert.ok(reference.ok);
    const { settings, definitions } = reference.value.catalog;
    const [preferred] = [...settings.distributions].sort((a, b) => a.preference - b.preference);
    const names = definitions.filter(
      ({ language, pairs }) =>
        language !== settings.base && pairs.some(({ distribution }) => distribution === preferred?.name),
    );
    assert.ok(names.length > 15);
    for (const { language } of names) {
      const catalog = join(folder(), `of-${language.replace(/\W/g, "")}`);
      const { status, stderr } = await init(catalog, "--language", language);
      assert.equal(status, 0, stderr);
      assert.deepEqual(
        openGood(catalog)
          .plan.languages.map((each) => each.language)
          .sort(),
        ["base", language].sort(),
      );
    }
  });

  it("leaves the files alone that a folder has already, and says which it would have written", async () => {
    const before = { "README.md": "ours\n", ".gitignore": "*.log\n", "package.json": "{}\n", "src/a.c": "\n" };
    writeFiles(started(), before);
    const { status, stderr, stdout } = await init(started());
    assert.equal(status, 0);
    assert.match(stderr, /^kept {4}README\.md, which was there$/m);
    assert.match(stderr, /^kept {4}\.gitignore, which was there$/m);
    assert.doesNotMatch(stdout, /README\.md$|gitignore/m);
    const after = readTree(started());
    for (const [path, text] of Object.entries(before)) assert.equal(after[path], text);
    openGood(started());
  });

  for (const path of ["catalog.yaml", "catalog.lock.yaml", "languages/other.yaml"])
    it(`refuses a folder with ${path}, and writes nothing`, async () => {
      writeFiles(started(), { [path]: "mine\n" });
      const { status, stdout, stderr } = await init(started());
      assert.deepEqual([status, stdout], [2, ""]);
      assert.ok(stderr.startsWith(`CATALOG/My Images/${path} file-exists: is there already`), stderr);
      assert.deepEqual(readTree(started()), { [path]: "mine\n" });
    });

  for (const [args, complaint] of [
    [
      ["--language", "pyton"],
      /^invalid-option: --language must be one that ingot has on trixie, .* \(did you mean python\?\)$/m,
    ],
    [["--language", "base"], /^invalid-option: --language must be one /m],
    [["--namespace", "Acme"], /^invalid-option: --namespace must be the first part of a repository, .* is "Acme"$/m],
    [["--namespace", "a\nb"], /^invalid-option: --namespace must be /m],
  ] as const)
    it(`refuses ${JSON.stringify(args)}, and writes nothing`, async () => {
      const { status, stdout, stderr } = await init(started(), ...args);
      assert.deepEqual([status, stdout], [2, ""]);
      assert.match(stderr, complaint);
      assert.deepEqual(readTree(folder()), {});
    });

  it("asks for a namespace where the folder's name gives none", async () => {
    const { status, stderr } = await init(join(folder(), "日本"));
    assert.equal(status, 2);
    assert.match(stderr, /^invalid-option: the folder's name gives no namespace: name one with --namespace/m);
  });

  it("says in one line that it cannot write", async () => {
    writeFileSync(join(folder(), "file"), "");
    const { status, stdout, stderr } = await init(join(folder(), "file", "catalog"), "--namespace", "acme");
    assert.deepEqual([status, stdout], [1, ""]);
    assert.match(stderr, /^ingot: cannot write CATALOG\/file\/catalog: .*\n$/m);
  });
});

describe("files that are added to a folder", () => {
  const folder = useTemporaryFolder();
  const tree = new Map(["catalog.yaml", "a/b/c.txt", "z.txt"].map((path) => [path, { text: path }]));

  it("are all there, and nothing else", () => {
    addNew(join(folder(), "new"), tree, "catalog.yaml");
    assert.deepEqual(
      readTree(folder()),
      Object.fromEntries([...tree].map(([path, { text }]) => [`new/${path}`, text])),
    );
  });

  it("are all gone where one of them came in the meantime, which stays, as does the folder", () => {
    mkdirSync(join(folder(), "a"));
    symlinkSync("nowhere", join(folder(), "z.txt"));
    assert.throws(() => addNew(folder(), tree, "catalog.yaml"), Failure);
    assert.deepEqual(readTree(folder()), {});
    writeFiles(folder(), { "catalog.yaml": "mine" });
    assert.throws(() => addNew(folder(), tree, "catalog.yaml"), Failure);
    assert.deepEqual(readTree(folder()), { "catalog.yaml": "mine" });
  });

  it("leave no folder that was not there", () => {
    assert.throws(() => addNew(join(folder(), "x", "y"), new Map([["a\0b", { text: "" }]]), "a\0b"), Failure);
    assert.deepEqual(readdirSync(folder()), []);
  });
});
