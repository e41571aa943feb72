import assert from "node:assert/strict";
import { hostPlatform } from "../../src/ports/host.js";
import { copyCatalog } from "../support/catalog-copy.js";
import { useTemporaryFolder } from "../support/folders.js";
import { ingot, parseRun } from "../support/program.js";
import { type RegistryServer, requireRegistry, startRegistry } from "../support/registry-server.js";
import { removeNamespace, requireEngine } from "../support/require-engine.js";

const namespace = "ingot-broken";
const selectors = ["base:*trixie*", "lua:*trixie*", "python:*trixie*", "node:20*trixie*"];

describe("a language that is broken on purpose", () => {
  const folder = useTemporaryFolder();
  let registry: RegistryServer;

  before(async function () {
    await requireEngine(this);
    requireRegistry(this);
    registry = await startRegistry();
  });
  after(async () => {
    await registry?.stop();
    await removeNamespace(namespace);
  });

  const tagsOf = async (language: string): Promise<readonly string[]> => {
    const response = await fetch(`http://${registry.host}/v2/acme/${language}/tags/list`);
    return response.ok ? ((await response.json()) as { tags: string[] }).tags : [];
  };

  it("fails alone: its pair is unpublished, all others are published, and the exit status is 1", async () => {
    copyCatalog(folder(), {
      namespace,
      edits: {
        // One fails its tests, one its build: no such version is in the index.
        "languages/python.yaml": (text) => text.replace('"import locale;', '"raise SystemExit(3); import locale;'),
        "catalog.lock.yaml": (text) => text.replace(/nodejs: 20\.\S+/, "nodejs: 20.99.0-1"),
      },
    });
    const { status, stdout, stderr } = await ingot(folder(), [
      "up",
      "--json",
      "--platform",
      hostPlatform,
      "--registry",
      `${registry.host}/acme`,
      ...selectors,
    ]);
    assert.equal(status, 1, stderr);
    const { events, report } = parseRun(stdout);
    const published = events
      .filter(({ type }) => type === "published")
      .map((event) => "subject" in event && event.subject);
    assert.deepEqual(published.sort(), ["base/13/trixie", "lua/5.4/trixie"]);
    assert.deepEqual(report.failedPairs, ["python/3.13/trixie"]);
    const failed = report.images.filter(({ state }) => state === "failed").map(({ image }) => image);
    assert.deepEqual(failed.sort(), ["node/20/trixie/dev", "node/20/trixie/runtime"]);
    assert.deepEqual([await tagsOf("python"), await tagsOf("node")], [[], []]);
    assert.ok((await tagsOf("lua")).includes("5.4-trixie"));
  });
});
