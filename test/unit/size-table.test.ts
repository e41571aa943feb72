import assert from "node:assert/strict";
import { imagesOf } from "../../src/model/image.js";
import { formatSizeTable } from "../../src/reporters/size-table.js";
import { runInProcess } from "../support/command-line.js";
import { useTemporaryFolder } from "../support/folders.js";
import { openGood, writeResolvedCatalog } from "../support/resolved-catalog.js";

const weight = (uncompressed: number, compressed: number) => ({ uncompressed, compressed });

describe("a table of sizes", () => {
  const folder = useTemporaryFolder();
  beforeEach(() => writeResolvedCatalog(folder()));
  const images = () => imagesOf(openGood(folder()).plan).filter(({ pair }) => pair === "python/3.13/trixie");

  it("has a row for each image: what was recorded, what it weighs now, and by how much it grew", () => {
    const [dev, runtime] = images();
    assert.ok(dev !== undefined && runtime !== undefined);
    const table = formatSizeTable([
      { image: dev, before: weight(500_000_000, 200_000_000), after: weight(512_300_000, 199_000_000) },
      { image: runtime, before: weight(44_400_000, 16_800_000), after: weight(44_400_000, 16_800_000) },
    ]);
    assert.deepEqual(table.split("\n").slice(2), [
      "| image | before | now | growth |",
      "|---|---:|---:|---:|",
      "| `acme/python:3.13.5-trixie-dev` | 500.0 MB (200.0 MB) | 512.3 MB (199.0 MB) | +12.3 MB (-1.0 MB) |",
      "| `acme/python:3.13.5-trixie` | 44.4 MB (16.8 MB) | 44.4 MB (16.8 MB) | none |",
    ]);
  });

  it("says of an image that nothing is recorded of it, or that it is not built, and then names no growth", () => {
    const [image] = images();
    assert.ok(image !== undefined);
    const cellsOf = (row: Omit<Parameters<typeof formatSizeTable>[0][number], "image">) =>
      formatSizeTable([{ image, ...row }])
        .split("\n")
        .at(-1)
        ?.split(" | ")
        .slice(1);
    assert.deepEqual(cellsOf({ before: undefined, after: weight(1000, 500) }), [
      "not recorded",
      "1.0 kB (500 B)",
      " |",
    ]);
    assert.deepEqual(cellsOf({ before: weight(1000, 500), after: undefined }), ["1.0 kB (500 B)", "not built", " |"]);
  });

  it("is short enough for a comment, however many images there are, and says how many it left out", () => {
    const [image] = images();
    assert.ok(image !== undefined);
    const row = { image, before: weight(1_229_200_000, 319_600_000), after: weight(1_246_000_000, 297_700_000) };
    const table = formatSizeTable(Array.from({ length: 5000 }, () => row));
    assert.ok(table.length < 65_536, String(table.length));
    assert.equal(table.split("\n").at(-1), "And 4800 more.");
  });

  it("of no images is empty, so that who makes a comment of it can tell", () => assert.equal(formatSizeTable([]), ""));

  it("is the only answer of size that is narrowed to what changed: without it, that option is a mistake", async () => {
    const { status, stderr } = await runInProcess(folder(), ["size", "--changed-since", "HEAD"]);
    assert.equal(status, 2);
    assert.match(stderr, /invalid-option: --changed-since is for --markdown/);
  });
});
