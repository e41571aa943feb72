import assert from "node:assert/strict";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rules } from "../src/model/rules.js";
import { type Ended, runInProcess, runProgram } from "./support/command-line.js";
import { readTree, useTemporaryFolder, writeFiles, writeSmallCatalog } from "./support/folders.js";
import { type Published, useNpmRegistry } from "./support/npm-registry.js";
import { goldens } from "./support/paths.js";

/**
 * Each folder of `test/golden/` is a case: the small catalog with the case's `in/` over it, and either everything that a
 * command writes (`expected/`) or exactly what it says on standard error (`diagnostics.txt`). What is in `later/` comes over
 * it after the commands that go before. GOLDEN=write rewrites `expected/` and `diagnostics.txt`.
 */
interface Case {
  readonly name: string;
  /** Commands that must succeed first. */
  readonly before: readonly string[];
  readonly command: readonly string[];
  /** Files that are removed before the command. */
  readonly without: readonly string[];
  readonly status: number;
}

const rewrite = process.env["GOLDEN"] === "write";
if (rewrite && process.env["CI"] !== undefined) throw new Error("goldens are never rewritten where CI is set");

const cases = readdirSync(goldens).sort().map(readCase);
const mistakes = cases.filter(({ status }) => status !== 0);
const folderOf = ({ name }: Case, ...path: readonly string[]): string => join(goldens, name, ...path);

function readCase(name: string): Case {
  const file = join(goldens, name, "case.json");
  const written = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Partial<Case>) : {};
  return { before: [], command: ["generate"], without: [], status: name === "small-catalog" ? 0 : 2, ...written, name };
}

async function prepare(each: Case, folder: string): Promise<void> {
  writeSmallCatalog(folder);
  if (existsSync(folderOf(each, "in"))) cpSync(folderOf(each, "in"), folder, { recursive: true });
  for (const command of each.before) {
    const { status, stderr } = await runInProcess(folder, [command]);
    assert.equal(status, 0, `${command} must succeed first: ${stderr}`);
  }
  for (const path of each.without) rmSync(join(folder, path));
  if (existsSync(folderOf(each, "later"))) cpSync(folderOf(each, "later"), folder, { recursive: true });
}

/** Files that are new in the second tree, or other. */
const changesBetween = (
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(after).filter(([path, text]) => before[path] !== text));

/** What npm's registry has in the cases: no version that can be taken for both platforms. */
const npmPackages: Published = {
  "lua-amd64": { "5.4.6": {}, "5.4.7": { deprecated: "broken" }, "5.4.8-rc1": {}, "5.4.9": { integrity: "" } },
  "lua-arm64": { "5.4.5": {}, "5.4.7": {}, "5.4.8-rc1": {}, "5.4.9": {} },
};

describe("goldens", () => {
  const folder = useTemporaryFolder();
  const cache = useTemporaryFolder();
  useNpmRegistry(npmPackages, cache);

  it("the small catalog gives exactly the lock and the files that it gave before", async () => {
    const [good] = cases.filter(({ name }) => name === "small-catalog") as [Case];
    await prepare({ ...good, before: [] }, folder());
    const before = readTree(folder());
    for (const command of [...good.before, ...good.command])
      assert.equal((await runInProcess(folder(), [command])).status, 0);
    const made = changesBetween(before, readTree(folder()));
    if (rewrite) {
      rmSync(folderOf(good, "expected"), { recursive: true, force: true });
      writeFiles(folderOf(good, "expected"), made);
    }
    assert.deepEqual(made, readTree(folderOf(good, "expected")));
    assert.ok(Object.keys(made).length > 20, "a catalog of two languages on two families has many files");
  });

  for (const each of mistakes) {
    it(`${each.name}: says exactly what is wrong and where, and writes nothing`, async () => {
      await prepare(each, folder());
      const before = readTree(folder());
      const ended = await runInProcess(folder(), each.command);
      if (rewrite) writeFileSync(folderOf(each, "diagnostics.txt"), ended.stderr);
      expectRefusal(each, ended);
      assert.deepEqual(readTree(folder()), before);
    });
  }

  for (const name of ["everything", "lock-missing", "unmatched-selector"]) {
    it(`${name}: the program says the same`, async () => {
      const each = cases.find((one) => one.name === name) as Case;
      await prepare(each, folder());
      expectRefusal(each, runProgram(folder(), each.command));
    });
  }

  it("every rule is printed by some case", () => {
    const printed = mistakes.map((each) => readFileSync(folderOf(each, "diagnostics.txt"), "utf8")).join("\n");
    const silent = Object.keys(rules).filter((rule) => !new RegExp(`^\\S* ?${rule}: `, "m").test(printed));
    assert.deepEqual(silent, []);
  });
});

function expectRefusal(each: Case, { status, stdout, stderr }: Ended): void {
  assert.equal(stderr, readFileSync(folderOf(each, "diagnostics.txt"), "utf8"));
  assert.equal(status, each.status);
  assert.equal(stdout, "");
  assert.doesNotMatch(stderr, /^ +at /m);
  assert.doesNotMatch(stderr, /undefined|\[object|is a bug/);
}
