import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runInProcess } from "../support/command-line.js";
import { readTree, useTemporaryFolder, writeFiles } from "../support/folders.js";
import { writeResolvedCatalog } from "../support/resolved-catalog.js";

/** What a user has configured must not decide what a test finds. */
const env = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };
const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"];

describe("what changed since a revision", () => {
  const folder = useTemporaryFolder();
  const git = (...args: readonly string[]) =>
    execFileSync("git", ["-C", folder(), ...identity, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  const commit = (): void => {
    git("add", "--all");
    git("commit", "--quiet", "--allow-empty", "--message", "a state");
  };
  const edit = (path: string, change: (text: string) => string): void => {
    const text = readTree(folder())[path] ?? "";
    assert.notEqual(change(text), text);
    writeFiles(folder(), { [path]: change(text) });
  };
  const changedSince = async (revision: string, root = folder()): Promise<readonly string[]> => {
    const { status, stdout, stderr } = await runInProcess(root, [
      "plan",
      "--format",
      "json",
      "--changed-since",
      revision,
    ]);
    assert.deepEqual([status, stderr], [0, ""]);
    const images = JSON.parse(stdout) as { readonly id: string }[];
    return [...new Set(images.map(({ id }) => id.split("/").slice(0, 3).join("/")))].sort();
  };
  const python = ["python/3.12/alpine3.23", "python/3.13/trixie", "python/3.14/alpine3.24"];

  beforeEach(async () => {
    writeResolvedCatalog(folder());
    assert.equal((await runInProcess(folder(), ["generate"])).status, 0);
    git("init", "--quiet");
    commit();
  });

  it("is nothing where nothing did", async () => assert.deepEqual(await changedSince("HEAD"), []));

  it("is a pair with another Dockerfile, and no other, before and after the change is committed", async () => {
    edit("languages/python.yaml", (text) =>
      text.replace("version: python3.13", 'version: python3.13, env: { A: "1" }'),
    );
    await runInProcess(folder(), ["generate"]);
    assert.deepEqual(await changedSince("HEAD"), ["python/3.13/trixie"]);
    commit();
    assert.deepEqual(await changedSince("HEAD"), []);
    assert.deepEqual(await changedSince("HEAD~1"), ["python/3.13/trixie"]);
  });

  it("is what is built on a changed image as well, and nothing on another distribution", async () => {
    edit("generated/base/13/trixie/dev/Dockerfile", (text) => `${text}# more\n`);
    const changed = await changedSince("HEAD");
    assert.ok(["base/13/trixie", "node/20/trixie", "python/3.13/trixie"].every((pair) => changed.includes(pair)));
    assert.ok(
      changed.every((pair) => pair.endsWith("/trixie")),
      changed.join(),
    );
  });

  it("is what `generate` would write, though it was not run yet", async () => {
    edit("languages/python.yaml", (text) => text.replace(/cmd: \[python3.*?\]/, "cmd: [python3, -v]"));
    assert.deepEqual(await changedSince("HEAD"), python);
  });

  it("is a language whose hello application has a new file, also one that git does not know yet", async () => {
    writeFiles(folder(), { "languages/node/hello/new file": "x" });
    const changed = await changedSince("HEAD");
    assert.ok(changed.length > 0 && changed.every((pair) => pair.startsWith("node/")), changed.join());
  });

  it("is a language whose tests are others, though no generated file shows it", async () => {
    const tree = readTree(folder());
    const definition = "languages/python.yaml";
    const tests = "\ntest: { runtime: [{ run: [python3, --help] }] }\n";
    const without = (tree[definition] ?? "").replace(/^test:\n(?: .*\n)+|^test:.*\n/m, "");
    writeFiles(folder(), { [definition]: `${without}${tests}` });
    assert.deepEqual(await changedSince("HEAD"), python);
    await runInProcess(folder(), ["generate"]);
    commit();
    edit(definition, (text) => `# a comment\n${text}`);
    assert.deepEqual(await changedSince("HEAD"), []);
  });

  it("is nothing where only pages differ", async () => {
    edit("generated/python/README.md", (text) => `${text}more\n`);
    await runInProcess(folder(), ["generate"]);
    const sizes = 'sizes:\n  python/3.13/trixie/dev: { version: "3.13.5", uncompressed: 5, compressed: 2 }\n';
    writeFiles(folder(), { "catalog.sizes.yaml": sizes });
    await runInProcess(folder(), ["generate"]);
    assert.deepEqual(await changedSince("HEAD"), []);
  });

  it("is found in a catalog that is a folder of a repository", async () => {
    const inner = join(folder(), "inner");
    mkdirSync(inner);
    for (const name of [
      "catalog.yaml",
      "catalog.lock.yaml",
      "catalog.sizes.yaml",
      "languages",
      "templates",
      "generated",
    ])
      if (Object.keys(readTree(folder())).some((path) => path === name || path.startsWith(`${name}/`)))
        renameSync(join(folder(), name), join(inner, name));
    commit();
    edit("inner/languages/python.yaml", (text) =>
      text.replace("version: python3.13", 'version: python3.13, env: { A: "1" }'),
    );
    await runInProcess(inner, ["generate"]);
    assert.deepEqual(await changedSince("HEAD", inner), ["python/3.13/trixie"]);
  });

  for (const revision of ["nowhere", "--output=x", "-p", "", "HEAD:catalog.yaml"])
    it(`cannot be said of ${JSON.stringify(revision)}: one line, exit status 1, and nothing written`, async () => {
      const before = readTree(folder());
      const { status, stdout, stderr } = await runInProcess(folder(), ["plan", `--changed-since=${revision}`]);
      assert.deepEqual([status, stdout], [1, ""]);
      assert.match(stderr, /^ingot: git knows no revision ".*: name a commit, a branch or a tag that was fetched\n$/);
      assert.deepEqual(readTree(folder()), before);
    });

  it("cannot be said outside of a repository", async () => {
    rmSync(join(folder(), ".git"), { recursive: true });
    const { status, stderr } = await runInProcess(folder(), ["plan", "--changed-since", "HEAD"]);
    assert.equal(status, 1);
    assert.match(stderr, /^ingot: nothing can be compared with HEAD: not a git repository .*\n$/);
  });

  it("leaves a run that has nothing to do at that, without an engine: exit status 0", async () => {
    const { status, stdout } = await runInProcess(folder(), ["build", "--changed-since", "HEAD"]);
    assert.equal(status, 0);
    assert.match(stdout, /^0 built, 0 already right, 0 skipped, in /);
  });
});
