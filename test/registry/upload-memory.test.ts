import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Digest } from "../../src/model/reference.js";
import { createRegistry } from "../../src/ports/registry.js";
import { type RegistryServer, requireRegistry, startRegistry } from "../support/registry-server.js";

const megabyte = 1_000_000;
const megabytes = 300;

async function* layer(): AsyncGenerator<Uint8Array> {
  for (let piece = 0; piece < megabytes; piece += 1) yield Buffer.alloc(megabyte, `${piece} `);
}

describe("an upload to a real registry", () => {
  let server: RegistryServer | undefined;
  before(async function () {
    requireRegistry(this);
    server = await startRegistry();
  });
  after(() => server?.stop());

  it("holds little of a large blob in memory", async () => {
    const hash = createHash("sha256");
    for await (const piece of layer()) hash.update(piece);
    const blob = { digest: `sha256:${hash.digest("hex")}` as Digest, size: megabytes * megabyte, open: layer };
    const registry = createRegistry({ host: server?.host ?? "", credentials: async () => undefined });
    const held = (): number => process.memoryUsage().arrayBuffers / megabyte;
    const before = held();
    let most = 0;
    const open = async function* (): AsyncGenerator<Uint8Array> {
      for await (const piece of layer()) {
        most = Math.max(most, held());
        yield piece;
      }
    };
    assert.equal(await registry.putBlob("acme/node", { ...blob, open }), "uploaded");
    assert.ok(most - before < megabytes / 3, `${most - before} MB`);
    assert.equal(await registry.hasBlob("acme/node", blob.digest), true);
  });
});
