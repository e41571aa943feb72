import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BakeFile } from "../../src/stages/bake.js";
import { runInProcess } from "../support/command-line.js";
import { useTemporaryFolder } from "../support/folders.js";
import { repository } from "../support/paths.js";
import { requireEngine } from "../support/require-engine.js";

describe("docker buildx bake", function () {
  this.timeout(120_000);
  const folder = useTemporaryFolder();
  before(function () {
    return requireEngine(this);
  });

  it("reads the file of the whole catalog as it is meant: the same targets, contexts, arguments and tags", async () => {
    const { status, stdout, stderr } = await runInProcess(repository, ["plan", "--format", "bake"]);
    assert.deepEqual([status, stderr], [0, ""]);
    const written = JSON.parse(stdout) as BakeFile;
    const file = join(folder(), "bake.json");
    writeFileSync(file, stdout);
    const read = readAs(file, "default");
    assert.deepEqual(Object.keys(read.target).sort(), Object.keys(written.target).sort());
    for (const [name, { context, contexts, args, tags, platforms, output }] of Object.entries(written.target)) {
      const found = read.target[name];
      assert.deepEqual(found?.args, args, name);
      assert.deepEqual(found?.contexts ?? {}, contexts, name);
      assert.deepEqual([found?.context, found?.tags, found?.platforms], [context, tags, platforms], name);
      assert.equal(found?.output.length, output.length);
    }
  });

  it("follows the links of a language's group to what it is built on", async () => {
    const { stdout } = await runInProcess(repository, ["plan", "--format", "bake"]);
    const file = join(folder(), "bake.json");
    writeFileSync(file, stdout);
    const { target } = readAs(file, "lua");
    assert.ok(Object.keys(target).includes("base-13-trixie-dev"));
    assert.ok(Object.keys(target).every((name) => /^(base|lua)-/.test(name)));
  });

  const readAs = (file: string, group: string): BakeFile =>
    JSON.parse(
      execFileSync("docker", ["buildx", "bake", "--file", file, "--print", group], {
        cwd: repository,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      }),
    ) as BakeFile;
});
