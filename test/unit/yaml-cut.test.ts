import assert from "node:assert/strict";
import { withoutEntries } from "../../src/support/yaml-cut.js";

const text = `# at the top
language: python

# above the lines
lines:
  # the newest
  "3.14": { on: { alpine: {} } }
  "3.13": { on: { trixie: { a: [1, 2] }, alpine: {}, bookworm: {} }, aliases: [lts] }
  # two lines
  # of comment
  "3.12":
    on: # why
      { alpine: {} }

# above reasons
reasons:
  one: |
    # no comment
    text
  two: x # behind
limits: [none]
`;

describe("a YAML text without some entries", () => {
  it("loses an entry of a block with the comments right above it, and keeps all else to the letter", () => {
    assert.equal(
      withoutEntries(text, ["lines"], ["3.14", "3.12"]),
      text.replace(/ {2}# the newest\n.*\n/, "").replace(/ {2}# two lines\n[\s\S]*\{ alpine: \{\} \}\n/, ""),
    );
  });

  it("loses entries of a mapping in braces", () => {
    const trixie = withoutEntries(text, ["lines", "3.13", "on"], ["alpine", "bookworm"]);
    assert.equal(trixie, text.replace(", alpine: {}, bookworm: {} }", " }"));
    const other = withoutEntries(text, ["lines", "3.13", "on"], ["trixie", "bookworm"]);
    assert.equal(other, text.replace("trixie: { a: [1, 2] }, alpine: {}, bookworm: {}", "alpine: {}"));
  });

  it("loses the first, the middle and the last entry of the whole, and what is behind it on its line", () => {
    assert.equal(withoutEntries(text, [], ["limits"]), text.replace("limits: [none]\n", ""));
    assert.equal(withoutEntries(text, ["reasons"], ["two"]), text.replace("  two: x # behind\n", ""));
    assert.equal(withoutEntries(text, ["reasons"], ["one"]), text.replace(/ {2}one: [\s\S]*text\n/, ""));
    assert.match(withoutEntries(text, [], ["language"]), /^# above the lines\nlines:/);
  });

  it("loses a mapping whole that would be empty", () => {
    const without = withoutEntries(text, ["reasons"], ["one", "two"]);
    assert.equal(without, text.replace(/# above reasons\n[\s\S]*# behind\n/, ""));
    assert.doesNotMatch(withoutEntries(text, ["lines", "3.12", "on"], ["alpine"]), /"3\.12"/);
  });

  it("ends as it did where its last line has no end", () => {
    assert.equal(withoutEntries("a: 1\nb: 2", [], ["b"]), "a: 1\n");
    assert.equal(withoutEntries("a: 1\nb: 2", [], ["a"]), "b: 2");
  });

  it("is as it was where there is no such entry, no such mapping, or no YAML", () => {
    for (const [path, names] of [
      [["lines"], ["3.11"]],
      [["nothing", "here"], ["a"]],
      [["language"], ["a"]],
      [["lines"], []],
    ] as const)
      assert.equal(withoutEntries(text, path, names), text);
    assert.equal(withoutEntries("{ a: [", [], ["b"]), "{ a: [");
  });
});
