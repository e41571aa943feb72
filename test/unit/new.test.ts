import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeNew } from "../../src/ports/new-files.js";
import { loadCatalog } from "../../src/stages/load.js";
import { loadSettings } from "../../src/stages/load-settings.js";
import { makeSkeleton } from "../../src/stages/skeleton.js";
import { runInProcess } from "../support/command-line.js";
import { readTree, useTemporaryFolder, writeFiles, writeSmallCatalog } from "../support/folders.js";

/** Something for each key that has no value. */
const filled = (text: string): string =>
  text
    .replace(/^(summary|licence):.*$/gm, "$1: something")
    .replace(/^homepage:.*$/m, "homepage: https://example.org/")
    .replace(/^( {2})(time-zone|unicode|tls|standard-library): #.*$/gm, "$1$2: [something]")
    .replace("dev: []", "dev: [npm]")
    .replace(/^reasons:\n/m, "reasons:\n  npm: something\n")
    .replace(/^ {2}([a-z0-9-]+):$/gm, (line, name: string) =>
      ["alpine", "debian", "runtime", "dev"].includes(name) ? line : `${line} something`,
    );

describe("ingot new", () => {
  const folder = useTemporaryFolder();
  const path = (...parts: readonly string[]) => join(folder(), "languages", ...parts);
  const read = (...parts: readonly string[]) => readFileSync(path(...parts), "utf8");

  it("writes a definition with what the indexes and release cycles have under that name, and a folder for the application", async () => {
    writeSmallCatalog(folder());
    const { status, stdout } = await runInProcess(folder(), ["new", "nodejs"]);
    assert.equal(status, 0);
    const written = ["nodejs.yaml", "nodejs/hello/.dockerignore", "nodejs/hello/Dockerfile", "nodejs/hello/hello.txt"];
    assert.deepEqual(
      stdout.trimEnd().split("\n"),
      written.map((name) => `languages/${name}`),
    );
    const definition = read("nodejs.yaml");
    assert.match(definition, /^endoflife: nodejs$/m);
    assert.match(
      definition,
      /^lines:\n {2}"24": { on: { alpine3\.24: {}, alpine3\.23: {} } }\n {2}"20": { on: { trixie: {} } }\n\n/m,
    );
    assert.match(definition, /^ {2}alpine:\n {4}version: nodejs\n {4}runtime: \[nodejs\]\n {4}dev: \[nodejs-dev\]/m);
    assert.match(definition, /^ {2}debian:\n {4}version: nodejs\n {4}runtime: \[nodejs\]\n {4}dev: \[\]/m);
    assert.match(read("nodejs", "hello", "Dockerfile"), /^ARG DEV=acme\/nodejs:dev\nARG RUNTIME=acme\/nodejs\n/m);
  });

  it("leaves keys without a value, and every complaint points at one of them", async () => {
    writeSmallCatalog(folder());
    await runInProcess(folder(), ["new", "nodejs"]);
    const loaded = loadCatalog(folder());
    assert.ok(!loaded.ok);
    const lines = read("nodejs.yaml").split("\n");
    const places = loaded.diagnostics.map(({ place }) => `${place?.file}: ${lines[(place?.line ?? 0) - 1]}`);
    assert.ok(places.length >= 8);
    for (const place of places) assert.match(place, /^languages\/nodejs\.yaml: +?[a-z-]+:( #.*)?$/);
  });

  it("gives a definition that loads, resolves and generates when each of them has one", async () => {
    writeSmallCatalog(folder());
    await runInProcess(folder(), ["new", "nodejs"]);
    writeFileSync(path("nodejs.yaml"), filled(read("nodejs.yaml")));
    for (const command of ["resolve", "generate"]) {
      const { status, stderr } = await runInProcess(folder(), [command]);
      assert.equal(status, 0, stderr);
    }
    assert.match(readFileSync(join(folder(), "generated/nodejs/20/trixie/runtime/Dockerfile"), "utf8"), /nodejs=20\./);
  });

  it("leaves lines and packages to be filled in where nothing has that name", async () => {
    writeSmallCatalog(folder());
    assert.equal((await runInProcess(folder(), ["new", "none.such"])).status, 0);
    assert.match(read("none.such.yaml"), /^lines:\n {2}# "1\.2": /m);
    const { stderr } = await runInProcess(folder(), ["generate"]);
    assert.match(stderr, /missing-key: lines is missing/);
  });

  it("says what it could not ask, and goes on without", async () => {
    writeSmallCatalog(folder());
    const { status, stderr } = await runInProcess(folder(), ["new", "nodejs", "--mirror", "debian=/nowhere"]);
    assert.equal(status, 0);
    assert.match(stderr, /^unasked package index of trixie: /m);
    assert.doesNotMatch(read("nodejs.yaml"), /^ {2}debian:/m);
  });

  it("writes a name that YAML would read as something else in quotes", async () => {
    writeSmallCatalog(folder());
    assert.equal((await runInProcess(folder(), ["new", "8"])).status, 0);
    assert.match(read("8.yaml"), /^language: "8"$/m);
    assert.match(read("8.yaml"), /cmd: \["8"\]/);
  });

  it("works while another definition is still to be filled in", async () => {
    writeSmallCatalog(folder());
    for (const name of ["one", "two"]) assert.equal((await runInProcess(folder(), ["new", name])).status, 0);
  });

  for (const name of ["../evil", "a/b", "Upper", "", ".hidden", "a b", "a\nb", "x".repeat(65)]) {
    it(`refuses the name ${JSON.stringify(name)}, and writes nothing`, async () => {
      writeSmallCatalog(folder());
      const before = readTree(folder());
      const { status, stderr } = await runInProcess(folder(), ["new", "--", name]);
      assert.equal(status, 2);
      assert.match(stderr, /^invalid-option: a language's name must be /);
      assert.deepEqual(readTree(folder()), before);
    });
  }

  it("never writes over a definition or a hello application that is there", async () => {
    writeSmallCatalog(folder());
    writeFiles(folder(), { "languages/lua/hello/hello.lua": "mine" });
    const before = readTree(folder());
    for (const name of ["python", "lua"]) {
      const { status, stderr } = await runInProcess(folder(), ["new", name]);
      assert.equal(status, 2);
      assert.match(stderr, /file-exists: is there already, and nothing is written over/);
    }
    assert.deepEqual(readTree(folder()), before);
  });

  it("takes what the catalog has of its own templates, and further files of the hello application", async () => {
    writeSmallCatalog(folder(), {
      "templates/new/hello/Dockerfile.hbs": "FROM {{namespace}}/{{name}}\n",
      "templates/new/hello/more.txt.hbs": "{{name}}\n",
    });
    assert.equal((await runInProcess(folder(), ["new", "nodejs"])).status, 0);
    assert.equal(read("nodejs", "hello", "Dockerfile"), "FROM acme/nodejs\n");
    assert.equal(read("nodejs", "hello", "more.txt"), "nodejs\n");
    assert.match(read("nodejs.yaml"), /^endoflife: nodejs$/m);
  });

  it("says which template is missing where nobody has it", () => {
    writeSmallCatalog(folder());
    const settings = loadSettings(folder());
    assert.ok(settings.ok);
    const made = makeSkeleton("lua", { settings: settings.value, indexes: new Map(), cycles: {} }, new Map());
    const files = made.ok ? [] : made.diagnostics.map(({ rule, file }) => `${file} ${rule}`);
    assert.deepEqual(files, [
      "templates/new/definition.yaml.hbs missing-file",
      "templates/new/hello/Dockerfile.hbs missing-file",
    ]);
  });

  it("says in one line that it cannot write", async () => {
    writeSmallCatalog(folder());
    rmSync(path(), { recursive: true });
    writeFileSync(path(), "a file where the folder should be");
    const { status, stdout, stderr } = await runInProcess(folder(), ["new", "lua"]);
    assert.deepEqual([status, stdout], [1, ""]);
    assert.match(stderr, /^ingot: cannot write CATALOG\/languages\/lua\.yaml and .*\n$/m);
  });
});

describe("a folder and a file that belong together", () => {
  const folder = useTemporaryFolder();
  const request = () => ({
    folder: join(folder(), "lua"),
    tree: new Map([["hello/Dockerfile", { text: "FROM scratch\n" }]]),
    file: join(folder(), "lua.yaml"),
    text: "language: lua\n",
  });

  it("are both there, and nothing else", () => {
    mkdirSync(join(folder(), "lua"));
    writeNew(request());
    assert.deepEqual(readTree(folder()), { "lua.yaml": "language: lua\n", "lua/hello/Dockerfile": "FROM scratch\n" });
  });

  for (const there of ["lua.yaml", "lua/hello.lua"]) {
    it(`are not written where ${there} came in the meantime, which stays`, () => {
      writeFiles(folder(), { [there]: "mine" });
      assert.throws(() => writeNew(request()), /cannot write/);
      assert.deepEqual(readTree(folder()), { [there]: "mine" });
    });
  }
});
