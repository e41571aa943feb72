import assert from "node:assert/strict";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { execa } from "execa";
import fc from "fast-check";
import { makeProgram } from "../../src/cli.js";
import { placeholders, shapeOf } from "../../src/cli-completion.js";
import { platforms } from "../../src/model/platform.js";
import { formatCompletion } from "../../src/reporters/completion.js";
import { parseTyped } from "../../src/support/shell-words.js";
import { runInProcess } from "../support/command-line.js";
import { useTemporaryFolder } from "../support/folders.js";
import { hostileTexts } from "../support/hostile.js";
import { goldens, repository } from "../support/paths.js";

const program = makeProgram(() => undefined);
const { commands } = shapeOf(program);

describe("what completes a command line", () => {
  const folder = useTemporaryFolder();
  const index = () => join(folder(), "generated", "catalog.json");
  beforeEach(() =>
    cpSync(join(goldens, "small-catalog", "expected", "generated", "catalog.json"), index(), { recursive: true }),
  );

  /** What fish is told at the end of a line: first the kind. */
  const asked = async (line: string): Promise<readonly string[]> => {
    const { status, stdout, stderr } = await runInProcess(folder(), ["__complete", "fish", "--", line]);
    assert.deepEqual([status, stderr], [0, ""]);
    return stdout.trimEnd().split("\n");
  };
  const words = async (line: string): Promise<readonly string[]> => {
    const [kind, ...found] = await asked(line.replace("ingot ", `ingot --catalog ${folder()} `));
    assert.match(kind ?? "", /^(words|open)$/);
    return found.map((each) => each.split("\t")[0] ?? "");
  };

  it("is every command that the help lists, and none that it does not", async () => {
    const help = (await runInProcess(folder(), ["--help"])).stdout;
    const listed = [...help.slice(help.indexOf("Commands:")).matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name);
    assert.ok(listed.length > 15 && !listed.includes("__complete"));
    assert.deepEqual(await words("ingot "), listed);
    assert.deepEqual(await words("ingot si"), ["size", "site"]);
    assert.deepEqual(await words("ingot help pub"), ["publish"]);
  });

  it("is every option of each command, the program's too, with what it is for", async () => {
    const optionsOf = (command: Command) => command.createHelp().visibleOptions(command);
    for (const command of program.commands.filter((each) => !each.name().startsWith("_"))) {
      const expected = [...optionsOf(command), ...optionsOf(program)].map(({ long }) => long);
      const found = await asked(`ingot ${command.name()} --`);
      const named = found.slice(1).map((line) => line.split("\t"));
      assert.deepEqual(new Set(named.map(([name]) => name)), new Set(expected), command.name());
      assert.ok(named.every(([, description = ""]) => description !== ""));
    }
  });

  it("is known of every option and argument: who adds one with another placeholder says what stands for it", () => {
    const visible = [program, ...program.commands.filter((command) => !command.name().startsWith("_"))];
    const names = visible.flatMap((command) => [
      ...command.options.filter(({ argChoices }) => argChoices === undefined).map(({ flags }) => flags),
      ...command.registeredArguments
        .filter(({ argChoices }) => argChoices === undefined)
        .map((each) => `<${each.name()}>`),
    ]);
    const unknown = names.filter((flags) => {
      const [, placeholder] = /[<[](.+)[>\]]$/.exec(flags) ?? [];
      return placeholder !== undefined && placeholders[placeholder] === undefined;
    });
    assert.deepEqual(unknown, [], "src/cli-completion.ts has the table");
  });

  it("is what an option takes, behind a space and behind =, and nothing where that can be anything", async () => {
    assert.deepEqual(await words("ingot plan --format b"), ["bake"]);
    assert.deepEqual(await words("ingot plan --format=g"), ["--format=github-matrix"]);
    assert.deepEqual(await words("ingot build --engine "), ["docker", "podman"]);
    assert.deepEqual(await words("ingot build --platform "), platforms);
    assert.deepEqual(await words("ingot build --platform linux/arm64,"), ["linux/arm64,linux/amd64"]);
    assert.deepEqual(await words("ingot completion "), ["bash", "zsh", "fish"]);
    assert.deepEqual(await words("ingot publish --registry "), []);
    assert.deepEqual(await words("ingot up --jobs "), []);
    assert.deepEqual(await words("ingot up --nonsense="), []);
    assert.deepEqual(await asked("ingot resolve --mirror "), ["open", "alpine=", "debian="]);
  });

  it("is the shell's own list of files or folders where an option takes one", async () => {
    for (const line of ["--catalog ", "--catalog=", "site --out x"])
      assert.deepEqual(await asked(`ingot ${line}`), ["folders"]);
    for (const line of ["up --junit ", "verify --key=co", "publish --sign ", "resolve --cycles "])
      assert.deepEqual(await asked(`ingot ${line}`), ["files"]);
  });

  it("has no option twice, but one whose values have names, and after -- none", async () => {
    assert.ok((await words("ingot list -")).includes("--json"));
    assert.ok(!(await words("ingot list --json -")).includes("--json"));
    assert.ok((await words("ingot build --mirror debian=x -")).includes("--mirror"));
    assert.deepEqual(await words("ingot list -- -"), []);
  });

  it("of a command without arguments is its options", async () => {
    assert.ok((await words("ingot generate ")).includes("--check"));
    assert.deepEqual(await words("ingot generate x"), []);
    assert.deepEqual(await words("ingot nonsense "), []);
  });

  it("of selectors is first a language, and then its tags, part by part", async () => {
    assert.deepEqual(await words("ingot build "), ["base", "node", "python"]);
    assert.deepEqual((await words("ingot build py")).slice(0, 4), [
      "python",
      "python:3",
      "python:3.12",
      "python:3.12.12",
    ]);
    assert.deepEqual(await words("ingot build python:3.13.5-"), [
      "python:3.13.5-debian",
      "python:3.13.5-dev",
      "python:3.13.5-trixie",
    ]);
    assert.deepEqual(await words("ingot build python:3.13.5-tr"), ["python:3.13.5-trixie", "python:3.13.5-trixie-dev"]);
    assert.deepEqual(await words("ingot build x python:3.13.5-trixie-"), ["python:3.13.5-trixie-dev"]);
    assert.ok((await words("ingot build node:")).includes("node:lts"));
    assert.ok((await words("ingot build node:")).every((word) => !word.includes("-")));
    assert.deepEqual(
      await words("ingot build acme/n"),
      (await words("ingot build n")).map((word) => `acme/${word}`),
    );
    assert.deepEqual(await words('ingot build "python:*'), []);
    assert.deepEqual(await words("ingot build perl"), []);
  });

  it("says what a tag is", async () => {
    const line = (await asked(`ingot --catalog ${folder()} build python:3.13.5-trixie-`))[1];
    assert.equal(line, "python:3.13.5-trixie-dev\t3.13.5 on trixie, dev");
  });

  it("before the first generate is the languages that have a definition", async () => {
    const other = join(folder(), "other");
    mkdirSync(join(other, "languages"), { recursive: true });
    writeFileSync(join(other, "languages", "lua.yaml"), "not: a definition");
    assert.deepEqual((await asked(`ingot --catalog ${other} build `)).slice(1), ["lua\tall its images"]);
  });

  it("says nothing of a catalog that is broken, or not there", async () => {
    for (const text of ["", "{", "[]", '{"languages":[{"language":3}]}', "null"]) {
      writeFileSync(index(), text);
      assert.deepEqual(await words("ingot build p"), []);
    }
    assert.deepEqual(await asked("ingot --catalog /nowhere build "), ["words"]);
    assert.deepEqual(await asked(`ingot --catalog ${index()} build `), ["words"]);
  });

  it("is no name of a catalog that is none: an option, a path, a command", async () => {
    const images = [{ variant: "dev", repository: "acme/lua", tags: ["--force", "$(id)", "5.4"] }];
    const languages = ["--sign=x", "../x", "lua", "a;id"].map((language) => ({
      language,
      pairs: [{ version: "5.4.7", distribution: "trixie", images }],
    }));
    writeFileSync(index(), JSON.stringify({ languages }));
    assert.deepEqual(await words("ingot build "), ["lua", "lua:5.4"]);
  });

  it("has no word that a shell would read as more than text, and no description that controls a terminal", () => {
    const candidates = hostileTexts.map((text) => ({ word: text, description: text }));
    const evil = ["$(id)", "`id`", "a;id", "a b", "a\nb", "~x", "!x", "a'b", 'a"b', "*", "a&b", "\\"].map((word) => ({
      word,
    }));
    const good = { word: "python:3.13", description: hostileTexts.join("\n") };
    for (const shell of ["bash", "zsh", "fish"] as const) {
      const text = formatCompletion(
        { kind: "words", candidates: [...candidates, ...evil, good] },
        { shell, current: "", isQuoted: false, breaks: "" },
      );
      for (const line of text.split("\n").slice(1)) assert.match(line, /^[\w.,:=/+\\-]+([\t:][^\p{Cc}]*)?$/u);
      assert.match(text, /3\.13/);
    }
  });

  it("for bash is what stands behind the last character that parts words, and in quotes the whole", () => {
    const reply = (typed: string, word: string, breaks = " \t\n\"'><=;|&(:") =>
      formatCompletion(
        { kind: "words", candidates: [{ word, description: "x" }] },
        { shell: "bash", ...parseTyped(`ingot ${typed}`), breaks },
      ).split("\n")[1];
    assert.equal(reply("python:3", "python:3.13"), "3.13");
    assert.equal(reply("python:", "python:3.13"), "3.13");
    assert.equal(reply("pyth", "python:3.13"), "python:3.13");
    assert.equal(reply('"python:3', "python:3.13"), "python:3.13");
    assert.equal(reply("--format=j", "--format=json"), "json");
    assert.equal(reply("python:3", "python:3.13", " \t\n"), "python:3.13");
  });

  it("loads neither a catalog nor what reads one, so that a key answers at once", async () => {
    const { stdout } = await execa(
      process.execPath,
      [join(repository, "bin", "ingot"), "__complete", "fish", "--", "ingot build "],
      { cwd: folder(), env: { NODE_V8_COVERAGE: join(folder(), "loaded") } },
    );
    assert.match(stdout, /^python\t/m);
    const [file = ""] = readdirSync(join(folder(), "loaded"));
    const loaded = readFileSync(join(folder(), "loaded", file), "utf8");
    assert.match(loaded, /node_modules\/commander\//);
    assert.doesNotMatch(
      loaded,
      /node_modules\/(zod|yaml|handlebars|semver|execa)\/|src\/(stages|ports\/(process|registry))/,
    );
  });
});

describe("a line that is being typed", () => {
  const cases: readonly (readonly [string, readonly string[], string])[] = [
    ["ingot ", ["ingot"], ""],
    ["ingot bu", ["ingot"], "bu"],
    ["  ingot  build  py", ["ingot", "build"], "py"],
    ["ingot build 'python:*' no", ["ingot", "build", "python:*"], "no"],
    ['ingot build "python:3', ["ingot", "build"], "python:3"],
    ["ingot --catalog my\\ dir build ", ["ingot", "--catalog", "my dir", "build"], ""],
    ["ingot --catalog 'my dir'/x", ["ingot", "--catalog"], "my dir/x"],
    ['a "b\\"c" d\\', ["a", 'b"c'], "d"],
    ["", [], ""],
  ];
  for (const [line, expected, current] of cases)
    it(`${JSON.stringify(line)} has the words ${JSON.stringify(expected)} before ${JSON.stringify(current)}`, () => {
      const typed = parseTyped(line);
      assert.deepEqual([typed.words, typed.current], [expected, current]);
    });

  it("is read whatever it holds, and a word in quotes is one word", () =>
    fc.assert(
      fc.property(fc.string(), fc.string(), (any, word) => {
        parseTyped(any);
        const quoted = `'${word.replaceAll("'", "")}'`;
        assert.deepEqual(parseTyped(`a ${quoted} b`).words, ["a", word.replaceAll("'", "")]);
      }),
    ));
});

it("every command has a description to complete it by", () =>
  assert.ok(commands.length > 15 && commands.every(({ description }) => description !== "")));
