import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createEngine } from "../../src/ports/engines.js";
import { git } from "../support/checkouts.js";
import { shareTrixie } from "../support/distribution-image.js";
import { readTree } from "../support/folders.js";
import { followPage, namedBy, readPage } from "../support/page.js";
import { repository } from "../support/paths.js";
import { parseRun } from "../support/program.js";
import { namespacePatterns, removeNamespace, requireEngine } from "../support/require-engine.js";
import { readShown } from "../support/shown.js";

const page = readPage(readFileSync(join(repository, "docs", "own-catalog.md"), "utf8"));
const [namespace = ""] = namedBy(page, "--namespace");
const [language = ""] = namedBy(page, "--language");
const written = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as {
  readonly version: string;
  readonly devDependencies: Readonly<Record<string, string>>;
};

/** What npm has fetched once, for this or for the repository, it need not ask for again. */
const env = {
  PATH: `${dirname(process.execPath)}:${process.env["PATH"]}`,
  npm_config_prefer_offline: "true",
  npm_config_audit: "false",
  npm_config_fund: "false",
  npm_config_loglevel: "error",
};

const run = (cwd: string, command: string, ...args: readonly string[]): string =>
  execFileSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: "utf8",
    stdio: "pipe",
    maxBuffer: 1 << 26,
  });

/** The files of the repository as they are here, and nothing that was made from them. */
function makeClone(folder: string): void {
  const listed = git(repository, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0");
  for (const path of listed.filter((each) => each !== "" && existsSync(join(repository, each)))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(repository, path), join(folder, path));
  }
}

describe("ingot as a package, with which docs/own-catalog.md is followed in an empty folder", () => {
  const engine = createEngine("docker");
  let folder = "";
  const catalog = (...path: readonly string[]): string => join(folder, "catalog", ...path);
  const installed = (...path: readonly string[]): string => catalog("node_modules", ...path);

  before(async function () {
    await requireEngine(this);
    folder = mkdtempSync(join(tmpdir(), "ingot-package-"));
    await shareTrixie(namespace, folder);
    const clone = join(folder, "clone");
    makeClone(clone);
    mkdirSync(catalog());
    run(clone, "npm", "pack", "--pack-destination", catalog());
    rmSync(clone, { recursive: true });
    followPage(page, { folder: catalog(), env });
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await removeNamespace(namespace);
    for (const pattern of namespacePatterns(namespace)) assert.deepEqual([...(await engine.list(pattern)).keys()], []);
  });

  it("is packed from a fresh clone, and runs where it is installed", () => {
    assert.ok(existsSync(catalog(`ingot-${written.version}.tgz`)));
    assert.equal(run(catalog(), "npx", "ingot", "--version").trim(), written.version);
    const elsewhere = run(folder, catalog("node_modules", ".bin", "ingot"), "--catalog", catalog(), "list");
    assert.match(elsewhere, new RegExp(`^${language} `, "m"));
  });

  it("is started in README.md as on the page", () => {
    const commands = page.flatMap((step) => (step.type === "command" ? [step.command] : []));
    const inReadme = readShown("README.md").flatMap((shown) => (shown.type === "command" ? [shown.command] : []));
    const ofPackage = inReadme.filter((command) => /^np[mx] /.test(command));
    assert.ok(ofPackage.length > 0);
    assert.deepEqual(
      ofPackage.filter((command) => !commands.includes(command)),
      [],
    );
  });

  it("has what it needs to run and to start a catalog, and neither tests nor sources nor their tools", () => {
    const files = Object.keys(readTree(installed("ingot")));
    const needed = [
      "README.md",
      "bin",
      "catalog.lock.yaml",
      "catalog.yaml",
      "dist",
      "docs",
      "languages",
      "package.json",
    ];
    const tops = new Set(files.map((path) => path.split("/")[0]));
    assert.deepEqual([...tops].sort(), [...needed, "scripts", "templates"]);
    const others = files.filter((path) => /^dist\/(?!src\/.*\.js$)/.test(path));
    assert.deepEqual(others, []);
    const tracked = git(repository, "ls-files", "languages", "templates").split("\n");
    assert.deepEqual(
      tracked.filter((path) => !files.includes(path)),
      [],
    );
    const tools = Object.keys(written.devDependencies).filter((name) => existsSync(installed(name)));
    assert.deepEqual(tools, []);
  });

  it("built, tested and described the pairs of the catalog that it started", () => {
    const report = upAgain();
    const pairs = [`base/13/trixie`, `${language}/5.4/trixie`];
    assert.deepEqual([...new Set(report.images.map(({ image }) => dirname(image)))].sort(), pairs);
    for (const pair of pairs) assert.ok(readdirSync(catalog("build", "sbom", pair)).length >= 2, pair);
  });

  it("leaves every image as it is where only a page has another template", () => {
    // With Ingot's own template again, for which there is something to write.
    renameSync(catalog("templates"), catalog("put-away"));
    run(catalog(), "npx", "ingot", "up");
    renameSync(catalog("put-away"), catalog("templates"));
    run(catalog(), "npx", "ingot", "generate");
    const changed = Object.entries(readTree(catalog("generated"))).filter(([, text]) =>
      /^Ask the platform team\.$/m.test(text),
    );
    assert.deepEqual(
      changed.map(([path]) => path),
      ["base/README.md", `${language}/README.md`],
    );
    assert.deepEqual(
      upAgain().images.filter(({ state }) => state !== "kept"),
      [],
    );
    assert.deepEqual(Object.keys(readTree(catalog("templates"))), ["README.md.hbs"]);
  });

  const upAgain = () => {
    const { report } = parseRun(run(catalog(), "npx", "ingot", "up", "--json"));
    assert.deepEqual(report.failedPairs, []);
    return report;
  };
});
