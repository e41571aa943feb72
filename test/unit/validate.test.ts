import assert from "node:assert/strict";
import { z } from "zod";
import { definitionFile } from "../../src/model/definition.js";
import { readDocument } from "../../src/support/document.js";
import { suggestion, validate } from "../../src/support/validate.js";

const schema = z.strictObject({
  name: z
    .string()
    .max(8)
    .regex(/^[a-z]+$/, "must be letters"),
  family: z.enum(["alpine", "debian"]).optional(),
  count: z.int().min(1).max(9).optional(),
  items: z.array(z.string()).min(1).max(2).optional(),
  lines: z.record(z.string().regex(/^\d+(\.\d+)*$/, "must be numbers"), z.strictObject({ on: z.string() })).optional(),
  either: z.union([z.string(), z.int()]).optional(),
});

function complaintsOf(text: string): readonly string[] {
  const result = validate(readDocument("a.yaml", text), schema);
  assert.ok(!result.ok, "it must be refused");
  return result.diagnostics.map(({ rule, message, place }) => `${place?.line}:${place?.column} ${rule}: ${message}`);
}

describe("a file that a schema describes", () => {
  it("is given as the schema has it", () => {
    const result = validate(readDocument("a.yaml", 'name: x\nlines: { "3.10": { on: a } }\n'), schema);
    assert.deepEqual(result, { ok: true, value: { name: "x", lines: { "3.10": { on: "a" } } } });
  });

  const cases: Readonly<Record<string, readonly [string, ...string[]]>> = {
    "suggests the key that was meant": [
      "name: x\nfamly: alpine\n",
      '2:1 unknown-key: "famly" is not known here (did you mean family?)',
    ],
    "suggests nothing that is far": ["name: x\ncolour: red\n", '2:1 unknown-key: "colour" is not known here'],
    "names each unknown key": [
      "name: x\nqqq: 1\nzzz: 2\n",
      '2:1 unknown-key: "qqq" is not known here',
      '3:1 unknown-key: "zzz" is not known here',
    ],
    "says what is missing": ["family: alpine\n", "1:1 missing-key: name is missing: it must be text"],
    "takes a key without a value for missing": ["name:\n", "1:1 missing-key: name is missing: it must be text"],
    "says what a value must be": ["name: [x]\n", "1:7 wrong-type: name must be text"],
    "says what an item must be": ["name: x\nitems: [a, [b]]\n", "2:12 wrong-type: an item of items must be text"],
    "says that a number must be in quotes, as it is written": [
      "name: x\nitems: [3.10]\n",
      '2:9 unquoted-version: write "3.10" in quotes',
    ],
    "says which values are allowed": [
      "name: x\nfamily: alpin\n",
      "2:9 invalid-value: family must be alpine or debian (did you mean alpine?)",
    ],
    "says what is wrong with a text": ["name: X\n", "1:7 invalid-value: name must be letters"],
    "says what is wrong with a key": [
      'name: x\nlines: { "3.x": { on: a } }\n',
      '2:10 invalid-value: "3.x" must be numbers',
    ],
    "says the least and the most of a number": ["name: x\ncount: 0\n", "2:8 invalid-value: count must be at least 1"],
    "says the most items": ["name: x\nitems: [a, b, c]\n", "2:8 invalid-value: items must have at most 2 items"],
    "says the least items": ["name: x\nitems: []\n", "2:8 invalid-value: items must have at least 1 item"],
    "says the most characters": ["name: abcdefghi\n", "1:7 invalid-value: name must have at most 8 characters"],
    "wants a whole number": ["name: x\ncount: 1.5\n", "2:8 wrong-type: count must be a whole number"],
    "names a value that may be of two types": [
      "name: x\neither: [a]\n",
      "2:9 wrong-type: either has a value of the wrong type",
    ],
    "complains of an unquoted key once": [
      "name: x\nlines:\n  3.10: { on: a }\n",
      '3:3 unquoted-version: write "3.10" in quotes, or YAML reads 3.1',
    ],
    "says that it is empty": ["# nothing\n", "1:1 wrong-type: the file is empty"],
    "says that it is no mapping": ["- a\n", "1:1 wrong-type: the file must be a mapping"],
    "gives all complaints at once": [
      "nam: x\nfamily: windows\ncount: many\n",
      "1:1 missing-key: name is missing: it must be text",
      "2:9 invalid-value: family must be alpine or debian",
      "3:8 wrong-type: count must be a number",
      '1:1 unknown-key: "nam" is not known here (did you mean name?)',
    ],
  };
  for (const [title, [text, ...expected]] of Object.entries(cases))
    it(title, () => assert.deepEqual([...complaintsOf(text)].sort(), [...expected].sort()));

  it("is not looked at further where it is not well-formed YAML", () =>
    assert.ok(complaintsOf("nam: [\n").every((text) => text.includes("yaml-syntax"))));
});

