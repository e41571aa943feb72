import assert from "node:assert/strict";
import type { ImageEntry } from "../../src/model/content.js";
import { readPackageDatabase } from "../../src/model/package-database.js";
import { generatedFiles, measureSize, sum } from "../../src/model/size.js";
import { compareSizes } from "../../src/model/size-difference.js";
import { formatImageSize, formatSizeDifference } from "../../src/reporters/size.js";
import { overBudget } from "../../src/stages/budget.js";
import { type SizedPackage, sizedContent } from "../support/sized-content.js";

const old: Readonly<Record<string, SizedPackage>> = {
  libc6: { version: "2.41-12", files: { "/usr/lib/libc.so.6": 2_000_000, "/usr/lib/ld.so": 200_000 } },
  lua: { version: "5.4.7-1", files: { "/usr/bin/lua": 300_000 } },
  gone: { version: "1", files: { "/usr/lib/gone.so": 400_000 } },
};
const fresh: Readonly<Record<string, SizedPackage>> = {
  libc6: old["libc6"] as SizedPackage,
  lua: { version: "5.4.8-1", files: { "/usr/bin/lua": 350_000, "/usr/bin/luac": 100_000 } },
  added: { version: "2", files: { "/usr/lib/added.so": 900_000 } },
};
const before = sizedContent(old, { "/etc/passwd": 1000 });
const after = sizedContent(fresh, { "/etc/passwd": 1200 });
const measure = (content: typeof before) => measureSize(content, readPackageDatabase(content));

describe("the size of an image", () => {
  const size = measure(before);

  it("is that of its files, and that of its layers in a registry", () => {
    assert.equal(size.uncompressed, 2_901_000);
    assert.equal(size.compressed, 1_450_500);
  });

  it("is divided among packages, with what no package has under a name of its own", () => {
    assert.deepEqual(
      size.packages.map(({ name, bytes }) => [name, bytes]),
      [
        ["libc6", 2_200_000],
        ["gone", 400_000],
        ["lua", 300_000],
        [generatedFiles, 1000],
      ],
    );
    assert.equal(sum(size.packages), size.uncompressed);
  });

  it("is divided among folders, each byte once", () => assert.equal(sum(size.folders), size.uncompressed));

  it("counts files alone: no folder, no link, no second name of a file", () => {
    const entry = { mode: 0o777, uid: 0, gid: 0, modified: 0, size: 5000, layer: 0, target: "/etc/passwd" };
    const more = (["symlink", "link", "directory", "device"] as const).map(
      (type) => [`/${type}`, { ...entry, type, path: `/${type}` }] as const,
    );
    assert.equal(
      measure({ ...before, entries: new Map<string, ImageEntry>([...before.entries, ...more]) }).uncompressed,
      2_901_000,
    );
  });

  it("of an image without a package database is all of generated files", () =>
    assert.deepEqual(measure({ ...before, texts: new Map() }).packages, [{ name: generatedFiles, bytes: 2_901_000 }]));

  it("is shown by layer, package, folder and file", () =>
    assert.equal(
      formatImageSize("acme/lua:5.4", size),
      [
        "acme/lua:5.4: 2.9 MB, 1.5 MB compressed",
        "",
        "LAYER                COMPRESSED  SIZE",
        "sha256:aaaaaaaaaaaa  1.5 MB      2.9 MB",
        "",
        "PACKAGE      SIZE      VERSION",
        "libc6        2.2 MB    2.41-12",
        "gone         400.0 kB  1",
        "lua          300.0 kB  5.4.7-1",
        "(generated)  1.0 kB",
        "",
        "FOLDER (without the others named here)  SIZE",
        "/usr/lib                                2.6 MB",
        "/usr/bin                                300.0 kB",
        "/                                       1.0 kB",
        "",
        "FILE                SIZE      PACKAGE",
        "/usr/lib/libc.so.6  2.0 MB    libc6",
        "/usr/lib/gone.so    400.0 kB  gone",
        "/usr/bin/lua        300.0 kB  lua",
        "/usr/lib/ld.so      200.0 kB  libc6",
        "/etc/passwd         1.0 kB    (generated)",
      ].join("\n"),
    ));

  it("is shown without what would control a terminal", () => {
    const hostile = sizedContent({}, { "/usr/\u001b[2J": 10, "/usr/\u009b2K/a": 20 });
    const text = formatImageSize("x", measure(hostile));
    assert.match(text, /^\/usr\/�2K /m);
    assert.doesNotMatch(text, /[^\P{Cc}\n]/u);
  });
});

