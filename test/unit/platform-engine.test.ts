import assert from "node:assert/strict";
import type { Platform } from "../../src/model/platform.js";
import type { Digest } from "../../src/model/reference.js";
import type { BuildRequest, Engine, EngineImage, RunRequest } from "../../src/ports/engine.js";
import { hostPlatform } from "../../src/ports/host.js";
import { engineFor } from "../../src/ports/platform-engine.js";

const other: Platform = hostPlatform === "linux/arm64" ? "linux/amd64" : "linux/arm64";
const end = other.replace("linux/", "-");
const id = `sha256:${"0".repeat(64)}` as Digest;
const image: EngineImage = { id, labels: {}, user: "", size: 0 };
const lua = "docker.io/ingot/lua:5.4";

/** An engine that remembers what it was asked. */
function recorder() {
  const asked: unknown[] = [];
  const engine = {
    inspect: async (references: readonly string[]) => new Map(references.map((each) => [each, image])),
    list: async () =>
      new Map([
        ["localhost/ingot-tested/lua:a", id],
        [`localhost/ingot-tested/lua:b${end}`, id],
      ]),
    build: async (request: BuildRequest) => {
      asked.push(request);
      return image;
    },
    run: async (request: RunRequest) => void asked.push(request),
    serve: async () => ({ patience: 1 }),
    pull: async (...all: unknown[]) => void asked.push(["pull", ...all]),
    tag: async (...all: unknown[]) => void asked.push(["tag", ...all]),
  } as unknown as Engine;
  return { engine, asked };
}

const request: BuildRequest = {
  folder: "/catalog",
  tags: [lua],
  buildArguments: {},
  labels: {},
  contexts: { "ingot/base:13": "docker.io/ingot/base:13", "ingot/artifact:x": "/artifacts/0" },
  secrets: [],
  cache: true,
};

describe("the engine for another platform than this machine's", () => {
  it("has references of its own, so that its images take nobody's place", async () => {
    const { engine, asked } = recorder();
    await engineFor(other, engine).build(request);
    const contexts = { "ingot/base:13": `docker.io/ingot/base:13${end}`, "ingot/artifact:x": "/artifacts/0" };
    assert.deepEqual(asked, [{ ...request, platform: other, tags: [`${lua}${end}`], contexts }]);
  });
  it("answers with the references that it was asked for", async () => {
    const { engine } = recorder();
    assert.deepEqual([...(await engineFor(other, engine).inspect([lua])).keys()], [lua]);
    const tested = await engineFor(other, engine).list("localhost/ingot-tested/*");
    assert.deepEqual([...tested.keys()], ["localhost/ingot-tested/lua:b"]);
  });
  it("runs them for their platform, and gives them more time, as they are emulated", async () => {
    const { engine, asked } = recorder();
    const run = { image: `${lua}${end}`, command: ["true"], platform: other };
    await engineFor(other, engine).run({ image: lua, command: ["true"] });
    await engineFor(other, engine).run({ image: lua, command: ["true"], timeout: 5000 });
    assert.deepEqual(asked, [
      { ...run, timeout: 600_000 },
      { ...run, timeout: 50_000 },
    ]);
    assert.equal((await engineFor(other, engine).serve({ image: lua, port: 80 })).patience, 10);
    assert.equal((await engineFor(hostPlatform, engine).serve({ image: lua, port: 80 })).patience, 1);
  });
  it("keeps what it pulls under a reference of its own", async () => {
    const { engine, asked } = recorder();
    await engineFor(other, engine).pull("docker.io/library/debian:trixie-slim");
    const debian = "docker.io/library/debian:trixie-slim";
    assert.deepEqual(asked, [
      ["pull", debian, other],
      ["tag", debian, `${debian}${end}`],
      // The plain name is that of this machine's platform, as it was.
      ["tag", id, debian],
    ]);
  });
});

describe("the engine for this machine's platform", () => {
  it("asks for what it is asked, and sees nothing of other platforms", async () => {
    const { engine, asked } = recorder();
    const own = engineFor(hostPlatform, engine);
    await own.build(request);
    assert.deepEqual(asked, [request]);
    assert.deepEqual([...(await own.list("localhost/ingot-tested/*")).keys()], ["localhost/ingot-tested/lua:a"]);
  });
});
