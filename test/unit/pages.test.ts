import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { imagesOf } from "../../src/model/image.js";
import { formatSizes, type Sizes, updateSizes } from "../../src/model/sizes.js";
import { lockChecksum } from "../../src/stages/locked.js";
import { loadSizes } from "../../src/stages/pages.js";
import { packageViews } from "../../src/stages/view-packages.js";
import { runInProcess } from "../support/command-line.js";
import { readTree, useTemporaryFolder, writeFiles } from "../support/folders.js";
import { openGood, writeResolvedCatalog } from "../support/resolved-catalog.js";

const measured = (sizes: Sizes) => ({ "catalog.sizes.yaml": formatSizes(sizes) });
const python = "python/3.13/trixie";

describe("what was measured", () => {
  const folder = useTemporaryFolder();
  const page = (): string => openGood(folder()).tree.get("python/README.md")?.text ?? "";

  it("is read back as it was written, whatever it is", () => {
    const id = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,8}(\/[a-z0-9][a-z0-9._-]{0,8}){3}$/);
    const version = fc.stringMatching(/^[0-9A-Za-z][0-9A-Za-z.+~:_-]{0,12}$/);
    const bytes = fc.maxSafeNat();
    const sizes = fc.dictionary(
      id,
      fc.record({ version, uncompressed: bytes, compressed: bytes }, { noNullPrototype: true }),
      {
        noNullPrototype: true,
      },
    );
    fc.assert(
      fc.property(sizes, (some) => {
        writeFiles(folder(), measured(some));
        assert.deepEqual(loadSizes(folder()), { ok: true, value: some });
      }),
    );
  });

  it("is shown on the page of its language, with its version where that is another", () => {
    writeResolvedCatalog(
      folder(),
      measured({
        [`${python}/dev`]: { version: "3.13.4", uncompressed: 500_000_000, compressed: 200_000_000 },
        [`${python}/runtime`]: { version: "3.13.5", uncompressed: 44_400_000, compressed: 16_400_000 },
      }),
    );
    assert.match(page(), /^\| 3\.13\.5 \| trixie \| dev \| 500\.0 MB \(3\.13\.4\) \| 200\.0 MB \(3\.13\.4\) \|/m);
    assert.match(page(), /^\| 3\.13\.5 \| trixie \| runtime \| 44\.4 MB \| 16\.4 MB \|/m);
    assert.match(page(), /^\| 3\.14\.5 \| alpine3\.24 \| runtime \| not measured \| — \|/m);
  });

  it("changes pages only: no Dockerfile, and not what a lock is of", () => {
    writeResolvedCatalog(folder());
    const before = openGood(folder());
    writeFiles(folder(), measured({ [`${python}/dev`]: { version: "3.13.5", uncompressed: 1, compressed: 1 } }));
    const after = openGood(folder());
    const changed = [...after.tree].filter(([path, { text }]) => before.tree.get(path)?.text !== text);
    assert.deepEqual(changed.map(([path]) => path).sort(), ["catalog.json", "python/README.md"]);
    assert.equal(lockChecksum(after.loaded), lockChecksum(before.loaded));
  });

  it("is a page of its own with totals, which --check holds to it, and none where nothing was measured", async () => {
    writeResolvedCatalog(folder());
    await runInProcess(folder(), ["generate"]);
    assert.equal(readTree(folder())["docs/sizes.md"], undefined);
    const mebi = { version: "3.13.5", uncompressed: 2_000_000, compressed: 1_000_000 };
    writeFiles(folder(), measured({ [`${python}/dev`]: mebi, [`${python}/runtime`]: mebi, "gone/1/trixie/dev": mebi }));
    await runInProcess(folder(), ["generate"]);
    const page = readTree(folder())["docs/sizes.md"] ?? "";
    assert.match(page, /^\| `acme\/python:3\.13\.5-trixie` \| 3\.13\.5 \| 2\.0 MB \| 1\.0 MB \|$/m);
    assert.match(page, /^\| 2 images, as if they shared nothing \| \| 4\.0 MB \| 2\.0 MB \|$/m);
    assert.equal((await runInProcess(folder(), ["generate", "--check"])).status, 0);
    writeFiles(folder(), { "docs/sizes.md": `${page}\n` });
    const { status, stderr } = await runInProcess(folder(), ["generate", "--check"]);
    assert.equal(status, 1);
    assert.match(stderr, /^docs\/sizes\.md generated-outdated: /m);
  });

  it("is refused with its place where it is no size", () => {
    writeFiles(folder(), {
      "catalog.sizes.yaml":
        "sizes:\n  a/b: { version: x, uncompressed: 1, compressed: 1 }\n  a/1/b/c: { version: x, uncompressed: 1, compressed: -1 }\n",
    });
    const read = loadSizes(folder());
    assert.ok(!read.ok);
    assert.deepEqual(
      read.diagnostics.map(({ message, place }) => `${place?.line}:${place?.column} ${message}`),
      ['2:3 "a/b" must be an image: python/3.13/trixie/dev', "3:55 compressed must be at least 0"],
    );
  });

  it("takes the place of what was there, keeps the others, and drops those of images that are gone", () => {
    writeResolvedCatalog(folder());
    const images = imagesOf(openGood(folder()).plan);
    const dev = images.find(({ id }) => id === `${python}/dev`) ?? assert.fail();
    const old = { version: "1", uncompressed: 1, compressed: 1 };
    const before = { "gone/1/trixie/dev": old, [`${python}/runtime`]: old, [`${python}/dev`]: old };
    const after = updateSizes(before, [{ image: dev, uncompressed: 3, compressed: 2 }], images);
    assert.deepEqual(Object.entries(after), [
      [`${python}/dev`, { version: "3.13.5", uncompressed: 3, compressed: 2 }],
      [`${python}/runtime`, old],
    ]);
  });
});

