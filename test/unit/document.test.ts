import assert from "node:assert/strict";
import fc from "fast-check";
import { sortDiagnostics } from "../../src/model/diagnostic.js";
import { formatDiagnostic } from "../../src/reporters/diagnostics.js";
import { readDocument } from "../../src/support/document.js";

const text = `# a comment
language: python
lines:
  "3.14": { on: { alpine3.24: {} } }
cmd:
  - python3
  - -c
empty:
`;

/** `line:column+length` */
function at(path: readonly PropertyKey[], part?: "key" | "value", source = text): string {
  const { line, column, length } = readDocument("a.yaml", source).placeOf(path, part);
  return `${line}:${column}+${length}`;
}

describe("a place in a YAML file", () => {
  it("of a value is where the value stands", () => assert.equal(at(["language"]), "2:11+6"));
  it("of a key is where the key stands", () => assert.equal(at(["language"], "key"), "2:1+8"));
  it("of a quoted key has the quotes", () => assert.equal(at(["lines", "3.14"], "key"), "4:3+6"));
  it("inside of one line is as deep as the path", () =>
    assert.equal(at(["lines", "3.14", "on", "alpine3.24"], "key"), "4:19+10"));
  it("of an item is where the item stands", () => assert.equal(at(["cmd", 1]), "7:5+2"));
  it("of a whole block is the key that opens it", () => assert.equal(at(["lines"]), "3:1+5"));
  it("of a value that is not written is its key", () => assert.equal(at(["empty"]), "8:1+5"));
  it("of what is not there is that of the nearest that is", () => {
    assert.equal(at(["lines", "3.15", "on"]), "3:1+5");
    assert.equal(at(["cmd", 7]), "5:1+3");
    assert.equal(at(["nothing", "at", "all"]), "1:1+1");
  });
  it("of a value over several lines ends with its first", () =>
    assert.equal(at(["a"], "value", 'a: "x\n  y"\n'), "1:4+2"));
  it("is right with Windows line ends, and its text is without them", () => {
    const { line, column, text: shown } = readDocument("a.yaml", "a: 1\r\nbc: 2\r\n").placeOf(["bc"]);
    assert.deepEqual([line, column, shown], [2, 5, "bc: 2"]);
  });
  it("is always inside of its line", () => {
    const step = fc.oneof(fc.constantFrom("lines", "3.14", "on", "cmd", "empty", "language"), fc.nat(3));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 4 }), fc.constantFrom("key" as const, "value" as const), (path, part) => {
        const place = readDocument("a.yaml", text).placeOf(path, part);
        assert.equal(place.text, text.split("\n")[place.line - 1]);
        assert.ok(
          place.column >= 1 && place.length >= 1 && place.column - 1 + place.length <= Math.max(1, place.text.length),
        );
      }),
    );
  });
});

describe("a YAML file", () => {
  const complaintsOf = (source: string): readonly string[] =>
    readDocument("a.yaml", source).complaints.map(
      ({ rule, message, place }) => `${place?.line}:${place?.column} ${rule}: ${message}`,
    );

  it("with a number for a key is told to quote it, and what YAML reads instead", () => {
    assert.deepEqual(complaintsOf("3.10: a\n24: b\n"), [
      '1:1 unquoted-version: write "3.10" in quotes, or YAML reads 3.1',
      '2:1 unquoted-version: write "24" in quotes, or YAML reads a number',
    ]);
  });
  it("with another word that YAML takes for a value as a key is told what it reads", () => {
    assert.deepEqual(complaintsOf("true: a\n~: b\n"), [
      '1:1 unquoted-version: write "true" in quotes, or YAML reads a boolean',
      '2:1 unquoted-version: write "~" in quotes, or YAML reads null',
    ]);
  });
  it("with a mapping for a key is refused", () =>
    assert.match(complaintsOf("? { a: b }\n: c\n")[0] ?? "", /^1:3 wrong-type: a key must be a name$/));
  it("with an alias is refused at the alias, whatever is behind it", () => {
    assert.deepEqual(complaintsOf("a: &x [1]\nb: *x\nc: *x\n"), [
      "2:4 yaml-syntax: aliases are not supported: write the value out",
      "3:4 yaml-syntax: aliases are not supported: write the value out",
    ]);
  });
  it("that is not well-formed has no value, and a complaint of one line", () => {
    const document = readDocument("a.yaml", "a: [1\nb: }\n");
    assert.equal(document.value, undefined);
    assert.ok(document.complaints.length > 0);
    for (const { rule, message } of document.complaints)
      assert.ok(rule === "yaml-syntax" && !message.includes("\n"), message);
  });
  it("with a key twice is refused", () => assert.match(complaintsOf("a: 1\na: 2\n")[0] ?? "", /^2:1 yaml-syntax: /));
  it("keeps what was written, beside what it means", () => {
    const document = readDocument("a.yaml", 'a: 3.10\nb: "3.10"\nc:\n');
    assert.deepEqual(document.value, { a: 3.1, b: "3.10", c: null });
    assert.deepEqual([["a"], ["b"], ["c"], ["d"]].map(document.sourceOf), ["3.10", '"3.10"', undefined, undefined]);
  });
  it("is read or complained of, whatever it is", () => {
    const yaml = fc.string({ unit: fc.constantFrom(..."ab13.:-?{}[]&*!|>'\"#%@`~, \n\t") });
    fc.assert(
      fc.property(fc.oneof(fc.string(), yaml), (source) => {
        const document = readDocument("a.yaml", source);
        assert.equal(
          document.value === undefined,
          document.complaints.some(({ rule }) => rule === "yaml-syntax"),
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe("a diagnostic", () => {
  const place = { file: "a.yaml", line: 7, column: 3, length: 4, text: "  3.10: {}" };
  it("shows the line and underlines the place", () => {
    assert.equal(
      formatDiagnostic({ rule: "unquoted-version", message: "write it in quotes", place }),
      ["a.yaml:7:3 unquoted-version: write it in quotes", "  7 |   3.10: {}", "    |   ~~~~"].join("\n"),
    );
  });
  it("keeps tabs in front of the underline, so that it stands under its text", () => {
    const [, , underline] = formatDiagnostic({
      rule: "yaml-syntax",
      message: "x",
      place: { ...place, column: 3, text: "\t\t3.10" },
    }).split("\n");
    assert.equal(underline, "    | \t\t~~~~");
  });
  it("never underlines more than the line has", () => {
    const [, , underline] = formatDiagnostic({
      rule: "yaml-syntax",
      message: "x",
      place: { ...place, length: 500 },
    }).split("\n");
    assert.equal(underline, "    |   ~~~~~~~~");
  });
  it("without a place names its file, or nothing", () => {
    assert.equal(
      formatDiagnostic({ rule: "lock-missing", message: "x", file: "catalog.lock.yaml" }),
      "catalog.lock.yaml lock-missing: x",
    );
    assert.equal(formatDiagnostic({ rule: "unmatched-selector", message: "x" }), "unmatched-selector: x");
  });
  it("comes once, in the order of files, lines and columns, whatever the order of its finding", () => {
    const at = (file: string, line: number, column: number) => ({
      rule: "wrong-type" as const,
      message: "x",
      place: { ...place, file, line, column },
    });
    const sorted = [at("a.yaml", 2, 1), at("a.yaml", 10, 3), at("a.yaml", 10, 20), at("b.yaml", 1, 1)];
    fc.assert(
      fc.property(fc.shuffledSubarray([...sorted, ...sorted], { minLength: 8 }), (shuffled) =>
        assert.deepEqual(sortDiagnostics(shuffled), sorted),
      ),
    );
  });
});
