import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { get } from "node:https";
import { text } from "node:stream/consumers";
import { createTlsServer } from "../../src/ports/tls-server.js";

const ask = (url: string, ca?: string): Promise<string> =>
  new Promise((resolve, reject) => {
    get(url, { agent: false, ...(ca === undefined ? {} : { ca }) }, (response) => resolve(text(response))).on(
      "error",
      reject,
    );
  });

describe("a server for the probe of TLS", () => {
  const server = createTlsServer("hello");
  after(() => server.close());

  it("answers who trusts its authority, and nobody else", async () => {
    const { url, authority, answer } = await server.get();
    assert.equal(await ask(url, authority), answer);
    await assert.rejects(ask(url), /unable to (verify|get)|self-signed/);
  });

  it("starts once, has a new authority for each, and one that may sign", async () => {
    const first = await server.get();
    assert.equal(await server.get(), first);
    const other = createTlsServer("hello");
    assert.notEqual((await other.get()).authority, first.authority);
    await other.close();
    assert.equal(new X509Certificate(first.authority).ca, true);
  });

  it("that never started is closed without ado", () => createTlsServer("hello").close());
});
