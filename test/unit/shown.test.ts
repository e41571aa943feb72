import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { runInProcess } from "../support/command-line.js";
import { claims, othersOptions, replacements, statuses, targets } from "../support/documented.js";
import { readTree } from "../support/folders.js";
import { commandFor, isFollowed } from "../support/follow-shown.js";
import { repository } from "../support/paths.js";
import { pages, readShown, type Shown, shownIn } from "../support/shown.js";

const all = pages().flatMap((page) => readShown(page).map((shown) => ({ ...shown, page })));
const commands = all.flatMap((shown) => ("command" in shown ? [{ ...shown, command: shown.command }] : []));
const read = (path: string): string => readFileSync(join(repository, path), "utf8");
const where = ({ page, line }: { readonly page: string; readonly line: number }): string => `${page}:${line}`;
const addTo = (table: string): string => `change the page, or add to ${table} of test/support/documented.ts`;

describe("what the documents show, before anything is run", () => {
  it("is either run by test/documents/documents.test.ts or claimed by a test that reads the page", () => {
    for (const { page, words = "", by } of claims) {
      assert.ok(read(page).includes(words), `${page} has no longer ${words}`);
      assert.match(read(by), new RegExp(`["/]${basename(page, ".md")}(\\.md)?"`), `${by} does not read ${page}`);
    }
    const whole = claims.filter(({ words }) => words === undefined).map(({ page }) => page);
    assert.equal(new Set(whole).size, whole.length, "two tests claim one page");
  });

  it("of make are targets that there are; who runs those that are not run here is named", () => {
    const makefile = read("Makefile");
    const named = commands.flatMap(({ command }) => /^make((?: [a-z-]+)*) *(?:#.*)?$/.exec(command)?.[1]?.trim() ?? []);
    for (const target of named) {
      assert.ok(target in targets, `nobody runs make ${target}: ${addTo("targets")}`);
      for (const name of target.split(" ").filter(Boolean)) assert.match(makefile, new RegExp(`^${name}:`, "m"));
    }
    assert.deepEqual(
      Object.keys(targets).filter((target) => !named.includes(target)),
      [],
    );
    for (const by of Object.values(targets)) {
      for (const [path] of by.matchAll(/(?<![\w.])(test|\.github|\.ci)\/[\w./-]+/g))
        assert.ok(existsSync(join(repository, path)), path);
    }
  });

  it("needs each entry of the tables", () => {
    for (const [words] of replacements)
      assert.ok(
        commands.some(({ command }) => command.includes(words)),
        words,
      );
    for (const words of Object.keys(statuses))
      assert.ok(
        commands.some(({ command }) => command === words),
        words,
      );
    const options = all.flatMap((shown) => (shown.type === "option" ? [shown.option] : []));
    assert.deepEqual(
      Object.keys(othersOptions).filter((option) => !options.includes(option)),
      [],
    );
  });

  it("has lines of Dockerfiles that the catalog has, whatever the versions", () => {
    const neutral = (text: string): string => text.replace(/\d+(\.\d+)+/g, "N");
    const generated = Object.entries(readTree(join(repository, "generated"))).filter(([path]) =>
      path.endsWith("Dockerfile"),
    );
    for (const shown of all) {
      if (shown.type !== "excerpt") continue;
      assert.ok(
        generated.some(([, text]) => neutral(text).includes(neutral(shown.text))),
        `${where(shown)} is in no Dockerfile`,
      );
    }
  });
});

describe("the options that the documents show", () => {
  const known = new Map<string, readonly string[]>();

  before(async () => {
    const { stdout } = await runInProcess(repository, ["--help"]);
    const names = [...stdout.matchAll(/^ {2}([a-z]+) /gm)]
      .map(([, name = ""]) => name)
      .filter((name) => name !== "help");
    assert.ok(names.length >= 14, stdout);
    known.set("", optionsIn(stdout));
    for (const name of names) known.set(name, optionsIn((await runInProcess(repository, [name, "--help"])).stdout));
  });

  it("of ingot's commands are options of these commands", () => {
    const usages = commands.flatMap(({ command, ...place }) =>
      [...command.matchAll(/(?:^|[ /])ingot ((?:"[^"]*"|[^|;&>"])*)/g)].map(([, usage = ""]) => ({ usage, ...place })),
    );
    assert.ok(usages.length > 40);
    for (const { usage, ...place } of usages) {
      const [, name = ""] = /^(?:--catalog \S+ )?([a-z]+)(?: |$)/.exec(usage) ?? [];
      assert.ok(known.has(name), `${where(place)}: there is no ingot ${name}`);
      const options = [...(known.get(name) ?? []), ...(known.get("") ?? [])];
      for (const option of optionsIn(usage.replace(/ +#.*$/, "")))
        assert.ok(options.includes(option), `${where(place)}: ingot ${name} has no option ${option}`);
    }
  });

  it("by themselves are ingot's, or named as somebody else's", () => {
    const options = new Set([...[...known.values()].flat(), ...Object.keys(othersOptions)]);
    for (const shown of all) {
      if (shown.type !== "option") continue;
      assert.ok(options.has(shown.option), `${where(shown)}: whose is ${shown.option}? ${addTo("othersOptions")}`);
    }
  });
});

const optionsIn = (text: string): readonly string[] =>
  [...text.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([option]) => option);

describe("a document", () => {
  const typesIn = (text: string): readonly string[] => shownIn(text).map(({ type }) => type);

  it("shows commands in blocks and in sentences, Dockerfiles, lines of these, and options", () => {
    const text = [
      ..."Do `make x`, `--y Z`, `ingot list` and `other`, as in:\n".split("\n"),
      ...["| `make table` |", "|---|", "| `make cell` |", ""],
      ...["```console", "$ ls \\", "  -l", "a", "$ cd", "```", "", "```sh", "ls", "```", ""],
      ...["```dockerfile", "FROM a", "```", "", "```dockerfile", "RUN a", "```", "", "```yaml", "a: 1", "```"],
    ].join("\n");
    const types = [
      "named",
      "option",
      "named",
      "named",
      "named",
      "command",
      "command",
      "command",
      "dockerfile",
      "excerpt",
    ];
    assert.deepEqual(typesIn(text), types);
    const [command] = shownIn(text).filter(({ type }) => type === "command") as Extract<Shown, { type: "command" }>[];
    assert.deepEqual([command?.command, command?.output, command?.line], ["ls \\\n  -l", "a", 7]);
  });

  it("has no commands in a block whose language does not say so", () =>
    assert.throws(() => shownIn("```\n$ ls\n```\n"), /is of the language console/));

  it("is done with this machine's platform, a registry of the test's, and a part where it means everything", () => {
    const command = (text: string): string => commandFor(text, { registry: "127.0.0.1:5000/a" });
    assert.match(
      command("./bin/ingot up --stale --registry registry.example.com/acme   # every night"),
      /^\.\/bin\/ingot up --stale --platform linux\/\w+ --registry 127\.0\.0\.1:5000\/a 'base:\*trixie\*' 'lua:\*trixie\*'$/,
    );
    assert.match(
      command("./bin/ingot up --registry registry.example.com/acme lua"),
      /--registry 127\.0\.0\.1:5000\/a lua$/,
    );
    assert.match(
      command("./bin/ingot stale --registry registry.example.com/acme --format json | jq ."),
      /--format json 'base:\*trixie\*' 'lua:\*trixie\*' \| jq \.$/,
    );
    assert.equal(command("make"), "make --dry-run --old-file=compile");
    assert.equal(command("make help"), "make --old-file=compile --old-file=engine help");
  });

  it("is not followed where another test does that", () => {
    const shown = { type: "command", command: "ls", output: "", line: 1 } as const;
    assert.ok(isFollowed("docs/using.md", shown));
    assert.ok(!isFollowed("docs/verifying.md", shown));
    assert.ok(!isFollowed("docs/using.md", { type: "named", command: "ingot list", line: 1 }));
  });
});