describe("the difference of two images", () => {
  const difference = compareSizes(measure(before), measure(after));

  it("names the packages that were added, removed, moved, or became larger", () =>
    assert.deepEqual(
      difference.packages.map(({ name, kind, before, after }) => [name, kind, after - before]),
      [
        ["added", "added", 900_000],
        ["gone", "removed", -400_000],
        ["lua", "moved", 150_000],
        [generatedFiles, "same version", 200],
      ],
    ));

  it("is that of their files, of their folders and of their packages alike", () => {
    const total = difference.uncompressed.after - difference.uncompressed.before;
    for (const list of [difference.packages, difference.folders, difference.files])
      assert.equal(
        list.reduce((sum, change) => sum + change.after - change.before, 0),
        total,
      );
  });

  it("is shown with signs, what differs most first", () =>
    assert.equal(
      formatSizeDifference({ name: "acme/lua:5.4", other: "acme/lua:old" }, difference),
      [
        "acme/lua:5.4 against acme/lua:old: +650.2 kB to 3.6 MB (122 %); +325.1 kB to 1.8 MB (122 %) compressed",
        "",
        "PACKAGE      GREW BY    FROM      TO        VERSION",
        "added        +900.0 kB  0 B       900.0 kB  2 added",
        "gone         -400.0 kB  400.0 kB  0 B       1 removed",
        "lua          +150.0 kB  300.0 kB  450.0 kB  5.4.7-1 → 5.4.8-1",
        "(generated)  +200 B     1.0 kB    1.2 kB",
        "",
        "FOLDER (without the others named here)  GREW BY    FROM      TO",
        "/usr/lib                                +500.0 kB  2.6 MB    3.1 MB",
        "/usr/bin                                +150.0 kB  300.0 kB  450.0 kB",
        "/                                       +200 B     1.0 kB    1.2 kB",
        "",
        "FILE               GREW BY    FROM      TO",
        "/usr/lib/added.so  +900.0 kB  0 B       900.0 kB",
        "/usr/lib/gone.so   -400.0 kB  400.0 kB  0 B",
        "/usr/bin/luac      +100.0 kB  0 B       100.0 kB",
        "/usr/bin/lua       +50.0 kB   300.0 kB  350.0 kB",
        "/etc/passwd        +200 B     1.0 kB    1.2 kB",
      ].join("\n"),
    ));

  it("of an image and itself is nothing", () => {
    const none = compareSizes(measure(before), measure(before));
    assert.deepEqual([none.packages, none.folders, none.files], [[], [], []]);
    assert.match(
      formatSizeDifference({ name: "a", other: "b" }, none),
      /\n\nno package and no file is of another size$/,
    );
  });
});

describe("a budget", () => {
  const check = (uncompressed: number | undefined, compressed?: number, previous?: typeof before) =>
    overBudget(
      {
        budget: { ...(uncompressed ? { uncompressed } : {}), ...(compressed ? { compressed } : {}) },
      },
      after,
      previous,
    );

  it("is kept by an image of just that size, and where there is none", () => {
    assert.deepEqual(check(3_551_200, 1_775_600), []);
    assert.deepEqual(check(undefined), []);
    assert.deepEqual(overBudget({}, after), []);
  });

  it("that is broken is followed by what grew most since the previous build", () =>
    assert.deepEqual(check(3_000_000, 1_000_000, before), [
      "3.6 MB uncompressed, 551.2 kB over its budget of 3.0 MB",
      "1.8 MB compressed, 775.6 kB over its budget of 1.0 MB",
      "packages that grew most since the previous build: added (new) +900.0 kB, lua +150.0 kB, (generated) +200 B",
      "files that grew most since the previous build: /usr/lib/added.so (new) +900.0 kB, /usr/bin/luac (new) +100.0 kB, /usr/bin/lua +50.0 kB, /etc/passwd +200 B",
    ]));

  for (const [situation, previous] of [
    ["there is no previous build", undefined],
    ["nothing grew", after],
  ] as const)
    it(`that is broken is followed by what is largest where ${situation}`, () =>
      assert.deepEqual(check(undefined, 1_000_000, previous), [
        "1.8 MB compressed, 775.6 kB over its budget of 1.0 MB",
        "largest packages: libc6 2.2 MB, added 900.0 kB, lua 450.0 kB, (generated) 1.2 kB",
        "largest files: /usr/lib/libc.so.6 2.0 MB, /usr/lib/added.so 900.0 kB, /usr/bin/lua 350.0 kB, /usr/lib/ld.so 200.0 kB, /usr/bin/luac 100.0 kB",
      ]));
});
