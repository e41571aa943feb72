import assert from "node:assert/strict";
import { repository } from "../support/paths.js";
import { ingot, parseRun } from "../support/program.js";
import { requireEngine } from "../support/require-engine.js";

const debian = ["*:*trixie*", "*:*bookworm*"];

describe("the Debian pairs of the catalog, built from real packages", () => {
  before(async function () {
    await requireEngine(this);
  });

  it("all build and keep their promises", async () => {
    const { status, stdout, stderr } = await ingot(repository, ["up", "--strict", "--json", ...debian]);
    const { events, report } = parseRun(stdout);
    const failures = events.filter(({ type }) => type === "failed");
    assert.deepEqual(failures, [], stderr);
    assert.equal(status, 0, stderr);
    assert.equal(report.images.length, 24);
  });

  it("are left alone by a second run, which builds and tests nothing", async () => {
    const { status, stdout } = await ingot(repository, ["up", "--strict", "--json", ...debian]);
    const { events } = parseRun(stdout);
    assert.equal(status, 0);
    assert.deepEqual([...new Set(events.map(({ type }) => type))], ["kept"]);
    assert.equal(events.length, 24 + 10);
  });
});
