import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Failure } from "../../src/model/failure.js";
import type { Digest } from "../../src/model/reference.js";
import type { BuildRequest, Engine, EngineImage } from "../../src/ports/engine.js";
import { createContentReader } from "../../src/ports/image-content.js";
import { keepLayouts } from "../../src/ports/kept-layouts.js";
import { useTemporaryFolder } from "../support/folders.js";
import { layoutOf, tarOf, writeLayout } from "../support/image-layout.js";

const mediaType = "application/vnd.oci.image.layer.v1.tar";
const base = "docker.io/acme/base:1";
const lua = "docker.io/acme/lua:1";

const again = "docker.io/acme/base:1-again";
const strange = `sha256:${"0".repeat(64)}` as Digest;
const namesOf = (tag: string): readonly string[] => [tag, `${tag}-other`];

const request = (tag: string, contexts: BuildRequest["contexts"] = {}): BuildRequest => ({
  ...{ folder: "/catalog", tags: namesOf(tag), buildArguments: {}, labels: {}, secrets: [] },
  ...{ contexts, cache: true, keep: true },
});

/** An engine that writes layouts as BuildKit does: what has a file already it leaves alone. */
async function createLayoutWriter() {
  const layers = [{ bytes: await tarOf({ "base.txt": "base" }), mediaType }];
  const images = new Map([
    [base, { layers }],
    [lua, { layers: [...layers, { bytes: await tarOf({ "lua.txt": "lua" }), mediaType }] }],
  ]);
  const ids = new Map<string, Digest>();
  const saved: string[] = [];
  const requests: BuildRequest[] = [];
  const described = (id: Digest): EngineImage => ({ id, labels: {}, user: "", size: 0 });
  const of = (reference: string) => images.get(reference.replace(/-(other|again)$/, "")) ?? { layers: [] };
  const engine = {
    writesLayouts: async () => true,
    inspect: async (references: readonly string[]) =>
      new Map(references.flatMap((each) => (ids.has(each) ? [[each, described(ids.get(each) as Digest)]] : []))),
    build: async (asked: BuildRequest) => {
      requests.push(asked);
      const { files, manifest } = layoutOf(of(asked.tags[0] ?? ""));
      for (const [path, content] of Object.entries(asked.layout === undefined ? {} : files)) {
        const file = join(asked.layout ?? "", path);
        mkdirSync(dirname(file), { recursive: true });
        if (!existsSync(file)) writeFileSync(file, content);
      }
      for (const tag of asked.tags) ids.set(tag, manifest as Digest);
      return described(manifest as Digest);
    },
    save: async (reference: string, path: string) => {
      saved.push(reference);
      await writeLayout(path, of(reference));
    },
  } as unknown as Engine;
  return { engine, ids, saved, requests };
}

describe("what a run built", () => {
  const folder = useTemporaryFolder();
  const pathsOf = async (engine: Engine, reference: string) => [
    ...(await createContentReader(engine)(reference)).entries.keys(),
  ];

  it("is read from what the build wrote, under each of its names, and the engine saves nothing", async () => {
    const { engine, saved } = await createLayoutWriter();
    const { engine: keeping } = keepLayouts(engine, folder());
    await keeping.build(request(base));
    for (const reference of [base, `${base}-other`]) assert.deepEqual(await pathsOf(keeping, reference), ["/base.txt"]);
    assert.deepEqual(saved, []);
  });

  it("has the layers of what it is built on, which were not written again", async () => {
    const { engine, saved, requests } = await createLayoutWriter();
    const { engine: keeping } = keepLayouts(engine, folder());
    await keeping.build(request(base));
    await keeping.build(request(lua, { "acme/base:1": base }));
    const sizes = requests.map(({ layout = "" }) => {
      const blobs = join(layout, "blobs", "sha256");
      return readdirSync(blobs).filter((name) => statSync(join(blobs, name)).size > 0).length;
    });
    // A manifest, a config and a layer each; the config is the same.
    assert.deepEqual(sizes, [3, 2]);
    assert.deepEqual(await pathsOf(keeping, lua), ["/base.txt", "/lua.txt"]);
    assert.deepEqual(saved, []);
  });

  it("is asked of the engine where it was not to be kept, or was let go, or has another content by now", async () => {
    const { engine, ids, saved } = await createLayoutWriter();
    const { engine: keeping, drop } = keepLayouts(engine, folder());
    const { keep: _, ...passing } = request(base);
    await keeping.build(passing);
    await pathsOf(keeping, base);
    await keeping.build(request(base));
    await keeping.build(request(lua, { "acme/base:1": base }));
    drop([...namesOf(lua), "docker.io/acme/unknown:1"]);
    assert.deepEqual(await pathsOf(keeping, lua), ["/base.txt", "/lua.txt"]);
    ids.set(base, strange);
    await pathsOf(keeping, base);
    assert.deepEqual(saved, [base, lua, base]);
  });

  it("is asked of the engine where a layer went with what it was built on", async () => {
    const { engine, saved } = await createLayoutWriter();
    const { engine: keeping, drop } = keepLayouts(engine, folder());
    await keeping.build(request(base));
    await keeping.build(request(lua, { "acme/base:1": base }));
    drop(namesOf(base));
    assert.deepEqual(await pathsOf(keeping, lua), ["/base.txt", "/lua.txt"]);
    assert.deepEqual(saved, [lua]);
  });

  it("stays while one of its names does, and although another with its layers is let go", async () => {
    const { engine, saved } = await createLayoutWriter();
    const { engine: keeping, drop } = keepLayouts(engine, folder());
    // What they are built on was there already: each has all layers.
    await keeping.build(request(base));
    await keeping.build(request(lua));
    await keeping.build({ ...request(base), tags: [again] });
    drop(namesOf(lua));
    drop(namesOf(base));
    assert.deepEqual(await pathsOf(keeping, again), ["/base.txt"]);
    assert.deepEqual(saved, []);
    drop([again]);
    assert.deepEqual(readdirSync(folder()), []);
  });

  it("leaves no layout where the build fails, or gives another image than the engine has", async () => {
    const { engine } = await createLayoutWriter();
    const failing = async (asked: BuildRequest) => {
      await engine.build(asked);
      throw new Failure("no space left on device");
    };
    const other = async (asked: BuildRequest) => ({ ...(await engine.build(asked)), id: strange });
    const broken = keepLayouts({ ...engine, build: failing }, folder());
    await assert.rejects(broken.engine.build(request(base)), /no space left/);
    await keepLayouts({ ...engine, build: other }, folder()).engine.build(request(base));
    assert.deepEqual(readdirSync(folder()), []);
  });

  it("is asked of an engine that writes no layouts", async () => {
    const { engine, saved, requests } = await createLayoutWriter();
    for (const writesLayouts of [undefined, async () => false]) {
      const { engine: keeping } = keepLayouts({ ...engine, ...{ writesLayouts } } as Engine, folder());
      await keeping.build(request(base));
      assert.deepEqual(await pathsOf(keeping, base), ["/base.txt"]);
    }
    assert.deepEqual(
      requests.map(({ layout }) => layout),
      [undefined, undefined],
    );
    assert.deepEqual(saved, [base, base]);
  });
});
