import assert from "node:assert/strict";
import type { ElfFile, ImageContent } from "../../src/model/content.js";
import { matchesAny, matchesPattern, pathsOfKind } from "../../src/model/path-pattern.js";
import type { Subject } from "../../src/model/promise.js";
import { checkContent, contentPromises, describeBreaches, withoutExceptions } from "../../src/model/promises.js";
import { contentOf } from "../support/image-content.js";

describe("a pattern of microroot's rules", () => {
  const cases: readonly (readonly [pattern: string, path: string, matches: boolean])[] = [
    ["/usr/share/doc", "/usr/share/doc", true],
    ["/usr/share/doc", "/usr/share/doc/a/b", true],
    ["/usr/share/doc", "/usr/share/docs", false],
    ["/usr/lib/*.so", "/usr/lib/a.so", true],
    ["/usr/lib/*.so", "/usr/lib/x/a.so", false],
    ["/usr/lib/**.so", "/usr/lib/x/a.so", true],
    ["/**/__pycache__", "/usr/lib/python3/__pycache__/a.pyc", true],
    ["/usr/lib/python3.1", "/usr/lib/python301", false],
  ];
  for (const [pattern, path, matches] of cases) {
    it(`${pattern} ${matches ? "is" : "is not"} ${path}`, () => assert.equal(matchesPattern(pattern)(path), matches));
  }

  it("is read of a kind's lines, and of no other's", () => {
    const rules = "# generated /no\ngenerated /etc/passwd  users\nprune /etc/apt  why\n\ngenerated\n";
    assert.deepEqual(pathsOfKind(rules, "generated"), ["/etc/passwd"]);
    assert.equal(matchesAny([])("/etc/passwd"), false);
  });
});

const elf = (more: Partial<ElfFile> = {}): ElfFile => ({ machine: 62, needed: [], runPath: [], ...more });

/** An image with ELF files, by path. */
function imageWith(
  files: Readonly<Record<string, ElfFile>>,
  texts: Readonly<Record<string, string>> = {},
): ImageContent {
  const content = contentOf({ files: Object.keys(files), texts, links: { "/lib": "usr/lib" } });
  const entries = new Map(content.entries);
  for (const [path, described] of Object.entries(files)) {
    const entry = entries.get(path);
    assert.ok(entry);
    entries.set(path, { ...entry, elf: described });
  }
  return { ...content, entries };
}

const subjectOf = (content: ImageContent): Subject => ({
  variant: "runtime",
  family: "debian",
  content,
  isGenerated: () => false,
  isArtifacts: () => false,
  devCommands: ["cc"],
});

const breachesOf = (promise: string, content: ImageContent): readonly string[] =>
  contentPromises
    .find(({ id }) => id === promise)
    ?.breaches(subjectOf(content))
    .map(({ about }) => about) ?? [];

describe("a shared object that is needed", () => {
  const needs = (name: string, more: Partial<ElfFile> = {}) => elf({ needed: [name], ...more });
  const cases: readonly (readonly [string, boolean, ImageContent])[] = [
    [
      "in a standard folder is found",
      true,
      imageWith({ "/usr/bin/a": needs("libx.so.1"), "/usr/lib/libx.so.1": elf() }),
    ],
    [
      "in a folder of the loader's configuration is found",
      true,
      imageWith(
        { "/usr/bin/a": needs("libx.so.1"), "/usr/lib/triplet/libx.so.1": elf() },
        { "/etc/ld.so.conf.d/triplet.conf": "# here\n/lib/triplet\n" },
      ),
    ],
    [
      "in the run path is found, from where the file is",
      true,
      imageWith({ "/opt/bin/a": needs("libx.so.1", { runPath: ["$ORIGIN/../lib"] }), "/opt/lib/libx.so.1": elf() }),
    ],
    [
      "below the folder of what needs it is found",
      true,
      imageWith({ "/opt/jvm/liba.so": needs("libjvm.so"), "/opt/jvm/server/libjvm.so": elf() }),
    ],
    ["elsewhere is missing", false, imageWith({ "/usr/bin/a": needs("libx.so.1"), "/opt/libx.so.1": elf() })],
    [
      "for another machine is missing",
      false,
      imageWith({ "/usr/bin/a": needs("libx.so.1"), "/usr/lib/libx.so.1": elf({ machine: 183 }) }),
    ],
    ["nowhere is missing", false, imageWith({ "/usr/bin/a": needs("libx.so.1") })],
    ["and its loader, too", false, imageWith({ "/usr/bin/a": elf({ interpreter: "/lib64/ld.so" }) })],
  ];
  for (const [title, found, content] of cases) {
    it(title, () => assert.deepEqual(breachesOf("shared-objects", content), found ? [] : ["/usr/bin/a"]));
  }
});

describe("breaches of a promise", () => {
  const breaches = ["a", "b", "c", "d", "e", "f", "g"].map((name) => ({ about: `/x/${name}`, message: "" }));

  it("are named as far as a reader likes to read, and the rest is counted", () => {
    assert.deepEqual(describeBreaches("stray-file", breaches).slice(-2), [
      "breaks stray-file: /x/e",
      "breaks stray-file: and 2 more",
    ]);
    assert.deepEqual(describeBreaches("stray-file", []), []);
  });

  it("are none where an exception of that promise names them", () => {
    const except = { "stray-file": { "/x/**": "why" }, "no-header": { "/x/**": "why" } };
    assert.deepEqual(withoutExceptions("stray-file", breaches, except), []);
    assert.equal(withoutExceptions("own-tests", breaches, except).length, 7);
    assert.equal(withoutExceptions("constructor", breaches, except).length, 7);
  });

  it("are found in an image that holds nothing, not even a package database", () => {
    const { breaches: found, checks } = checkContent(subjectOf(contentOf({ files: [] })), {});
    assert.equal(
      checks,
      contentPromises.filter(({ holdsFor }) => holdsFor({ variant: "runtime", family: "debian" })).length,
    );
    for (const id of ["temporary-folder", "application-folder", "certificates", "time-zones", "package-database"])
      assert.ok(
        found.some((line) => line.startsWith(`breaks ${id}:`)),
        id,
      );
  });
});
