import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeFiles } from "../support/folders.js";
import { repository } from "../support/paths.js";
import { writeResolvedCatalog } from "../support/resolved-catalog.js";
import { openTerminal, requireTmux, type Terminal } from "../support/terminal.js";

describe("what is read in a terminal of 70 columns", function () {
  this.timeout(60_000);
  let folder: string | undefined;
  let terminal: Terminal;

  before(function () {
    requireTmux(this);
    folder = mkdtempSync(join(tmpdir(), "ingot-read-"));
    writeResolvedCatalog(folder);
  });
  after(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    terminal = openTerminal({ columns: 70, rows: 60, env: { TERM: "screen" } });
    terminal.run(`cd ${folder} && clear`);
  });
  afterEach(() => terminal?.close());

  let count = 0;
  /** The lines that a command writes there, each whole where the terminal itself broke one; and the same as it is coloured. */
  const shown = async (command: string): Promise<{ readonly lines: readonly string[]; readonly painted: string }> => {
    count += 1;
    const program = `node ${join(repository, "bin", "ingot")}`;
    terminal.run(`clear; echo begin-${count}; ${command.replace("ingot", program)}; echo en""d-${count}`);
    await terminal.waitFor(new RegExp(`^end-${count}$`, "m"));
    const lines = terminal.lines();
    const painted = terminal.painted();
    return {
      lines: lines.slice(lines.indexOf(`begin-${count}`) + 1, lines.indexOf(`end-${count}`)),
      painted: painted.slice(painted.lastIndexOf(`begin-${count}`), painted.lastIndexOf(`end-${count}`)),
    };
  };

  it("is wrapped to the window, with references in one piece, and into a pipe it is not", async () => {
    const wrapped = (await shown("ingot list python node:20")).lines;
    assert.ok(wrapped.length > 10 && wrapped.every((line) => line.length < 70), wrapped.join("\n"));
    assert.ok(wrapped.includes("python    3.13  trixie        runtime  3.13.5   2029-10-31"), wrapped.join("\n"));
    assert.ok(wrapped.includes("    3.13.5-debian 3.13.5 3.13-debian 3.13 3-debian debian"), wrapped.join("\n"));
    const piped = (await shown("ingot list python node:20 | cat")).lines;
    assert.equal(piped.filter((line) => /^(python|node) /.test(line)).length, piped.length - 1);
    assert.ok(piped.some((line) => line.length > 100));
  });

  it("has colours, and none with NO_COLOR or TERM=dumb; wrapped it is all the same", async () => {
    for (const [before, isPainted] of [
      ["", true],
      ["NO_COLOR=1 ", false],
      ["TERM=dumb ", false],
    ] as const) {
      const { lines, painted } = await shown(`${before}ingot list node:20`);
      assert.equal(painted.includes("\u001b[33mupstream ended"), isPainted, before);
      assert.ok(lines.some((line) => line.endsWith("upstream ended")) && lines.every((line) => line.length < 70));
    }
  });

  it("of a mistake is its place, and the piece of the line that is underlined", async () => {
    const text = `language: lua\nlines: { "5.4": { on: { bookworm: {}, a_distribution_that_is_not_there: {}, alpine3.23: {} } } }\n`;
    writeFiles(folder as string, { "languages/lua.yaml": text });
    const { lines } = await shown("ingot list");
    const at = lines.findLastIndex((line) => /^ {4}\| +~+$/.test(line));
    assert.ok(at > 0 && lines.every((line) => line.length < 70), lines.join("\n"));
    const [source = "", underline = ""] = lines.slice(at - 1);
    assert.equal(source.slice(underline.indexOf("~"), underline.length), "a_distribution_that_is_not_there");
  });
});
