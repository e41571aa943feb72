import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runInProcess } from "../support/command-line.js";
import { readTree, useTemporaryFolder, writeSmallCatalog } from "../support/folders.js";
import { repository } from "../support/paths.js";
import { writeResolvedCatalog } from "../support/resolved-catalog.js";

describe("a command line", () => {
  const folder = useTemporaryFolder();

  for (const command of [
    ["nonsense"],
    ["list", "--nonsense"],
    ["plan", "--format", "yaml"],
    ["build", "--jobs", "0"],
    ["build", "--jobs", "many"],
    ["build", "--engine", "lxc"],
    ["publish"],
    ["resolve", "--mirror", "arch=x"],
  ]) {
    it(`"${command.join(" ")}" is wrong: exit status 2, and where help is`, async () => {
      writeResolvedCatalog(folder());
      const before = readTree(folder());
      const { status, stdout, stderr } = await runInProcess(folder(), command);
      assert.equal(status, 2);
      assert.equal(stdout, "");
      assert.match(stderr, /^error: .*\n.*ingot --help/);
      assert.deepEqual(readTree(folder()), before);
    });
  }

  it("that asks for help gets it: exit status 0", async () => {
    const { status, stdout, stderr } = await runInProcess(folder(), ["--help"]);
    assert.deepEqual([status, stderr], [0, ""]);
    assert.match(stdout, /^Usage: ingot /);
    assert.match(stdout, /SELECTOR is a reference with globs/);
  });

  it("that asks for the version gets that of the package", async () => {
    const { version } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as { version: string };
    assert.deepEqual(await runInProcess(folder(), ["--version"]), { status: 0, stdout: `${version}\n`, stderr: "" });
  });

  it("that lists prints what the selector matches, and as JSON the same", async () => {
    writeResolvedCatalog(folder());
    const text = await runInProcess(folder(), ["list", "python:*-dev"]);
    assert.equal(text.status, 0);
    assert.equal(text.stdout.trim().split("\n").length, 1 + 3);
    const json = JSON.parse((await runInProcess(folder(), ["list", "python:*-dev", "--json"])).stdout) as {
      id: string;
    }[];
    assert.deepEqual(json.map(({ id }) => id).sort(), [
      "python/3.12/alpine3.23/dev",
      "python/3.13/trixie/dev",
      "python/3.14/alpine3.24/dev",
    ]);
  });

  it("that generates a second time changes nothing, and --check agrees", async () => {
    writeResolvedCatalog(folder());
    assert.match(
      (await runInProcess(folder(), ["generate"])).stdout,
      /^generated\/: (\d+) files, \1 new, 0 changed, 0 removed\n$/,
    );
    const before = readTree(folder());
    assert.match((await runInProcess(folder(), ["generate"])).stdout, / 0 new, 0 changed, 0 removed\n$/);
    assert.deepEqual(readTree(folder()), before);
    const { status, stdout } = await runInProcess(folder(), ["generate", "--check"]);
    assert.equal(status, 0);
    assert.match(stdout, /^generated\/ is up to date: \d+ files\n$/);
  });

  it("that resolves a second time moves nothing and writes the same bytes", async () => {
    writeSmallCatalog(folder());
    assert.match((await runInProcess(folder(), ["resolve"])).stdout, /python 3\.13 on trixie: 3\.13\.5/);
    const before = readTree(folder());
    assert.equal((await runInProcess(folder(), ["resolve"])).stdout, "nothing moved\n");
    assert.deepEqual(readTree(folder()), before);
  });

  it("that only checks the lock writes nothing: exit status 1 where something would move, 0 where nothing would", async () => {
    writeResolvedCatalog(folder());
    assert.equal((await runInProcess(folder(), ["resolve", "--check"])).status, 0);
    rmSync(join(folder(), "catalog.lock.yaml"));
    const { status, stdout } = await runInProcess(folder(), ["resolve", "--check"]);
    assert.equal(status, 1);
    assert.match(stdout, /python 3\.13 on trixie: 3\.13\.5/);
    assert.equal(readTree(folder())["catalog.lock.yaml"], undefined);
  });

  it("that cannot write says so in one line: exit status 1", async () => {
    writeResolvedCatalog(folder());
    writeFileSync(join(folder(), "generated"), "a file where the folder should be");
    const { status, stdout, stderr } = await runInProcess(folder(), ["generate"]);
    assert.deepEqual([status, stdout], [1, ""]);
    assert.match(stderr, /^ingot: cannot (write|make the folder) CATALOG\/generated\/.*\n$/);
  });

  it("that cannot read a file says so in one line: exit status 1", async () => {
    writeResolvedCatalog(folder());
    rmSync(join(folder(), "catalog.yaml"));
    mkdirSync(join(folder(), "catalog.yaml"));
    const { status, stdout, stderr } = await runInProcess(folder(), ["generate"]);
    assert.deepEqual([status, stdout], [1, ""]);
    assert.match(stderr, /^ingot: cannot read CATALOG\/catalog\.yaml: .*\n$/);
  });

  it("that rebuilds all takes no option that is for what is stale alone: exit status 2", async () => {
    writeResolvedCatalog(folder());
    for (const option of ["--locked", "--every-tag"]) {
      const { status, stderr } = await runInProcess(folder(), ["up", option, "--registry", "127.0.0.1:1/acme"]);
      assert.equal(status, 2);
      assert.match(stderr, /^invalid-option: --locked and --every-tag are for --stale\n/);
    }
  });
});