describe("the packages on a language's page", () => {
  const folder = useTemporaryFolder();
  const rowsWith = (notes: string): Readonly<Record<string, string>> => {
    writeResolvedCatalog(folder());
    const path = join(folder(), "languages/python.yaml");
    writeFiles(folder(), { "languages/python.yaml": `${readFileSync(path, "utf8")}${notes}` });
    const language = openGood(folder()).plan.languages.find((each) => each.language === "python") ?? assert.fail();
    return Object.fromEntries(
      packageViews(language).map(({ names, variants, on, reason }) => [
        names.join(" "),
        `${variants} | ${on} | ${reason}`,
      ]),
    );
  };

  it("are each there once, with the images and places that have it and why", () => {
    assert.deepEqual(rowsWith("reasons: { py3-*: the package manager, python3: the interpreter }\n"), {
      python3: "runtime, dev | all | the interpreter",
      "python3.13": "runtime, dev | trixie | the language itself".replace("trixie", "debian"),
      "py3-pip": "dev | alpine | the package manager",
      "python3-dev": "dev | all | —",
      "python3-pip": "dev | debian | —",
    });
  });

  it("that only some lines have, or one line on one distribution, say which", () => {
    writeResolvedCatalog(folder());
    const node = openGood(folder()).plan.languages.find((each) => each.language === "node") ?? assert.fail();
    const places = (pairs: typeof node.pairs) =>
      packageViews({ ...node, pairs }).flatMap(({ names, on }) => (names.includes("nodejs") ? [on] : []));
    const [current] = node.pairs.filter(({ line }) => line === "26");
    assert.deepEqual(places(node.pairs), ["24 on alpine; debian"]);
    const moved = { ...(current ?? assert.fail()), line: "24" };
    assert.deepEqual(places([moved, ...node.pairs.filter(({ line }) => line !== "26")]), [
      "24 on alpine3.24, 24 on alpine3.23; debian",
    ]);
  });

  it("have the pages' other notes beside them: limits, families that are absent, and what is dropped, with reasons", () => {
    rowsWith("limits: [No <b>Tk</b>.]\n");
    const text = openGood(folder()).tree.get("python/README.md")?.text ?? "";
    for (const line of [
      "- No &lt;b>Tk&lt;/b>.",
      "- C library: musl on alpine, glibc on debian: what is compiled for one does not run on the other.",
      "- `/usr/bin/pdb` `/usr/**/*.egg` are left out of runtime: why",
      "- `/usr/share/x*` is kept in runtime: why",
    ])
      assert.ok(text.split("\n").includes(line), `${line}\n${text}`);
  });

  it("cannot be broken by the texts of a definition: none is HTML, and none ends a cell", () => {
    rowsWith("reasons: { python3: 'a | b' }\n");
    const path = join(folder(), "languages/python.yaml");
    const text = readFileSync(path, "utf8").replace(/^summary: .*$/m, "summary: '<script>a | b \\| c'");
    writeFiles(folder(), { "languages/python.yaml": text });
    const { tree } = openGood(folder());
    const has = (page: string, part: string) => assert.ok(tree.get(page)?.text.includes(part), tree.get(page)?.text);
    has("README.md", "| &lt;script>a \\| b \\| c |");
    has("python/README.md", "&lt;script>a | b");
    has("python/README.md", "| a \\| b |");
    for (const page of ["README.md", "python/README.md"]) assert.ok(!tree.get(page)?.text.includes("<script"));
  });
});

describe("catalog.json", () => {
  const folder = useTemporaryFolder();

  it("says what a container of an image has, though its Dockerfile has only what differs from its parent's", () => {
    writeResolvedCatalog(folder());
    const text = openGood(folder()).tree.get("catalog.json")?.text ?? "{}";
    interface Described {
      readonly id: string;
      readonly env: object;
      readonly cmd: readonly string[];
      readonly user: string;
      readonly parent?: string;
    }
    const { languages } = JSON.parse(text) as { languages: { pairs: { images: Described[] }[] }[] };
    const images = languages.flatMap(({ pairs }) => pairs.flatMap((pair) => pair.images));
    const find = (id: string) => images.find((image) => image.id === id) ?? assert.fail(id);
    const { env, cmd, user, parent } = find("python/3.13/trixie/runtime");
    assert.deepEqual(
      { env, cmd, user, parent },
      { env: { LANG: "C.UTF-8" }, cmd: ["python3"], user: "65532:65532", parent: "base/13/trixie/runtime" },
    );
    assert.equal(find("python/3.13/trixie/dev").user, "0:0");
    assert.equal(find("base/13/trixie/static").parent, undefined);
  });
});
