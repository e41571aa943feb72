import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Changes,
  comparePackages,
  describeChanges,
  formatChanges,
  type PackageChanges,
  readChanges,
} from "../../src/model/changes.js";
import type { Digest } from "../../src/model/reference.js";
import type { SbomEntry } from "../../src/model/sbom-reader.js";
import { formatImageChanges } from "../../src/reporters/changes.js";

const digestOf = (digit: string): Digest => `sha256:${digit.repeat(64)}` as Digest;
const libc: SbomEntry = { name: "libc6", version: "2.41-12", architecture: "amd64" };
const zlib: SbomEntry = { name: "zlib1g", version: "1:1.3.1", architecture: "amd64" };
const tool: SbomEntry = { name: "@acme/tool-linux-x64", version: "1.4.5" };

const key = ({ name, architecture = "", version }: SbomEntry): string => `${name} ${architecture} ${version}`;
const asSet = (entries: readonly SbomEntry[]): readonly string[] => [...new Set(entries.map(key))].sort();

/** What changes say, done to packages: each must be there to be removed or updated, and not there to be added. */
function apply(before: readonly SbomEntry[], { added, removed, updated }: PackageChanges): readonly string[] {
  const packages = new Set(before.map(key));
  for (const each of removed) assert.ok(packages.delete(key(each)), `${key(each)} is not there`);
  for (const { from, to, ...same } of updated) {
    assert.ok(packages.delete(key({ ...same, version: from })), `${same.name} is not there`);
    assert.ok(!packages.has(key({ ...same, version: to })), `${same.name} is there already`);
    packages.add(key({ ...same, version: to }));
  }
  for (const each of added) {
    assert.ok(!packages.has(key(each)), `${key(each)} is there already`);
    packages.add(key(each));
  }
  return [...packages].sort();
}

// Few names, machines and versions, so that most of two lists meet.
const entries: fc.Arbitrary<readonly SbomEntry[]> = fc.array(
  fc.record(
    {
      name: fc.constantFrom("a", "b", "ab", "libc6", "@acme/tool"),
      version: fc.constantFrom("1", "1.0", "2:1-1", "10"),
      architecture: fc.constantFrom("amd64", "all"),
    },
    { requiredKeys: ["name", "version"], noNullPrototype: true },
  ),
  { maxLength: 12 },
);

describe("what changed between the packages of two images", () => {
  it("is each that came, each that went, and each at another version, in order", () => {
    const before = [zlib, libc, { name: "gone", version: "1", architecture: "all" }];
    const after = [{ name: "new", version: "2", architecture: "all" }, tool, { ...libc, version: "2.41-13" }, zlib];
    assert.deepEqual(comparePackages(before, after), {
      added: [tool, { name: "new", version: "2", architecture: "all" }],
      removed: [{ name: "gone", version: "1", architecture: "all" }],
      updated: [{ name: "libc6", architecture: "amd64", from: "2.41-12", to: "2.41-13" }],
    });
  });

  it("is told for each machine, where a package is there for two", () => {
    const foreign = { ...libc, architecture: "i386" };
    assert.deepEqual(comparePackages([libc, foreign], [libc, { ...foreign, version: "3" }]), {
      added: [],
      removed: [],
      updated: [{ name: "libc6", architecture: "i386", from: "2.41-12", to: "3" }],
    });
  });

  it("is no update where a name stands for two versions: nobody can say which became which", () => {
    const { added, removed, updated } = comparePackages(
      [libc],
      [
        { ...libc, version: "3" },
        { ...libc, version: "4" },
      ],
    );
    assert.deepEqual([added.length, removed.length, updated.length], [2, 1, 0]);
  });

  it("is nothing for the same packages in another order", () => {
    const none = { added: [], removed: [], updated: [] };
    assert.deepEqual(comparePackages([libc, zlib, tool], [tool, libc, zlib]), none);
  });

  it("makes the new packages of the old ones, whatever they are", () => {
    fc.assert(
      fc.property(entries, entries, (before, after) => {
        assert.deepEqual(apply(before, comparePackages(before, after)), asSet(after));
      }),
    );
  });

  it("is the same in whatever order packages are listed, and the other way round what is added was removed", () => {
    const shuffled = entries.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray([...list], { minLength: list.length })),
    );
    fc.assert(
      fc.property(shuffled, entries, ([before, other], after) => {
        const changes = comparePackages(before, after);
        assert.deepEqual(comparePackages(other, after), changes);
        const back = comparePackages(after, before);
        assert.deepEqual([back.added, back.removed], [changes.removed, changes.added]);
        assert.deepEqual(
          back.updated.map(({ from, to, ...same }) => ({ ...same, from: to, to: from })),
          changes.updated,
        );
      }),
    );
  });
});

const changes: Changes = describeChanges({
  platform: "linux/amd64",
  previous: { digest: digestOf("a"), version: "3.13.4", size: 16_000_000 },
  current: { digest: digestOf("b"), version: "3.13.5", size: 16_400_000 },
  reasons: ["libc6 2.41-13 fixes CVE-2026-1000", "another Dockerfile"],
  before: [libc, zlib],
  after: [{ ...libc, version: "2.41-13" }, tool],
});

