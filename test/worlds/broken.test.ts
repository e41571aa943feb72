import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseRun } from "../support/program.js";
import { requireRegistry } from "../support/registry-server.js";
import { requireEngine } from "../support/require-engine.js";
import { type StaleWorld, startStaleWorld } from "../support/stale-world.js";

describe("a catalog in which a build and a test fail", () => {
  let world: StaleWorld;

  before(async function () {
    await requireEngine(this);
    requireRegistry(this);
    world = await startStaleWorld();
  });
  after(() => world?.stop());

  const edit = (path: string, change: (text: string) => string, to = path): void => {
    const before = readFileSync(join(world.root, path), "utf8");
    assert.notEqual(change(before), before);
    writeFileSync(join(world.root, to), change(before));
  };
  const tagsOf = async (language: string): Promise<readonly string[]> => {
    const response = await fetch(`http://${world.registry.host}/v2/acme/${language}/tags/list`);
    return response.ok ? ((await response.json()) as { tags: string[] }).tags : [];
  };

  it("leaves their pairs unpublished, publishes all others, and has exit status 1", async () => {
    edit("languages/alpha.yaml", (text) => text.replace("language: alpha", "language: gamma"), "languages/gamma.yaml");
    edit("languages/alpha.yaml", (text) => text.replace("ingot-alpha 1.", "ingot-alpha 2."));
    const resolved = await world.ingot(["resolve"]);
    assert.equal(resolved.status, 0, resolved.stderr);
    edit("catalog.lock.yaml", (text) => text.replace("ingot-beta: 1.0-1", "ingot-beta: 1.9-1"));
    const { host } = world.registry;
    const where = ["--registry", `${host}/acme`, "--mirror", `debian=${world.packages.url}`];
    // An engine remembers what it built from the packages of another world.
    const { status, stdout, stderr } = await world.ingot(["up", "--force", "--json", ...where]);
    assert.equal(status, 1, stderr);
    const { events, report } = parseRun(stdout);
    const published = events.flatMap((event) => (event.type === "published" ? [event.subject] : []));
    assert.deepEqual(published.sort(), ["base/13/trixie", "gamma/1/trixie"]);
    assert.deepEqual(report.failedPairs, ["alpha/1/trixie"]);
    const failed = report.images.filter(({ state }) => state === "failed").map(({ image }) => image);
    assert.deepEqual(failed.sort(), ["beta/1/trixie/dev", "beta/1/trixie/runtime"]);
    assert.deepEqual([await tagsOf("alpha"), await tagsOf("beta")], [[], []]);
    assert.ok((await tagsOf("gamma")).includes("1-trixie"));
  });
});
