import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import ssri from "ssri";
import { pack } from "tar-stream";
import { openCatalog } from "../../src/commands/catalog.js";
import type { Pair } from "../../src/model/image.js";
import { createEngine } from "../../src/ports/engines.js";
import { hostPlatform } from "../../src/ports/host.js";
import { createContentReader } from "../../src/ports/image-content.js";
import { localReference } from "../../src/stages/build.js";
import { sbomFile } from "../../src/stages/describe.js";
import { copyCatalog } from "../support/catalog-copy.js";
import { useTemporaryFolder } from "../support/folders.js";
import { ingot, parseRun } from "../support/program.js";
import { requireRegistry, startRegistry } from "../support/registry-server.js";
import { requireEngine } from "../support/require-engine.js";

/** A program and a file beside it, below a folder as releases have one. */
async function release(answer: string): Promise<Buffer> {
  const archive = pack();
  archive.entry({ name: "tool-1.2.3/bin/tool", mode: 0o700 }, "#!/bin/sh\ncat /opt/tool/answer\n");
  archive.entry({ name: "tool-1.2.3/share/answer", mode: 0o600 }, answer);
  archive.entry({ name: "tool-1.2.3/README.md" }, "not taken\n");
  archive.finalize();
  return gzipSync(await buffer(archive));
}

describe("a pair whose language is an artifact from a URL", () => {
  const folder = useTemporaryFolder();
  const engine = createEngine("docker");
  let server: Server;
  let served: Buffer;
  let asked = 0;

  before(async function () {
    await requireEngine(this);
    server = createServer((_, response) => {
      asked += 1;
      response.end(served);
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  });
  after(async () => {
    server?.closeAllConnections();
    server?.close();
    const lists = await Promise.all(["docker.io/*/tool", "localhost/*/*__tool"].map((pattern) => engine.list(pattern)));
    await engine.untag(lists.flatMap((list) => [...list.keys()]));
  });

  /** The catalog with one more language, on the base that it has. */
  function write(): void {
    const sum = ssri.fromData(served, { algorithms: ["sha256"] });
    const definition = `language: tool
summary: A program that says forty-two
licence: MIT
homepage: https://example.org/tool
lines:
  "1": { on: { trixie: {} } }
artifacts:
  tool:
    url: http://127.0.0.1:${(server.address() as AddressInfo).port}/tool-{version}.tar.gz
    version: 1.2.3
    sha256: "${sum.hexDigest()}"
    strip: 1
    files: { bin/tool: /usr/local/bin/tool, share: /opt/tool }
    links: { /usr/local/bin/t: tool }
packages:
  debian: { artifacts: { version: tool, runtime: [tool] } }
dev: { from: dev }
test:
  runtime: [{ run: [t], prints: forty-two }]
  dev: [{ run: [tool], prints: forty-two }]
`;
    const integrity = sum.toString();
    const entry = {
      version: "1.2.3",
      packages: {},
      artifacts: {
        tool: { version: "1.2.3", platforms: { "linux/amd64": { integrity }, "linux/arm64": { integrity } } },
      },
      date: "2026-11-21",
    };
    const locked = `pairs:\n  tool: ${JSON.stringify({ 1: { trixie: entry } })}`;
    copyCatalog(folder(), {
      files: { "languages/tool.yaml": definition },
      edits: { "catalog.lock.yaml": (text) => text.replace(/^pairs:$/m, locked) },
    });
  }

  async function run(...args: readonly string[]) {
    const { status, stdout, stderr } = await ingot(folder(), [...args, "--json", "tool"], { XDG_CACHE_HOME: folder() });
    return { status, stderr, ...parseRun(stdout) };
  }

  function pair(): Pair {
    const opened = openCatalog(folder());
    assert.ok(opened.ok);
    return opened.value.plan.pairs.find(({ language }) => language === "tool") as Pair;
  }

  it("is fetched, verified, and in both images, which keep their promises; a second run fetches and builds nothing", async () => {
    served = await release("forty-two\n");
    write();
    const { status, stderr, events } = await run("up");
    assert.equal(status, 0, stderr + JSON.stringify(events.filter(({ type }) => type === "failed")));
    assert.equal(asked, 1);
    const runtime = pair().images.find(({ variant }) => variant === "runtime");
    assert.ok(runtime !== undefined);
    const content = await createContentReader(engine)(localReference(runtime));
    const last = content.layers.length - 1;
    const added = [...content.entries.values()].filter(({ layer, type }) => layer === last && type !== "directory");
    assert.deepEqual(added.map(({ path, mode, uid }) => [path, mode.toString(8), uid]).sort(), [
      ["/opt/tool/answer", "644", 0],
      ["/usr/local/bin/t", "777", 0],
      ["/usr/local/bin/tool", "755", 0],
    ]);
    const sbom = readFileSync(join(folder(), sbomFile(runtime, hostPlatform)), "utf8");
    assert.match(sbom, /"pkg:generic\/tool@1\.2\.3\?checksum=sha256(:|%3A)[0-9a-f]{64}&download_url=http/);
    const again = await run("up");
    assert.deepEqual([...new Set(again.events.map(({ type }) => type))], ["kept"]);
    assert.equal(asked, 1);
  });

  it("is published as an image of its own before the pair, once", async function () {
    requireRegistry(this);
    const registry = await startRegistry();
    try {
      served = await release("forty-two\n");
      write();
      assert.equal((await ingot(folder(), ["generate"])).status, 0);
      const publish = () => run("publish", "--platform", hostPlatform, "--registry", `${registry.host}/acme`);
      const first = await publish();
      assert.equal(first.status, 0, first.stderr + JSON.stringify(first.events));
      const answer = await fetch(`http://${registry.host}/v2/acme/artifact/tags/list`);
      assert.deepEqual(((await answer.json()) as { tags: string[] }).tags, ["tool-1.2.3"]);
      const before = (await registry.requests()).length;
      assert.equal((await publish()).status, 0);
      const methods = (await registry.requests()).slice(before).map(({ method }) => method);
      assert.deepEqual(
        methods.filter((method) => !["GET", "HEAD"].includes(method)),
        [],
      );
    } finally {
      await registry.stop();
    }
  });

  it("fails in one line where what is served is not what the lock says, and keeps nothing", async () => {
    served = await release("forty-three\n");
    write();
    served = served.subarray(0, 100);
    assert.equal((await ingot(folder(), ["generate"])).status, 0);
    const { status, events } = await run("build");
    assert.equal(status, 1);
    const reasons = events.flatMap((event) => (event.type === "failed" ? [event.reason] : []));
    assert.ok(reasons.length > 0);
    for (const reason of reasons)
      assert.match(
        reason,
        /^the artifact tool 1\.2\.3: what came is not what the lock says: its checksum is not sha256-\S+$/,
      );
    const kept = readdirSync(join(folder(), "ingot"));
    assert.deepEqual(
      kept.filter((name) => name !== "images"),
      [],
    );
  });
});
