import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Image, imagesOf } from "../../src/model/image.js";
import type { Digest, Tag } from "../../src/model/reference.js";
import { readSbomPackages } from "../../src/model/sbom-reader.js";
import { formatSizes, recordOthers, updateSizes } from "../../src/model/sizes.js";
import type { Tree } from "../../src/ports/files.js";
import { replaceFolder } from "../../src/ports/whole-folder.js";
import { loadSizes } from "../../src/stages/pages.js";
import { sizeBars, sizeTrends } from "../../src/stages/site-charts.js";
import { divide } from "../../src/stages/site-contains.js";
import { describeImages } from "../../src/stages/site-describe.js";
import { richText } from "../../src/stages/site-language.js";
import { buildTags } from "../../src/stages/site-published.js";
import { compileTemplate } from "../../src/support/template.js";
import { failureOf } from "../support/failures.js";
import { readTree, useTemporaryFolder, writeFiles } from "../support/folders.js";
import { repository } from "../support/paths.js";
import { openGood } from "../support/resolved-catalog.js";
import { sbomOf } from "../support/sbom.js";
import { nothingKnown } from "../support/site.js";

const all = imagesOf(openGood(repository).plan);
const imageOf = (id: string): Image => all.find((image) => image.id === id) ?? assert.fail(id);
const python = imageOf("python/3.13/trixie/runtime");

describe("which images a set is", () => {
  const on = (name: string) => all.filter(({ distribution }) => distribution.name === name);
  const runtimes = on("trixie").filter(({ variant }) => variant === "runtime");

  it("is said by what they share, from distributions to single images", () => {
    assert.equal(describeImages(on("trixie"), all), "all on trixie");
    assert.equal(describeImages(runtimes, all), "runtime on trixie");
    const ruby = on("bookworm").filter(({ language }) => language === "ruby");
    assert.equal(describeImages([...runtimes, ...ruby], all), "runtime on trixie; ruby on bookworm");
    const single = [python, imageOf("java/21/trixie/runtime"), imageOf("java/25/trixie/runtime")];
    assert.equal(describeImages(single, all), "python 3.13, java 21, 25 runtime on trixie");
  });

  it("names what is missing where that is less than what is there", () => {
    const without = runtimes.filter(({ language }) => language !== "go" && language !== "rust");
    assert.match(describeImages(without, all), /^runtime on trixie but go 1\.24, rust [\d., ]+$/);
  });

  it("leaves out the language where all are of one", () => {
    const ours = all.filter(({ language }) => language === "python");
    assert.equal(describeImages([python], ours), "3.13 runtime on trixie");
  });
});

describe("charts", () => {
  const measured = { version: python.version.text, uncompressed: 40_000_000, compressed: 1 };

  it("have bars as long as what was measured, and none for what was not", () => {
    const others = { plain: 80_000_000 };
    const [chart] = sizeBars([python], { [python.id]: { ...measured, others } });
    assert.deepEqual(
      chart?.bars.map(({ kind, width, value }) => [kind, width, value]),
      [
        ["ingot", "50%", "40.0 MB"],
        ["plain", "100%", "80.0 MB"],
      ],
    );
  });

  it("are not there where nothing was measured, or another version", () => {
    assert.deepEqual(sizeBars([python], {}), []);
    assert.deepEqual(sizeBars([python], { [python.id]: { ...measured, version: "3.13.4" } }), []);
  });

  it("show builds by their days, and several of one day side by side", () => {
    const published = (days: readonly string[]) =>
      new Map([
        [
          python.id,
          {
            digest: `sha256:${"a".repeat(64)}` as Digest,
            astray: [],
            builds: days.map((day, index) => ({ tag: `t${index}` as Tag, day, size: 1000 * (index + 1), changes: [] })),
          },
        ],
      ]);
    const xs = (days: readonly string[]) =>
      sizeTrends([python], { ...nothingKnown, published: published(days) }).map(({ dots }) => dots.map(({ x }) => x));
    assert.deepEqual(xs(["2026-01-01", "2026-01-02", "2026-01-05"]), [["2", "26", "98"]]);
    assert.deepEqual(xs(["2026-01-01", "2026-01-01", "2026-01-01"]), [["2", "50", "98"]]);
    assert.deepEqual(xs(["2026-01-01"]), []);
  });
});

