import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import stringWidth from "string-width";
import { paintFor, unpainted } from "../../src/reporters/paint.js";
import { type Surface, surfaceFor, unlimited } from "../../src/reporters/surface.js";
import { formatTable } from "../../src/reporters/table.js";
import { beside, cut, paragraph, wrap } from "../../src/reporters/wrap.js";

const painted = paintFor({ FORCE_COLOR: "1" }, false);
const plain = (width: number): Surface => ({ width, paint: unpainted });

describe("what text is written on", () => {
  const terminal = { isTTY: true, columns: 100 };
  const wide = (stream: Parameters<typeof surfaceFor>[1]) => surfaceFor({ TERM: "xterm" }, stream).width;
  const red = (env: Readonly<Record<string, string>>, stream: Parameters<typeof surfaceFor>[1]) =>
    surfaceFor(env, stream).paint("red", "x");

  it("is a terminal's window less a column, and as wide as need be where there is no terminal", () => {
    assert.equal(wide(terminal), 99);
    assert.equal(wide({ columns: 100 }), Number.POSITIVE_INFINITY);
    assert.equal(wide({ isTTY: false, columns: 100 }), Number.POSITIVE_INFINITY);
  });

  it("is 80 columns where a terminal does not say, and never too narrow for anything", () => {
    assert.equal(wide({ isTTY: true }), 79);
    assert.equal(wide({ isTTY: true, columns: 0 }), 79);
    assert.equal(wide({ isTTY: true, columns: 3 }), 19);
  });

  it("has colours in a terminal alone, unless FORCE_COLOR or NO_COLOR say otherwise", () => {
    assert.notEqual(red({ TERM: "xterm" }, terminal), "x");
    assert.equal(red({ TERM: "xterm" }, {}), "x");
    assert.equal(red({ TERM: "dumb" }, terminal), "x");
    assert.equal(red({ TERM: "xterm", NO_COLOR: "1" }, terminal), "x");
    assert.notEqual(red({ FORCE_COLOR: "1" }, {}), "x");
  });
});

describe("text that is wrapped", () => {
  it("is broken between words, and never within one", () =>
    assert.deepEqual(wrap("acme/python:3.13.5-trixie acme/python:3.13 x", 10), [
      "acme/python:3.13.5-trixie",
      "acme/python:3.13",
      "x",
    ]));

  it("keeps a command in backticks in one piece", () =>
    assert.deepEqual(wrap("there is no lock: run `ingot resolve --check` now", 24), [
      "there is no lock: run",
      "`ingot resolve --check`",
      "now",
    ]));

  it("is as it was where there is room for it, spaces and all", () => {
    const text = "a  b \u00a0 `c d`  ";
    assert.deepEqual(wrap(text, 20), [text]);
    assert.deepEqual(wrap(text.repeat(500), Number.POSITIVE_INFINITY), [text.repeat(500)]);
  });

  it("has its further lines set in", () => {
    assert.equal(paragraph("  one two three", 11, 2), "  one two\n    three");
    assert.equal(
      beside("  tags      ", "3.13 3.13-dev 3 latest", 28),
      "  tags      3.13 3.13-dev 3\n            latest",
    );
  });

  it("goes on below its name where there is no room beside it", () =>
    assert.equal(beside("  tags      ", "3.13 3.13-dev 3 latest", 20), "  tags      3.13\n    3.13-dev 3\n    latest"));

  it("takes wide characters for two columns", () => assert.deepEqual(wrap("漢字 漢字 漢字", 9), ["漢字 漢字", "漢字"]));

  it("is cut to a width at either end or in the middle, with a sign that something is missing", () => {
    assert.deepEqual(
      [cut("abcdef", 4), cut("abcdef", 4, "start"), cut("abcdef", 4, "middle")],
      ["abc…", "…def", "ab…f"],
    );
    assert.equal(cut("abcd", 4), "abcd");
  });
});

