import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requireBusybox } from "../support/engine-trial.js";
import { repository } from "../support/paths.js";
import { ingot } from "../support/program.js";
import { removeNamespace, requireEngine } from "../support/require-engine.js";
import { openTerminal, requireTmux, type Terminal } from "../support/terminal.js";
import { writeTinyCatalog } from "../support/tiny-catalog.js";

const namespace = "ingot-terminal";

describe("a run in a terminal", function () {
  this.timeout(60_000);
  let folder: string | undefined;
  let terminal: Terminal;

  const inFolder = (name: string): string => join(folder as string, name);

  before(async function () {
    requireTmux(this);
    requireBusybox(this);
    await requireEngine(this);
    folder = mkdtempSync(join(tmpdir(), "ingot-terminal-"));
    for (const name of ["catalog", "temporary"]) mkdirSync(inFolder(name));
    writeTinyCatalog(inFolder("catalog"), namespace, ["works", "breaks", "lingers"]);
    const { status, stderr } = await ingot(inFolder("catalog"), ["generate"]);
    assert.equal(status, 0, stderr);
  });
  after(async () => {
    if (folder === undefined) return;
    await removeNamespace(namespace);
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    const env = { TMPDIR: inFolder("temporary"), XDG_CACHE_HOME: inFolder("cache") };
    terminal = openTerminal({ columns: 110, rows: 30, env });
    terminal.run(`cd ${inFolder("catalog")} && clear`);
  });
  afterEach(() => terminal?.close());

  const run = (args: string): void =>
    terminal.run(`node ${join(repository, "bin", "ingot")} ${args}; echo "status $?"`);
  const images = (): string =>
    execFileSync("docker", ["image", "ls", "--format", "{{.Repository}}:{{.Tag}}"], { encoding: "utf8" });

  it("shows what runs with its last line and what has ended above, in any width; Ctrl-C ends it and leaves nothing", async () => {
    run("build --jobs 2 lingers works");
    const shown = await terminal.waitFor(/^build +lingers\/1\/trixie\/dev +\d:\d\d {2}part \d+ of many$/m);
    const lines = shown.split("\n");
    const at = (pattern: RegExp): number => lines.findIndex((line) => pattern.test(line));
    const built = at(/^built {3}base\/13\/trixie\/dev in [\d.]+ m?s, 2\.\d MB on disk$/);
    assert.ok(built >= 0 && built < at(/^build {3}lingers/), shown);
    assert.match(lines.at(-1) ?? "", /^█*░+ \d of 6, about \d+ (s|min) left$/);
    assert.equal(terminal.showsCursor(), false);

    terminal.resize(20, 30);
    const narrow = await terminal.waitFor(/^linger…\S+ +\d:\d\d\n(.*\n)?█*░+ \d of 6$/m);
    assert.ok(narrow.split("\n").every((line) => line.length <= 20));
    terminal.resize(110, 30);
    await terminal.waitFor(/ \d of 6, about \d+ (s|min) left$/);

    terminal.press("C-c");
    const ended = await terminal.waitFor(/^status \d+$/m);
    assert.match(
      ended,
      /^ingot: SIGINT: stopping what runs; once more ends it at once\ningot: ended by SIGINT\nstatus 130$/m,
    );
    assert.doesNotMatch(ended, /[█░]|FAILED/);
    assert.equal(terminal.showsCursor(), true);
    assert.deepEqual(childrenIn(inFolder("catalog")), []);
    assert.deepEqual(readdirSync(inFolder("temporary")), []);
    assert.doesNotMatch(images(), new RegExp(`^${namespace}/lingers:`, "m"));
  });

  it("shows a failure at once: the command, its last 20 lines, and where the others are", async () => {
    run("build --jobs 1 breaks:*dev works:*dev");
    await terminal.waitFor(/^status 1$/m, 30_000);
    const shown = terminal.history();
    const [, log = "", file = ""] =
      /^FAILED {2}build breaks\/1\/trixie\/dev: .*microroot --install[\s\S]*?code: 3\n((?: {8}\| .*\n)+) {8}all of its output: (\S+)$/m.exec(
        shown,
      ) ?? [];
    const last = Array.from({ length: 19 }, (_, index) => `        | unpacking part ${index + 12}\n`).join("");
    assert.equal(log, `${last}        | no such package: breaks\n`, shown);
    const whole = readFileSync(join(inFolder("catalog"), file), "utf8");
    for (let part = 1; part <= 30; part += 1)
      assert.match(whole, new RegExp(`^\\[ +\\d+\\.\\d{3} s\\] .*unpacking part ${part}$`, "m"));
    assert.match(shown, /^built {3}works\/1\/trixie\/dev in /m);
    assert.match(shown, /^FAILED:\n {2}build breaks\/1\/trixie\/dev: /m);
    assert.match(shown, /^\d built, \d already right, 0 skipped, 1 FAILED, in [\d.]+ m?s\nstatus 1$/m);
    assert.doesNotMatch(shown, /[█░]/);
  });

  it("is lines with the time where the terminal can draw nothing", async () => {
    terminal.run("export TERM=dumb");
    run("build breaks:*dev");
    await terminal.waitFor(/^status 1$/m);
    const shown = terminal.history();
    assert.match(shown, /^\[ +\d+\.\d s\] build {3}breaks\/1\/trixie\/dev …$/m);
    assert.match(shown, /^\[ +\d+\.\d s\] FAILED {2}build breaks\/1\/trixie\/dev: /m);
  });
});

/** Command lines of processes that name a folder, but for the terminal's own. */
function childrenIn(folder: string): readonly string[] {
  const all = execFileSync("ps", ["-e", "-o", "args="], { encoding: "utf8" }).split("\n");
  return all.filter((line) => line.includes(folder) && /^docker|buildx|bin\/ingot/.test(line));
}
