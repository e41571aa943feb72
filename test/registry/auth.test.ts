import assert from "node:assert/strict";
import { type Credential, createRegistry } from "../../src/ports/registry.js";
import { ada, basic, basicGate, challengeTo, identity, useLoginServers } from "../support/login-servers.js";
import type { MemoryRegistry } from "../support/memory-registry.js";
import { tag, tinyImage } from "../support/push.js";
import { token } from "../support/token-server.js";

describe("logging in to a registry", () => {
  const { serve, serveTokens, client, failing } = useLoginServers();
  const statuses = (registry: MemoryRegistry): readonly string[] =>
    registry.requests().map(({ method, path, status }) => `${method} ${path.replace("/v2/acme/", "")} ${status}`);

  it("sends a password only when it is asked for, and from then on at once", async () => {
    const registry = await serve(basicGate);
    const acme = client(registry, ada);
    await acme.digestOf("acme/node", tag("24"));
    await acme.digestOf("acme/ruby", tag("3.4"));
    assert.deepEqual(statuses(registry), [
      "HEAD node/manifests/24 401",
      "HEAD node/manifests/24 404",
      "HEAD ruby/manifests/3.4 404",
    ]);
    assert.deepEqual(
      registry.requests().map(({ headers }) => headers["authorization"]),
      [undefined, basic, basic],
    );
  });

  it("says how to log in where no login is stored", async () => {
    const registry = await serve(basicGate);
    const message = await failing(client(registry).check());
    const { host } = registry;
    assert.equal(
      message,
      `cannot use the registry ${host}: the registry answered 401 Unauthorized (UNAUTHORIZED: authentication required): no login is stored (docker login ${host})`,
    );
  });

  it("says that a password is not accepted, after one try", async () => {
    const registry = await serve(() => 'Basic realm="acme"');
    const message = await failing(client(registry, ada).tags("acme/node"));
    assert.match(
      message,
      /^cannot list the tags of 127\.0\.0\.1:\d+\/acme\/node: the registry answered 401 .*: the stored login is not accepted$/,
    );
    assert.equal(registry.requests().length, 2);
  });

  it("looks a refused password up again, as a helper's is good for hours only", async () => {
    let expected = "Basic YWRhOjE=";
    const registry = await serve((authorization) => (authorization === expected ? undefined : 'Basic realm="acme"'));
    const passwords = ["1", "2"];
    const credentials = async (): Promise<Credential> => ({
      kind: "password",
      username: "ada",
      password: passwords.shift() ?? "",
    });
    const acme = createRegistry({ host: registry.host, credentials });
    await acme.check();
    expected = "Basic YWRhOjI=";
    await acme.check();
    assert.deepEqual(
      registry.requests().map(({ status }) => status),
      [401, 200, 401, 200],
    );
  });

  it("gets a token with the password for the scope that the registry names, once per scope", async () => {
    const tokens = await serveTokens(({ url }) => token(`token-${url.searchParams.get("scope")}`));
    const registry = await serve((authorization, scope) =>
      authorization === `Bearer token-${scope}` ? undefined : challengeTo(tokens.realm, scope),
    );
    const acme = client(registry, ada);
    for (const name of ["24", "25"]) await acme.digestOf("acme/node", tag(name));
    await acme.digestOf("acme/ruby", tag("3.4"));
    assert.match(await failing(acme.putManifest("acme/ruby", tag("3.4"), tinyImage("one"))), /MANIFEST_BLOB_UNKNOWN/);
    assert.deepEqual(
      tokens.requests().map(({ method, url, headers }) => `${method} ${url.searchParams} ${headers["authorization"]}`),
      ["node:pull", "ruby:pull", "ruby:pull,push"].map(
        (scope) => `GET ${new URLSearchParams({ service: "acme", scope: `repository:acme/${scope}` })} ${basic}`,
      ),
    );
    assert.equal(
      registry.requests().some(({ headers }) => headers["authorization"] === basic),
      false,
    );
  });

  it("gets a token for what it is about to do where the registry names no scope", async () => {
    const tokens = await serveTokens(() => token("token-1"));
    const registry = await serve((authorization) =>
      authorization === "Bearer token-1" ? undefined : challengeTo(tokens.realm),
    );
    const acme = client(registry, ada);
    await acme.tags("acme/node");
    assert.match(await failing(acme.putManifest("acme/node", tag("24"), tinyImage("one"))), /MANIFEST_BLOB_UNKNOWN/);
    assert.deepEqual(
      tokens.requests().map(({ url }) => url.searchParams.get("scope")),
      ["repository:acme/node:pull", "repository:acme/node:pull,push"],
    );
  });

  it("asks for a token once for many requests at a time", async () => {
    const tokens = await serveTokens(() => token("token-1"));
    const registry = await serve((authorization) =>
      authorization === "Bearer token-1" ? undefined : challengeTo(tokens.realm),
    );
    const acme = client(registry, ada);
    const found = await Promise.all(["1", "2", "3", "4", "5"].map((name) => acme.digestOf("acme/node", tag(name))));
    assert.deepEqual(found, Array(5).fill(undefined));
    assert.equal(tokens.requests().length, 1);
  });

  it("gets a token without a login where none is stored", async () => {
    const tokens = await serveTokens(() => ({ status: 200, body: JSON.stringify({ access_token: "token-1" }) }));
    const registry = await serve((authorization) =>
      authorization === "Bearer token-1" ? undefined : challengeTo(tokens.realm),
    );
    await client(registry).check();
    assert.deepEqual(
      tokens.requests().map(({ headers }) => headers["authorization"]),
      [undefined],
    );
  });

  it("renews a token that expires in the middle", async () => {
    let valid = 1;
    const tokens = await serveTokens(() => token(`token-${valid}`));
    const registry = await serve((authorization) =>
      authorization === `Bearer token-${valid}` ? undefined : challengeTo(tokens.realm),
    );
    const acme = client(registry, ada);
    await acme.tags("acme/node");
    valid = 2;
    await acme.tags("acme/node");
    await acme.tags("acme/node");
    assert.deepEqual(
      registry.requests().map(({ status }) => status),
      [401, 404, 401, 404, 404],
    );
    assert.equal(tokens.requests().length, 2);
  });

  it("renews a token once only for a registry that takes none", async () => {
    const tokens = await serveTokens(() => token("token-1"));
    const registry = await serve(() => challengeTo(tokens.realm));
    const message = await failing(client(registry, ada).manifest("acme/node", tag("24")));
    assert.match(
      message,
      /^cannot read \S+\/acme\/node:24: the registry answered 401 .*: the stored login is not accepted$/,
    );
    assert.equal(tokens.requests().length, 1);
    assert.equal(registry.requests().length, 2);
  });

  it("gives an identity token for an access token, in a body and never in an address", async () => {
    const tokens = await serveTokens(() => ({ status: 200, body: JSON.stringify({ access_token: "token-1" }) }));
    const registry = await serve((authorization, scope) =>
      authorization === "Bearer token-1" ? undefined : challengeTo(tokens.realm, scope),
    );
    await client(registry, identity).tags("acme/node");
    const [asked] = tokens.requests();
    assert.equal(`${asked?.method} ${asked?.url.search}`, "POST ");
    assert.deepEqual(Object.fromEntries(new URLSearchParams(asked?.body.toString())), {
      grant_type: "refresh_token",
      refresh_token: "identity-of-ada",
      client_id: "ingot",
      service: "acme",
      scope: "repository:acme/node:pull",
    });
  });

  it("has no password to give where the login is an identity token", async () => {
    const registry = await serve(basicGate);
    const message = await failing(client(registry, identity).check());
    assert.match(message, /asks for a password and the stored login is an identity token$/);
  });

  it("prefers a token where a registry offers both", async () => {
    const tokens = await serveTokens(() => token("token-1"));
    const registry = await serve((authorization) =>
      authorization === "Bearer token-1" ? undefined : `Basic realm="a, b", ${challengeTo(tokens.realm)}`,
    );
    await client(registry, ada).check();
    assert.equal(tokens.requests().length, 1);
  });

  it("sends the password along a redirect on the same host", async () => {
    const registry = await serve(basicGate);
    const acme = client(registry, ada);
    registry.inject("GET", { kind: "answer", status: 301, headers: { location: "/v2/" } });
    await acme.check();
    registry.inject("GET", { kind: "answer", status: 301, headers: { location: "/v2/?again" } });
    await acme.check();
    assert.equal(registry.requests().at(-1)?.headers["authorization"], basic);
    assert.equal(registry.requests().at(-1)?.path, "/v2/?again");
  });
});
