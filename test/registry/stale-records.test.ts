import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Event } from "../../src/model/event.js";
import type { Image } from "../../src/model/image.js";
import type { PublishedState } from "../../src/model/staleness.js";
import { createRegistry } from "../../src/ports/registry.js";
import { createStateReader } from "../../src/stages/published-state.js";
import { type CatalogBuild, type Publication, publishCatalog } from "../support/publish-world.js";
import { type RegistryServer, requireRegistry, startRegistry } from "../support/registry-server.js";

const build: CatalogBuild = { rank: 1, version: "1.0.2", created: "2026-11-21T00:00:00Z" };

describe("what is recorded of a build that came out as it was", function () {
  this.timeout(60_000);
  let server: RegistryServer;
  let root: string;

  before(async function () {
    requireRegistry(this);
    server = await startRegistry();
    root = mkdtempSync(join(tmpdir(), "ingot-test-"));
  });
  after(async () => {
    await server?.stop();
    if (root !== undefined) rmSync(root, { recursive: true, force: true });
  });

  /** Publishes the same build on one day, and on a later one. Gives what happened then, and how it is published after each. */
  async function publishTwice(path: string, again: Pick<Publication, "reasons">) {
    const events: Event[] = [];
    const publication = { build, host: server.host, path, root };
    const image = { language: "tool", line: "1", tags: ["1.0.2", "1.0", "1"] } as unknown as Image;
    // Each time as another run would: nothing is remembered.
    const read = (): Promise<PublishedState> =>
      createStateReader({ registry: createRegistry({ host: server.host }), path, everyTag: true })(image);
    await publishCatalog({ ...publication, day: "20261121" });
    const first = await read();
    await publishCatalog({ ...publication, ...again, day: "20261221" }, (event) => events.push(event));
    return { first, second: await read(), events };
  }
  const daysOf = ({ records }: PublishedState): readonly string[] => records.map(({ day }) => day).sort();

  it("is that it is as new as that build, where it was built for a reason; no tag moves for it", async () => {
    const { first, second, events } = await publishTwice("aged", {
      reasons: ["built 31 days ago, and 30 are the most"],
    });
    assert.deepEqual([first.day, daysOf(first)], ["20261121", ["20261121"]]);
    assert.deepEqual([second.day, daysOf(second)], ["20261221", ["20261121", "20261221"]]);
    assert.equal(second.digest, first.digest);
    assert.deepEqual([second.missing, second.elsewhere], [[], []]);
    assert.deepEqual([...new Set(events.map(({ type }) => type))], ["kept"]);
  });

  it("is nothing where it was only published again", async () => {
    const { first, second } = await publishTwice("again", {});
    assert.deepEqual(second, first);
  });
});