describe("what a definition may say", () => {
  const head = "language: lua\nsummary: x\nlicence: MIT\nhomepage: https://example.org/\n";
  const accepts = (text: string): boolean => validate(readDocument("lua.yaml", head + text), definitionFile).ok;
  const lines = 'lines: { "5.4": { on: { trixie: {} } } }\n';

  it("is the little that it must", () => assert.equal(accepts(lines), true));
  it("has no line that is nowhere", () => assert.equal(accepts('lines: { "5.4": { on: {} } }\n'), false));
  for (const hostile of [
    "x; rm -rf /",
    "-o=x",
    "a b",
    "$(reboot)",
    "`reboot`",
    "a\\nb",
    "../a",
    "",
    "a'b",
    "a=1",
    "a{lines}",
    "a{line",
    "{}",
  ]) {
    it(`has no package named ${JSON.stringify(hostile)}`, () =>
      assert.equal(accepts(`${lines}packages: { debian: { runtime: ["${hostile}"] } }\n`), false));
  }
  it("has packages whose names have capitals, as some of Alpine's do", () =>
    assert.equal(
      accepts(`${lines}packages: { alpine: { version: R, runtime: [R], dev: [R-dev] } }\nreasons: { "R*": why }\n`),
      true,
    ));
  it("has packages whose names have the release line in them", () =>
    assert.equal(
      accepts(`${lines}packages: { debian: { version: "{line}-a", runtime: ["a{line}b{digits}"] } }\n`),
      true,
    ));
  for (const hostile of ["a\\nRUN reboot", "a\\0b", "a\\u2028b", "a\\e[31mb"]) {
    it(`has no environment value ${hostile}`, () =>
      assert.equal(accepts(`${lines}runtime: { env: { A: "${hostile}" } }\n`), false));
    it(`has no argument ${hostile}`, () => assert.equal(accepts(`${lines}runtime: { cmd: ["${hostile}"] }\n`), false));
  }
  for (const hostile of ["../x", "/x", "a/../b", ".", "a//b", "a b", ".hidden/../x"]) {
    it(`has no file ${hostile}`, () => assert.equal(accepts(`${lines}dev: { files: ["${hostile}"] }\n`), false));
  }
  for (const hostile of [
    "x",
    "/",
    "/a b",
    "/a'b",
    "/$x",
    "/a;b",
    "/a/../b",
    "/./a",
    "//a",
    "/a/",
    "/a\\nb",
    "-a",
    "/?",
    "/[a]",
  ]) {
    it(`keeps and drops no path ${hostile}`, () => {
      assert.equal(accepts(`${lines}runtime: { keep: { "${hostile}": why } }\n`), false);
      assert.equal(accepts(`${lines}runtime: { drop: { "${hostile}": why } }\n`), false);
    });
  }
  it("gives the reason for every path that it keeps or drops", () => {
    assert.equal(accepts(`${lines}runtime: { drop: { "/usr/**/*.d.ts": for compilers } }\n`), true);
    assert.equal(accepts(`${lines}runtime: { drop: { "/usr/**/*.d.ts": "" } }\n`), false);
    assert.equal(accepts(`${lines}runtime: { drop: ["/usr/**/*.d.ts"] }\n`), false);
  });
  it("has free text where it is quoted later: environment values and commands", () => {
    assert.equal(
      accepts(`${lines}runtime: { env: { A: 'x "y" $z \\ #' }, cmd: [sh, -c, 'echo "$A"; exit 1'] }\n`),
      true,
    );
  });
});

describe("a suggestion", () => {
  it("is the nearest, if it is near", () => {
    assert.equal(suggestion("trixy", ["bookworm", "trixie"]), " (did you mean trixie?)");
    assert.equal(suggestion("windows", ["bookworm", "trixie"]), "");
    assert.equal(suggestion("x", []), "");
  });
});