describe("a table in a window", () => {
  const header = ["LANGUAGE", "LINE", "SUPPORT", "TAGS"];
  const rows = [
    ["python", "3.13", "2029-10-31", "3.13.5-debian 3.13-debian 3-debian 3.13.5 3.13 latest"],
    ["node", "20", "upstream ended 2026-04-30, trixie until 2030-06-30", "20.19.2-debian 20.19 20"],
  ];
  const at = (width: number) => formatTable(header, rows, plain(width)).split("\n");

  it("is as it is in a file where there is room", () => {
    assert.deepEqual(at(200), formatTable(header, rows).split("\n"));
    assert.equal(at(200).length, 3);
  });

  it("has what is long wrapped in its column", () =>
    assert.deepEqual(at(70), [
      "LANGUAGE  LINE  SUPPORT                     TAGS",
      "python    3.13  2029-10-31                  3.13.5-debian 3.13-debian",
      "                                            3-debian 3.13.5 3.13",
      "                                            latest",
      "node      20    upstream ended 2026-04-30,  20.19.2-debian 20.19 20",
      "                trixie until 2030-06-30",
    ]));

  it("that is narrower has the last column below its row", () =>
    assert.deepEqual(at(46), [
      "LANGUAGE  LINE  SUPPORT",
      "    TAGS",
      "python    3.13  2029-10-31",
      "    3.13.5-debian 3.13-debian 3-debian 3.13.5",
      "    3.13 latest",
      "node      20    upstream ended 2026-04-30,",
      "                trixie until 2030-06-30",
      "    20.19.2-debian 20.19 20",
    ]));

  it("that is narrower still has no columns", () =>
    assert.deepEqual(at(32).slice(2), [
      "python  3.13  2029-10-31",
      "    3.13.5-debian 3.13-debian",
      "    3-debian 3.13.5 3.13 latest",
      "node  20  upstream ended",
      "    2026-04-30, trixie until",
      "    2030-06-30",
      "    20.19.2-debian 20.19 20",
    ]));

  it("has a path that is wider than its column in one piece, and the other cells below it", () => {
    const files = [
      ["/usr/lib/x86_64-linux-gnu/libcrypto.so.3", "5.1 MB"],
      ["/usr/bin/x", "1 MB"],
    ];
    const left = (text: string) => text.padEnd(34);
    assert.deepEqual(formatTable(["FILE", "SIZE"], files, plain(40)).split("\n"), [
      `${left("FILE")}SIZE`,
      "/usr/lib/x86_64-linux-gnu/libcrypto.so.3",
      `${left("")}5.1 MB`,
      `${left("/usr/bin/x")}1 MB`,
    ]);
  });

  it("is aligned by how wide characters are, and colours take no room", () => {
    const text = formatTable(
      ["A", "B"],
      [
        ["漢字", "x"],
        ["abcd", "y"],
      ],
      { width: 40, paint: painted },
    );
    assert.deepEqual(stripVTControlCharacters(text).split("\n"), ["A     B", "漢字  x", "abcd  y"]);
    assert.notEqual(stripVTControlCharacters(text), text);
  });

  const word = fc.oneof(
    fc.stringMatching(/^[a-z0-9][a-z0-9.:/-]{0,30}$/),
    fc.constantFrom("漢字漢字", "한국어", "acme/python:3.13.5-trixie-dev"),
  );
  const cell = fc.array(word, { maxLength: 8 }).map((words) => words.join(" "));
  const table = fc.tuple(
    fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 5 }),
    fc.integer({ min: 19, max: 140 }),
  );
  const wordsOf = (text: string) =>
    text
      .split(/\s+/)
      .filter((each) => each !== "")
      .sort();

  it("has all its words whole at any width, and no line too wide but one of a single word", () =>
    fc.assert(
      fc.property(table, ([cells, width]) => {
        const text = formatTable(["FIRST", "SECOND ONE", "LAST"], cells, plain(width));
        assert.deepEqual(wordsOf(text), wordsOf(formatTable(["FIRST", "SECOND ONE", "LAST"], cells)));
        for (const line of text.split("\n"))
          assert.ok(stringWidth(line) <= width || !line.trim().includes(" "), `${width}: ${JSON.stringify(line)}`);
      }),
    ));

  it("is the same text with colours and without, at any width", () =>
    fc.assert(
      fc.property(table, ([cells, width]) => {
        const colour = cells.map(([first = "", ...others]) => [
          first === "" ? "" : painted("yellow", first),
          ...others,
        ]);
        const text = formatTable(["FIRST", "SECOND ONE", "LAST"], colour, { width, paint: painted });
        assert.equal(stripVTControlCharacters(text), formatTable(["FIRST", "SECOND ONE", "LAST"], cells, plain(width)));
      }),
    ));

  it("in a file is no other than it ever was: each row a line, and nothing in it wrapped or painted", () =>
    fc.assert(
      fc.property(table, ([cells]) => {
        const lines = formatTable(["FIRST", "SECOND ONE", "LAST"], cells, unlimited).split("\n");
        assert.equal(lines.length, 1 + cells.length);
        for (const [index, row] of cells.entries())
          assert.deepEqual(wordsOf(lines[index + 1] ?? ""), wordsOf(row.join(" ")));
      }),
    ));
});