describe("a document of changes", () => {
  it("is read as it was written, with its reasons in order and each once", () => {
    const reasons = ["another Dockerfile", "libc6 2.41-13 fixes CVE-2026-1000"];
    assert.deepEqual(readChanges(formatChanges(changes)), { ...changes, reasons });
    const turned = { ...changes, reasons: [...changes.reasons, ...changes.reasons].reverse() };
    assert.equal(formatChanges(turned), formatChanges(changes));
  });

  it("is written so that it can be read, whatever a reason, a version or a list of packages says", () => {
    const anything = fc.string({ unit: "binary", maxLength: 400 });
    const reasons = fc.array(anything, { maxLength: 120 });
    fc.assert(
      fc.property(reasons, anything, entries, entries, (said, version, before, after) => {
        const current = { digest: digestOf("b"), version };
        const text = formatChanges(describeChanges({ ...changes, current, reasons: said, before, after }));
        assert.equal(formatChanges(readChanges(text)), text);
      }),
    );
  });

  it("does not say what became of packages where nobody knows what was there", () => {
    const { previous, current } = changes;
    assert.ok(previous !== undefined);
    const unknown = readChanges(formatChanges(describeChanges({ previous, current, reasons: [], after: [libc] })));
    assert.deepEqual(unknown, { schemaVersion: 1, previous, current, reasons: [] });
  });

  const broken: Readonly<Record<string, unknown>> = {
    "is no object": 7,
    "is of a later version": { ...changes, schemaVersion: 2 },
    "has no digest": { ...changes, current: {} },
    "has another digest's name": { ...changes, previous: { digest: "sha512:00" } },
    "would clear a terminal": { ...changes, reasons: ["\u001b[2J"] },
    "would do so with one character": { ...changes, reasons: ["\u009b2J"] },
    "would turn the direction of the text": { ...changes, reasons: ["\u202egnp.exe"] },
    "has a reason of two lines": { ...changes, reasons: ["a\nb"] },
    "has a reason without an end": { ...changes, reasons: ["a".repeat(301)] },
    "has reasons without an end": { ...changes, reasons: Array.from({ length: 101 }, () => "a") },
    "has packages without an end": {
      ...changes,
      packages: { added: Array.from({ length: 20_001 }, () => libc), removed: [], updated: [] },
    },
    "has a package whose name is none": {
      ...changes,
      packages: { added: [{ ...libc, name: "a\u001b]0;b" }], removed: [], updated: [] },
    },
    "is for a machine whose name is none": { ...changes, platform: "linux/\u001b[1m" },
    "has a size that is none": { ...changes, current: { ...changes.current, size: -1 } },
  };
  for (const [what, value] of Object.entries(broken))
    it(`that ${what} is refused, in one line`, () => {
      assert.throws(
        () => readChanges(JSON.stringify(value)),
        (error: Error) =>
          error.name === "Failure" &&
          /^it is no list of changes(?:: [\w.]+ is not as it should be)?$/.test(error.message),
      );
    });

  it("that is no JSON is refused", () => {
    assert.throws(() => readChanges("{"), /^Failure: it is no list of changes$/);
  });
});

describe("changes for people", () => {
  it("are in columns, with a sign for each package", () => {
    assert.equal(
      formatImageChanges("127.0.0.1:5000/acme/python:3.13", changes),
      [
        "127.0.0.1:5000/acme/python:3.13 (linux/amd64) 3.13.4 → 3.13.5",
        `  now     ${digestOf("b")}, 16.4 MB compressed (+400.0 kB)`,
        `  before  ${digestOf("a")}`,
        "  why     libc6 2.41-13 fixes CVE-2026-1000",
        "  why     another Dockerfile",
        "",
        "+ @acme/tool-linux-x64  1.4.5",
        "- zlib1g                1:1.3.1",
        "~ libc6                 2.41-12 → 2.41-13",
        "",
        "1 added, 1 removed, 1 updated",
      ].join("\n"),
    );
  });

  it("name the machine of a package that two lines are about, and of no other", () => {
    const foreign = { ...libc, architecture: "i386" };
    const text = formatImageChanges("a", describeChanges({ ...changes, before: [libc], after: [foreign, zlib] }));
    assert.match(text, /^\+ libc6:i386 {3}2\.41-12\n\+ zlib1g {7}1:1\.3\.1\n- libc6:amd64 {2}2\.41-12$/m);
  });

  it("say of the first image that it is, and where the packages are the same, so", () => {
    const first = describeChanges({ current: { digest: digestOf("b") }, reasons: ["the first"], after: [libc] });
    assert.equal(
      formatImageChanges("a", first),
      `a\n  now     ${digestOf("b")}\n  before  nothing: it is the first\n  why     the first`,
    );
    const same = describeChanges({ ...changes, before: [libc], after: [libc] });
    assert.match(formatImageChanges("a", same), /\n\nthe packages are the same$/);
    const unknown = describeChanges({ ...first, previous: { digest: digestOf("a") }, after: [] });
    assert.match(formatImageChanges("a", unknown), /\n\nnobody recorded what was in the image before$/);
  });

  it("cannot control a terminal, even where nobody checked them", () => {
    const hostile = { ...changes, platform: "\u001b[2J", reasons: ["\u009b1m\u202e"] };
    const text = formatImageChanges("a\u0007", hostile);
    assert.doesNotMatch(text.replaceAll("\n", ""), /[\p{Cc}\p{Bidi_Control}]/u);
  });
});
