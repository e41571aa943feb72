import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { goldens, repository } from "../support/paths.js";
import { openTerminal, requireProgram, requireTmux, type Terminal } from "../support/terminal.js";

/** How each shell is started without anybody's settings, and what has it complete ingot. */
const shells: Readonly<Record<string, { readonly start: string; readonly setup: readonly string[] }>> = {
  bash: { start: "bash --norc --noprofile -i", setup: ["source <(ingot completion bash)"] },
  zsh: { start: "zsh -f -i", setup: ["autoload -U compinit && compinit -u -D", "source <(ingot completion zsh)"] },
  fish: {
    start: "fish --no-config",
    setup: [
      "set -g fish_autosuggestion_enabled 0; set -g fish_greeting; function fish_prompt; printf '$ '; end",
      "ingot completion fish | source",
    ],
  },
};

/** What is typed before Tab, and what stands there after it, with an X typed behind: so that it shows whether a space follows. */
const cases: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  "a command": [["ingot li", "ingot list X"]],
  "an option of the program": [["ingot --cat", "ingot --catalog X"]],
  "an option of a command": [["ingot build --qu", "ingot build --quiX"]],
  "an option's value": [
    ["ingot plan --format b", "ingot plan --format bake X"],
    ["ingot plan --format=g", "ingot plan --format=github-matrix X"],
    ["ingot build --platform linux/am", "ingot build --platform linux/amd64 X"],
  ],
  "the beginning of a value, without a space behind it": [
    ["ingot resolve --mirror deb", "ingot resolve --mirror debian=X"],
  ],
  "a language": [["ingot build ba", "ingot build baseX"]],
  "a tag behind the colon": [
    ["ingot build python:late", "ingot build python:latest X"],
    ["ingot build python:3.13.5-tri", "ingot build python:3.13.5-trixieX"],
    ["ingot build base node:24-alpine3.24-d", "ingot build base node:24-alpine3.24-dev X"],
  ],
  "a tag in quotes": [['ingot test "python:late', 'ingot test "python:latest" X']],
  "a tag of another catalog": [
    ["ingot --catalog other list lu", "ingot --catalog other list lua X"],
    ["ingot list --catalog=./other lu", "ingot list --catalog=./other lua X"],
  ],
  "a folder, and no file": [
    ["ingot site --out un", "ingot site --out under/X"],
    ["ingot site --out=un", "ingot site --out=under/X"],
  ],
  "a file": [
    ["ingot up --junit rep", "ingot up --junit report.xml X"],
    ["ingot up --junit=under/in", "ingot up --junit=under/inner.xml X"],
  ],
  "nothing of a catalog that is broken": [["ingot --catalog broken build py", "ingot --catalog broken build pyX"]],
  "the same for a program by its path": [["./bin/ingot build python:late", "./bin/ingot build python:latest X"]],
};

for (const [shell, { start, setup }] of Object.entries(shells))
  describe(`${shell}, at a press of Tab`, function () {
    this.timeout(120_000);
    let folder: string;
    let terminal: Terminal | undefined;

    before(async function () {
      requireTmux(this);
      requireProgram(this, shell, ["--version"]);
      folder = writeWorld();
      // A shell that ends must not write into a folder that goes.
      const env = {
        HOME: folder,
        ZDOTDIR: folder,
        HISTFILE: "",
        PATH: `${join(folder, "bin")}:${process.env["PATH"]}`,
      };
      terminal = openTerminal({ columns: 100, rows: 40, env });
      terminal.run(`cd ${folder} && exec ${start}`);
      for (const line of setup) terminal.run(line);
      terminal.run("clear; echo ready");
      await terminal.waitFor(/^ready$/m);
    });
    after(() => {
      terminal?.close();
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    });

    for (const [title, lines] of Object.entries(cases))
      it(`completes ${title}`, async () => {
        assert.ok(terminal !== undefined);
        for (const [typed, expected] of lines) {
          terminal.press("C-u");
          terminal.press("C-l");
          await terminal.waitFor(/^[^ ]*[$%]$/);
          terminal.type(typed);
          terminal.press("Tab");
          terminal.type("X");
          const shown = await terminal.waitFor(/X"?$/m);
          assert.equal((shown.split("\n")[0] ?? "").replace(/^\S+ /, ""), expected, shown);
        }
      });
  });

/** A catalog as `generate` lists it, another one, one that is broken, and the program in a folder of `PATH`. */
function writeWorld(): string {
  const folder = mkdtempSync(join(tmpdir(), "ingot-shells-"));
  const index = join(goldens, "small-catalog", "expected", "generated", "catalog.json");
  for (const name of ["bin", "generated", "other/languages", "broken/generated", "under"])
    mkdirSync(join(folder, name), { recursive: true });
  symlinkSync(join(repository, "bin", "ingot"), join(folder, "bin", "ingot"));
  cpSync(index, join(folder, "generated", "catalog.json"));
  const files = [
    "broken/generated/catalog.json",
    "other/languages/lua.yaml",
    "report.xml",
    "unfit.xml",
    "under/inner.xml",
  ];
  for (const path of files) writeFileSync(join(folder, path), "{");
  return folder;
}
