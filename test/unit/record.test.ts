import assert from "node:assert/strict";
import { Failure } from "../../src/model/failure.js";
import { type BuildRecord, formatRecord, readRecord } from "../../src/model/record.js";

const record: BuildRecord = {
  schemaVersion: 1,
  version: "3.13.5",
  size: 16_400_000,
  platforms: [
    {
      platform: "linux/amd64",
      id: `sha256:${"1".repeat(64)}`,
      parent: { reference: "ingot/base:trixie", id: `sha256:${"2".repeat(64)}` },
      recipe: { Dockerfile: "aa", microroot: "bb" },
      packages: [
        ["libssl3t64", "3.5.1-1"],
        ["zlib1g", "1:1.3.dfsg+really1.3.1-1+b1"],
      ],
    },
    { platform: "linux/arm64", id: "sha256:3", parent: { reference: "debian:13" }, recipe: {}, packages: [] },
    { platform: "linux/386", id: "sha256:4", recipe: {}, packages: [] },
  ],
};

const text = formatRecord(record);
const document = JSON.parse(text) as { platforms: Record<string, unknown>[] } & Record<string, unknown>;
const [platform = {}] = document.platforms;

describe("the record of a build", () => {
  it("is the same after it was written and read", () => assert.deepEqual(readRecord(text), record));

  it("is one line, and the same text in whatever order its parts came", () => {
    const [first, ...rest] = record.platforms;
    assert.ok(first !== undefined);
    const shuffled = { ...first, recipe: { microroot: "bb", Dockerfile: "aa" }, packages: first.packages.toReversed() };
    assert.equal(formatRecord({ ...record, platforms: [shuffled, ...rest] }), text);
    assert.doesNotMatch(text, /\s/);
  });

  it("keeps the names of parts that objects have themselves", () => {
    const recipe = [
      ["__proto__", "a"],
      ["constructor", "b"],
    ];
    const read = readRecord(JSON.stringify({ ...document, platforms: [{ ...platform, recipe }] }));
    assert.deepEqual(Object.entries(read.platforms[0]?.recipe ?? {}), recipe);
  });

  const hostile = "\u001b]0;owned\u0007 <script>";
  const refused: Readonly<Record<string, unknown>> = {
    "no JSON": "{",
    "nothing at all": "",
    "a list": "[]",
    "a later form": { ...document, schemaVersion: 2 },
    "a version that controls a terminal": { ...document, version: hostile },
    "a version of two lines": { ...document, version: "1\n2" },
    "a name that is too long": { ...document, version: "1".repeat(513) },
    "a size below nothing": { ...document, size: -1 },
    "no platforms": { ...document, platforms: undefined },
    "more platforms than there are": { ...document, platforms: Array.from({ length: 51 }, () => platform) },
    "a package of one word": { ...document, platforms: [{ ...platform, packages: [["libc6"]] }] },
    "a package whose name controls a terminal": {
      ...document,
      platforms: [{ ...platform, packages: [[hostile, "1"]] }],
    },
    "more packages than a distribution installs": {
      ...document,
      platforms: [{ ...platform, packages: Array.from({ length: 20_001 }, () => ["a", "1"]) }],
    },
    "a part whose name controls a terminal": { ...document, platforms: [{ ...platform, recipe: [[hostile, "1"]] }] },
    "a parent that is none": { ...document, platforms: [{ ...platform, parent: { reference: hostile } }] },
  };
  for (const [what, value] of Object.entries(refused))
    it(`is refused with ${what}, and the complaint repeats nothing of it`, () => {
      const written = typeof value === "string" ? value : JSON.stringify(value);
      assert.throws(
        () => readRecord(written),
        (error) =>
          error instanceof Failure &&
          /^it is no record of a build(: [\w.]+ is not as it should be)?$/.test(error.message),
      );
    });
});
