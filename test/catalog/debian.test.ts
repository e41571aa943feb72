import assert from "node:assert/strict";
import { openCatalog, select } from "../../src/commands/catalog.js";
import { debianPart } from "../support/part.js";
import { repository } from "../support/paths.js";
import { ingot, parseRun } from "../support/program.js";
import { requireEngine } from "../support/require-engine.js";

/** How many images and pairs there are in the part. */
function countPart(): { readonly images: number; readonly pairs: number } {
  const opened = openCatalog(repository);
  assert.ok(opened.ok);
  const selected = select(opened.value, debianPart);
  assert.ok(selected.ok);
  return { images: selected.value.length, pairs: new Set(selected.value.map(({ pair }) => pair)).size };
}

// As many as fit into a continuous integration's time; `make catalog` does the same with every pair on Debian.
describe("a part of the catalog's pairs on Debian, built from real packages", () => {
  before(async function () {
    await requireEngine(this);
  });

  const up = () => ingot(repository, ["up", "--strict", "--json", ...debianPart]);

  it("all build and keep their promises", async () => {
    const { status, stdout, stderr } = await up();
    const { events, report } = parseRun(stdout);
    const failures = events.filter(({ type }) => type === "failed");
    assert.deepEqual(failures, [], stderr);
    assert.equal(status, 0, stderr);
    assert.equal(report.images.length, countPart().images);
    assert.ok(report.images.length >= 4);
  });

  it("are left alone by a second run, which builds and tests nothing", async () => {
    const { status, stdout } = await up();
    const { events } = parseRun(stdout);
    assert.equal(status, 0);
    assert.deepEqual([...new Set(events.map(({ type }) => type))], ["kept"]);
    const { images, pairs } = countPart();
    assert.equal(events.length, images + pairs);
  });
});
