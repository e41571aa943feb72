import assert from "node:assert/strict";
import type { ImageArtifact } from "../../src/model/artifact.js";
import type { Pair } from "../../src/model/image.js";
import type { Platform } from "../../src/model/platform.js";
import type { Engine } from "../../src/ports/engine.js";
import { createRegistry } from "../../src/ports/registry.js";
import { publishArtifacts } from "../../src/stages/publish-artifacts.js";
import { createLayoutEngine } from "../support/layout-engine.js";
import { type MemoryRegistry, startMemoryRegistry } from "../support/memory-registry.js";
import { tag, tinyImage } from "../support/push.js";

const artifact: ImageArtifact = {
  name: "tool",
  version: "1.2",
  reference: "acme/artifact:tool-1.2",
  strip: 0,
  files: {},
  links: {},
  downloads: {},
};
const pair = { id: "tool/1/trixie", images: [{ artifacts: [artifact] }, { artifacts: [artifact] }] } as unknown as Pair;

describe("publishing artifacts", () => {
  let server: MemoryRegistry;
  beforeEach(async () => {
    server = await startMemoryRegistry();
  });
  afterEach(() => server.stop());

  function worldFor(...platforms: readonly Platform[]) {
    const registry = createRegistry({ host: server.host, credentials: async () => undefined });
    const engines = platforms.map((platform) => createLayoutEngine(new Map(), () => tinyImage(platform)));
    const context = {
      registry,
      path: "acme",
      platforms: platforms.map((platform, index) => ({
        platform,
        engine: engines[index] as unknown as Engine,
        provideArtifact: async () => "/nowhere",
      })),
      publishing: new Map<string, Promise<void>>(),
      say: () => {},
    };
    const left = () => engines.flatMap((engine) => engine.references());
    const published = async () => (await registry.manifest("acme/artifact", tag("tool-1.2")))?.manifests ?? [];
    return { context, left, published };
  }
  const writes = () => server.requests().filter(({ method }) => method === "PUT" || method === "POST");

  it("uploads one that several pairs have once, although they are published at the same time", async () => {
    const { context, left, published } = worldFor("linux/amd64");
    await Promise.all([pair, pair, pair].map((each) => publishArtifacts(each, context)));
    assert.deepEqual(
      (await published()).map(({ digest }) => digest),
      [tinyImage("linux/amd64").digest],
    );
    assert.equal(writes().filter(({ path }) => path.endsWith("/manifests/tool-1.2")).length, 1);
    assert.deepEqual(left(), []);
  });

  it("leaves nothing in the engine where the registry refuses it, and tells each pair", async () => {
    const { context, left } = worldFor("linux/amd64");
    server.inject("POST", { kind: "answer", status: 403, headers: {}, body: "" });
    const outcomes = await Promise.allSettled([pair, pair].map((each) => publishArtifacts(each, context)));
    for (const outcome of outcomes) {
      assert.ok(outcome.status === "rejected");
      assert.match((outcome.reason as Error).message, /403/);
    }
    assert.deepEqual(left(), []);
  });

  it("leaves alone what the registry has", async () => {
    await publishArtifacts(pair, worldFor("linux/amd64").context);
    const before = writes().length;
    await publishArtifacts(pair, worldFor("linux/amd64").context);
    assert.equal(writes().length, before);
  });

  it("lets another platform join what is there, under the same tag", async () => {
    await publishArtifacts(pair, worldFor("linux/arm64").context);
    const { context, published } = worldFor("linux/amd64");
    await publishArtifacts(pair, context);
    assert.deepEqual(
      (await published()).map(({ digest, platform }) => [platform?.architecture, digest]),
      [
        ["amd64", tinyImage("linux/amd64").digest],
        ["arm64", tinyImage("linux/arm64").digest],
      ],
    );
  });

  it("keeps both platforms of two publishers at once", async () => {
    const worlds = [worldFor("linux/arm64"), worldFor("linux/amd64")] as const;
    await Promise.all(worlds.map(({ context }) => publishArtifacts(pair, context)));
    assert.deepEqual(
      (await worlds[0].published()).map(({ platform }) => platform?.architecture),
      ["amd64", "arm64"],
    );
  });
});
