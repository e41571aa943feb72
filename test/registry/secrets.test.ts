import assert from "node:assert/strict";
import { ada, basic, basicGate, challengeTo, password, useLoginServers } from "../support/login-servers.js";
import { startMemoryRegistry } from "../support/memory-registry.js";
import { tag, tinyImage } from "../support/push.js";
import { token } from "../support/token-server.js";

describe("a client keeps its secrets", () => {
  const { started, serve, serveTokens, client, failing } = useLoginServers();

  it("where a registry repeats the token that it was sent", async () => {
    const tokens = await serveTokens(() => token("token-1"));
    const registry = await serve((authorization) =>
      authorization === undefined ? challengeTo(tokens.realm) : undefined,
    );
    const acme = client(registry, ada);
    await acme.check();
    // Cut after 200 characters, the message would end within the token.
    const message = `${"x".repeat(178)} Bearer token-1 and ${password}`;
    const fault = {
      kind: "answer",
      status: 403,
      body: JSON.stringify({ errors: [{ code: "DENIED", message }] }),
    } as const;
    registry.inject("GET", fault);
    assert.match(await failing(acme.check()), /403 Forbidden \(DENIED: x+/);
  });

  it("where one of them holds another", async () => {
    let valid = 1;
    const tokens = await serveTokens(() => token(`token-${valid}`));
    const registry = await serve((authorization) =>
      authorization === `Bearer token-${valid}` ? undefined : challengeTo(tokens.realm),
    );
    const acme = client(registry, ada);
    await acme.check();
    valid = 12;
    await acme.check();
    const errors = [{ code: "DENIED", message: "not with token-12" }];
    registry.inject("GET", { kind: "answer", status: 403, body: JSON.stringify({ errors }) });
    assert.match(await failing(acme.check()), /\(DENIED: not with \*\*\*\)$/);
  });

  it("where a header repeats one", async () => {
    const image = tinyImage("one");
    const registry = await serve(basicGate);
    const headers = { "content-type": `text/${password}` };
    const body = image.bytes.toString().replace(/"mediaType":"[^"]*",/, "");
    const acme = client(registry, ada);
    await acme.check();
    registry.inject("GET", { kind: "answer", status: 200, headers, body });
    const message = await failing(acme.manifest("acme/node", tag("24")));
    assert.match(message, /: it answered with media type text\/\*\*\*, which is not an image's$/);
  });

  it("where a token server repeats the password that it was sent", async () => {
    const errors = [{ code: "DENIED", message: `${basic} is ${password}` }];
    const tokens = await serveTokens(() => ({ status: 401, body: JSON.stringify({ errors }) }));
    const registry = await serve(() => challengeTo(tokens.realm));
    const message = await failing(client(registry, ada).check());
    assert.match(
      message,
      /: the token server 127\.0\.0\.1:\d+ answered 401 Unauthorized \(DENIED: Basic \*\*\* is \*\*\*\)$/,
    );
  });

  for (const body of ["", "{}", "[", '{"token":"token-1\\nx-more: 1"}', '{"token":7}']) {
    it(`where a token server answers ${JSON.stringify(body)}`, async () => {
      const tokens = await serveTokens(() => ({ status: 200, body }));
      const registry = await serve(() => challengeTo(tokens.realm));
      assert.match(
        await failing(client(registry, ada).check()),
        /: the token server 127\.0\.0\.1:\d+ answered without a token$/,
      );
    });
  }

  for (const realm of [
    "http://auth.example/token",
    "ftp://127.0.0.1/token",
    "https://ada:x@127.0.0.1/token",
    "",
    "token",
  ]) {
    it(`from the token server ${JSON.stringify(realm)}`, async () => {
      const registry = await serve(() => challengeTo(realm));
      assert.match(
        await failing(client(registry, ada).check()),
        /it names (a token server by what is no URL|the token server \S* ?which does not speak HTTPS)/,
      );
    });
  }

  it("from another host that a redirect leads to", async () => {
    const image = tinyImage("one");
    const storage = started(await startMemoryRegistry());
    const registry = await serve(basicGate);
    const acme = client(registry, ada);
    await acme.check();
    const manifest = { status: 200, headers: { "content-type": image.mediaType }, body: image.bytes };
    storage.inject("GET", { kind: "answer", ...manifest });
    registry.inject("GET", {
      kind: "answer",
      status: 307,
      headers: { location: `http://${storage.host}/there?signature=1` },
    });
    assert.equal((await acme.manifest("acme/node", tag("24")))?.digest, image.digest);
    assert.equal(registry.requests().at(-1)?.headers["authorization"], basic);
    const [asked] = storage.requests();
    assert.equal(asked?.path, "/there?signature=1");
    assert.equal(asked?.headers["authorization"], undefined);
  });

  it("from another host that asks for them after a redirect", async () => {
    const tokens = await serveTokens(() => token("token-1"));
    const thief = await serve(() => challengeTo(tokens.realm));
    const registry = await serve(basicGate);
    const acme = client(registry, ada);
    await acme.check();
    registry.inject("GET", { kind: "answer", status: 302, headers: { location: `http://${thief.host}/v2/` } });
    assert.match(
      await failing(acme.check()),
      /: the registry answered 401 Unauthorized \(UNAUTHORIZED: authentication required\)$/,
    );
    assert.equal(tokens.requests().length, 0);
    assert.deepEqual(
      thief.requests().map(({ headers }) => headers["authorization"]),
      [undefined],
    );
  });
});
