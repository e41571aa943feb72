import assert from "node:assert/strict";
import type { ImageArtifact } from "../../src/model/artifact.js";
import type { Pair } from "../../src/model/image.js";
import type { Engine } from "../../src/ports/engine.js";
import type { Registry } from "../../src/ports/registry.js";
import { publishArtifacts } from "../../src/stages/publish-artifacts.js";

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

/** An engine that fails as a real one does: what is not there can be neither pushed nor untagged. */
function worldWith(tags: readonly string[]) {
  const local = new Set<string>();
  const pushed: string[] = [];
  const need = (reference: string) => assert.ok(local.has(reference), `${reference} is not there`);
  const engine = {
    build: async (request: { tags: readonly string[] }) => {
      await new Promise((resolve) => setImmediate(resolve));
      for (const tag of request.tags) local.add(tag);
    },
    push: async (source: string, target: string) => {
      await new Promise((resolve) => setImmediate(resolve));
      need(source);
      pushed.push(target);
    },
    untag: async (references: readonly string[]) => {
      for (const reference of references) {
        need(reference);
        local.delete(reference);
      }
    },
  } as unknown as Engine;
  const registry = { host: "registry.test", tags: async () => tags } as unknown as Registry;
  const context = { engine, registry, path: "acme", provideArtifact: async () => "/nowhere", say: () => {} };
  return { context: { ...context, publishing: new Map<string, Promise<void>>() }, pushed, local };
}

describe("publishing artifacts", () => {
  it("pushes one that several pairs have once, although they are published at the same time", async () => {
    const { context, pushed, local } = worldWith([]);
    await Promise.all([pair, pair, pair].map((each) => publishArtifacts(each, context)));
    assert.deepEqual(pushed, ["registry.test/acme/artifact:tool-1.2"]);
    assert.equal(local.size, 0);
  });

  it("leaves nothing in the engine where the registry refuses it, and tells each pair", async () => {
    const { context, local } = worldWith([]);
    const engine = { ...context.engine, push: async () => assert.fail("refused") } as unknown as Engine;
    const outcomes = await Promise.allSettled(
      [pair, pair].map((each) => publishArtifacts(each, { ...context, engine })),
    );
    assert.deepEqual(
      outcomes.map((outcome) => outcome.status === "rejected" && (outcome.reason as Error).message),
      ["refused", "refused"],
    );
    assert.equal(local.size, 0);
  });

  it("leaves alone what the registry has", async () => {
    const { context, pushed } = worldWith(["tool-1.2"]);
    await publishArtifacts(pair, context);
    assert.deepEqual(pushed, []);
  });
});