describe("what the others' images weighed", () => {
  const folder = useTemporaryFolder();
  const others = { plain: 114_100_000, distroless: 59_300_000 };
  const before = { [python.id]: { version: python.version.text, uncompressed: 1, compressed: 1, others } };
  const again = (previous: typeof before) =>
    updateSizes(previous, [{ image: python, uncompressed: 2, compressed: 2 }], all)[python.id]?.others;

  it("is read back as it was written", () => {
    writeFiles(folder(), { "catalog.sizes.yaml": formatSizes(before) });
    assert.deepEqual(loadSizes(folder()), { ok: true, value: before });
  });

  it("is recorded beside an image that was measured at that version, and beside no other", () => {
    const bare = (version: string) => ({ [python.id]: { version, uncompressed: 1, compressed: 1 } });
    const fresh = [
      { image: python, others },
      { image: imageOf("java/21/trixie/runtime"), others },
    ];
    assert.deepEqual(recordOthers(bare(python.version.text), fresh), before);
    assert.deepEqual(recordOthers(bare("3.13.4"), fresh), bare("3.13.4"));
  });

  it("stays where the same version is measured again, and goes where it is another", () => {
    assert.deepEqual(again(before), others);
    assert.equal(again({ [python.id]: { ...before[python.id], version: "3.13.4" } as never }), undefined);
  });
});

describe("the unique tags of an image", () => {
  it("are those of its line, distribution and variant, oldest first, and no others", () => {
    const tags = [
      "3.13.5-trixie-20260301.10",
      "3.13.5-trixie-20260301.2",
      "3.13.4-trixie-20260101",
      "3.13.4-trixie-dev-20260101",
      "3.13.4-bookworm-20260101",
      "3.1.4-trixie-20260101",
      "3.13.5-trixie",
      "3.13.5-trixie-99999999",
      "latest",
    ] as Tag[];
    assert.deepEqual(
      buildTags(python, tags).map(({ tag }) => tag),
      ["3.13.4-trixie-20260101", "3.13.5-trixie-20260301.2", "3.13.5-trixie-20260301.10"],
    );
  });
});

describe("a template that writes HTML", () => {
  const compile = (text: string) => compileTemplate({ file: "a.hbs", text }, { name: true }, new Map(), "html");

  it("ends no tag, attribute or element by what it places", () => {
    const { render } = compile(`<a title="{{name}}">{{name}}</a>`);
    const text = render({ name: `"'<>&\`=` });
    assert.equal(
      text,
      `<a title="${"&quot;&#x27;&lt;&gt;&amp;&#x60;&#x3D;"}">&quot;&#x27;&lt;&gt;&amp;&#x60;&#x3D;</a>`,
    );
  });

  it("is refused where it places anything as it is", () => {
    for (const text of ["{{{name}}}", "{{&name}}"])
      assert.match(compile(text).complaints[0]?.message ?? "", /^write it as \{\{name\}\}/, text);
  });
});

describe("parts of the site", () => {
  it("take what stands between backticks for code, and free text for what it is", () => {
    assert.deepEqual(richText("`a` b `c"), [
      { text: "", code: "a" },
      { text: " b ", code: "" },
      { text: "", code: "c" },
    ]);
  });

  it("divide a list in order, and give what is too large a part of its own", () => {
    assert.deepEqual(divide([3, 3, 3, 20, 1], 7, Number), [[3, 3], [3], [20], [1]]);
    assert.deepEqual(divide([], 7, Number), []);
  });

  it("read the packages of a bill of materials, with the source package that a notice names", () => {
    const document = JSON.parse(
      sbomOf([{ name: "libssl3t64", version: "3.5.1-1", architecture: "amd64" }], {
        digest: `sha256:${"a".repeat(64)}` as Digest,
      }),
    );
    const described = document.packages.find(({ name }: { name: string }) => name === "libssl3t64");
    described.externalRefs[0].referenceLocator += "&upstream=openssl%403.5.1-1";
    assert.deepEqual(readSbomPackages(JSON.stringify(document)), {
      version: "5.4.7",
      packages: [{ name: "libssl3t64", version: "3.5.1-1", source: "openssl" }],
    });
  });
});

describe("a folder that is replaced as a whole", () => {
  const folder = useTemporaryFolder();
  const tree = new Map([
    ["marker", { text: "" }],
    ["a/b", { text: "new" }],
  ]);

  const replacing = (by: Tree): Promise<string> =>
    failureOf(Promise.resolve().then(() => replaceFolder(join(folder(), "site"), by, "marker")));

  it("is made, with the folders above it, and may be there and empty", () => {
    replaceFolder(join(folder(), "x/y"), tree, "marker");
    assert.deepEqual(readTree(folder()), { "x/y/a/b": "new", "x/y/marker": "" });
    mkdirSync(join(folder(), "empty"));
    replaceFolder(join(folder(), "empty"), tree, "marker");
    assert.equal(readTree(folder())["empty/a/b"], "new");
  });

  it("is as it was where the new one cannot be written, and nothing is beside it", async () => {
    writeFiles(folder(), { "site/marker": "", "site/a/b": "old" });
    const broken = new Map([...tree, ["a/b/c", { text: "below a file" }]]);
    assert.match(await replacing(broken), /^cannot write .*site: /);
    assert.deepEqual(readTree(folder()), { "site/marker": "", "site/a/b": "old" });
  });

  it("is refused where it is a file", async () => {
    writeFiles(folder(), { site: "a file" });
    assert.match(await replacing(tree), /^cannot read .*site: /);
  });
});
