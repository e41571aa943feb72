import assert from "node:assert/strict";
import { openCatalog, select } from "../../src/commands/catalog.js";
import type { Pair } from "../../src/model/image.js";
import { hostPlatform } from "../../src/ports/host.js";
import { repository } from "../support/paths.js";
import { ingot, parseRun } from "../support/program.js";
import { type RegistryServer, requireRegistry, startRegistry } from "../support/registry-server.js";
import { requireEngine } from "../support/require-engine.js";

/** The day of every publication here. */
const env = { SOURCE_DATE_EPOCH: String(Date.parse("2026-11-21T12:00:00Z") / 1000) };
/** A part of what the tests build: what is read here of each is the same for any other. */
const published = ["base:*trixie*", "go:*trixie*", "node:24*trixie*", "python:*trixie*", "ruby:*trixie*"];
const writes = ["PUT", "POST", "PATCH", "DELETE"];

describe("publishing pairs on Debian 13 to Debian's own registry", () => {
  let registry: RegistryServer;

  before(async function () {
    await requireEngine(this);
    requireRegistry(this);
    registry = await startRegistry();
  });
  after(() => registry?.stop());

  const publish = () =>
    ingot(
      repository,
      ["publish", "--json", "--platform", hostPlatform, "--registry", `${registry.host}/acme`, ...published],
      env,
    );

  it("gives each repository exactly the tags of its pair, and one unique tag for each image", async () => {
    const { status, stderr } = await publish();
    assert.equal(status, 0, stderr);
    for (const language of new Set(trixiePairs().map((pair) => pair.language))) {
      const response = await fetch(`http://${registry.host}/v2/acme/${language}/tags/list`);
      // Where a registry cannot list what is attached to a digest, a tag does (distribution-spec, "Referrers Tag Schema").
      const tags = ((await response.json()) as { tags: string[] }).tags.filter(
        (tag) => !/^sha256-[0-9a-f]{64}$/.test(tag),
      );
      const images = trixiePairs().flatMap((pair) => (pair.language === language ? pair.images : []));
      const unique = images.map((image) => `${image.tags[0]}-20261121`);
      assert.deepEqual(tags.sort(), [...images.flatMap((image) => image.tags), ...unique].sort());
    }
  });

  it("uploads no blob and puts no manifest the second time", async () => {
    await publish();
    const before = (await registry.requests()).length;
    const { status, stdout } = await publish();
    const after = (await registry.requests()).slice(before);
    assert.equal(status, 0);
    assert.ok(after.length > 0);
    assert.deepEqual(
      after.filter(({ method }) => writes.includes(method)),
      [],
    );
    assert.ok(parseRun(stdout).events.every(({ type }) => type === "kept"));
  });

  it("puts back a tag that somebody moved, without uploading anything", async () => {
    await publish();
    const manifest = await fetch(`http://${registry.host}/v2/acme/go/manifests/1.24-trixie`, {
      headers: { accept: "application/vnd.oci.image.manifest.v1+json" },
    });
    const digest = manifest.headers.get("docker-content-digest");
    await putManifest(`http://${registry.host}/v2/acme/go/manifests/1.24-trixie`, await otherManifest(registry.host));
    const before = (await registry.requests()).length;
    const { status } = await publish();
    const written = (await registry.requests()).slice(before).filter(({ method }) => writes.includes(method));
    assert.equal(status, 0);
    assert.deepEqual(
      written.map(({ method, path }) => `${method} ${path}`),
      ["PUT /v2/acme/go/manifests/1.24-trixie"],
    );
    const restored = await fetch(`http://${registry.host}/v2/acme/go/manifests/1.24-trixie`, {
      headers: { accept: "application/vnd.oci.image.manifest.v1+json" },
    });
    assert.equal(restored.headers.get("docker-content-digest"), digest);
  });

  it("gives who pulls a second language its own layer alone to download: base's is one for all", async () => {
    await publish();
    const layers = new Map<string, readonly string[]>();
    for (const { language, images } of trixiePairs()) {
      const tag = images.find(({ variant }) => variant === "runtime")?.tags[0] ?? "";
      layers.set(language, await layersOf(`http://${registry.host}/v2/acme/${language}/manifests/${tag}`));
    }
    const base = layers.get("base") ?? [];
    assert.ok(base.length > 0);
    for (const language of ["node", "python", "ruby"]) {
      const own = (layers.get(language) ?? []).filter((digest) => !base.includes(digest));
      assert.equal(own.length, 1, language);
      assert.deepEqual(layers.get(language)?.slice(0, base.length), base, language);
    }
  });

  it("moves a pair's tags from the narrowest to the widest", async () => {
    const other = await startRegistry();
    try {
      const args = ["publish", "--platform", hostPlatform, "--registry", `${other.host}/acme`, "go:*trixie*"];
      const { status } = await ingot(repository, args, env);
      assert.equal(status, 0);
      const puts = (await other.requests()).filter(
        ({ method, path }) => method === "PUT" && path.includes("/go/manifests/") && !path.includes("/sha256"),
      );
      const moved = puts.map(({ path }) => path.split("/").at(-1) ?? "").filter((tag) => !/-\d{8}$/.test(tag));
      const [pair] = trixiePairs().filter(({ language }) => language === "go") as [Pair];
      for (const { tags } of pair.images)
        assert.deepEqual(
          moved.filter((tag) => (tags as readonly string[]).includes(tag)),
          tags,
        );
      assert.ok(
        puts.findLastIndex(({ path }) => /-\d{8}$/.test(path)) < puts.findIndex(({ path }) => !/-\d{8}$/.test(path)),
      );
    } finally {
      await other.stop();
    }
  });
});

function trixiePairs(): readonly Pair[] {
  const opened = openCatalog(repository);
  assert.ok(opened.ok);
  const selected = select(opened.value, published);
  assert.ok(selected.ok);
  return opened.value.plan.pairs.filter(({ id }) => selected.value.some(({ pair }) => pair === id));
}

async function layersOf(url: string): Promise<readonly string[]> {
  const response = await fetch(url, { headers: { accept: "application/vnd.oci.image.manifest.v1+json" } });
  const { layers } = (await response.json()) as { layers: { digest: string }[] };
  return layers.map(({ digest }) => digest);
}

async function otherManifest(host: string): Promise<Response> {
  return fetch(`http://${host}/v2/acme/go/manifests/1.24-trixie-dev`, {
    headers: { accept: "application/vnd.oci.image.manifest.v1+json" },
  });
}

async function putManifest(url: string, manifest: Response): Promise<void> {
  const headers = { "content-type": manifest.headers.get("content-type") ?? "" };
  const response = await fetch(url, { method: "PUT", headers, body: await manifest.text() });
  assert.equal(response.status, 201);
}
