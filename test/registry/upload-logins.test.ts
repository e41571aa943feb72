import assert from "node:assert/strict";
import { blobOf } from "../../src/ports/registry.js";
import { ada, basic, basicGate, challengeTo, identity, password, useLoginServers } from "../support/login-servers.js";
import { startMemoryRegistry } from "../support/memory-registry.js";
import { token } from "../support/token-server.js";

const repository = "acme/node";
const blob = blobOf(Buffer.alloc(2_000_000, "a layer "));

describe("an upload with a login", () => {
  const { started, serve, serveTokens, client, failing } = useLoginServers();

  /** A registry that lets the first token in so many times and the next ones for good, and a token server with a new one for each question. */
  const serveExpiring = async (uses: number) => {
    let given = 0;
    let left = 0;
    const tokens = await serveTokens(() => {
      given += 1;
      left = given === 1 ? uses : 100;
      return token(`token-${given}`);
    });
    const registry = await serve((authorization, scope) => {
      const valid = authorization === `Bearer token-${given}` && left > 0;
      left -= 1;
      return valid ? undefined : challengeTo(tokens.realm, scope);
    });
    return { registry, tokens };
  };

  it("is sent again with a new token where the old one ends between the POST and the PUT", async () => {
    const { registry, tokens } = await serveExpiring(2);
    assert.equal(await client(registry, ada).putBlob(repository, blob), "uploaded");
    const asked = registry.requests().map(({ method, status }) => `${method} ${status}`);
    assert.deepEqual(asked, ["HEAD 401", "HEAD 404", "POST 202", "PUT 401", "HEAD 404", "POST 202", "PUT 201"]);
    assert.equal(tokens.requests().length, 2);
  });

  it("is given up, with a word on the login, where no token is good for a PUT", async () => {
    const tokens = await serveTokens(() => token("token-1"));
    const registry = await serve(() => undefined);
    const refuse = {
      kind: "answer",
      status: 401,
      headers: { "www-authenticate": challengeTo(tokens.realm) },
      body: JSON.stringify({ errors: [{ code: "UNAUTHORIZED", message: `not with token-1 of ${password}` }] }),
    } as const;
    for (let time = 0; time < 4; time += 1) registry.inject("PUT", refuse);
    const message = await failing(client(registry, ada).putBlob(repository, blob));
    assert.match(
      message,
      /: the registry answered 401 Unauthorized \(UNAUTHORIZED: not with \*\*\* of \*\*\*\) after 4 tries/,
    );
    assert.match(message, /: the stored login is not accepted$/);
  });

  it("is given up at once where the login is refused", async () => {
    const registry = await serve(basicGate);
    const message = await failing(
      client(registry, { kind: "password", username: "ada", password: "token-wrong" }).putBlob(repository, blob),
    );
    assert.match(
      message,
      /^cannot upload \S+: the registry answered 401 Unauthorized: the stored login is not accepted$/,
    );
    assert.equal(registry.requests().filter(({ method }) => method === "PUT").length, 0);
  });

  it("sends the password with each request to the registry, the stream too", async () => {
    const registry = await serve(basicGate);
    await client(registry, ada).putBlob(repository, blob);
    const sent = registry.requests().filter(({ status }) => status !== 401);
    assert.deepEqual(
      sent.map(({ method }) => method),
      ["HEAD", "POST", "PUT"],
    );
    for (const { headers } of sent) assert.equal(headers["authorization"], basic);
    assert.equal(sent[2]?.headers["content-length"], String(blob.size));
    assert.equal(sent[2]?.headers["transfer-encoding"], undefined);
  });

  it("sends nothing of the login to storage elsewhere, and believes no challenge of it", async () => {
    const tokens = await serveTokens(() => token("token-1"));
    const storage = started(await startMemoryRegistry({ gate: (sent) => (sent === undefined ? undefined : "Basic") }));
    const registry = await serve(basicGate);
    const place = { kind: "change", headers: { location: `http://${storage.host}/upload?signature=a%2Bb+c` } } as const;
    // At the first place the storage refuses, at the second it takes the blob.
    const challenge = { "www-authenticate": challengeTo(tokens.realm) };
    storage.inject("PUT", { kind: "answer", status: 401, headers: challenge });
    storage.inject("PUT", { kind: "answer", status: 201 });
    const acme = client(registry, ada);
    await acme.check();
    for (let time = 0; time < 2; time += 1) registry.inject("POST", place);
    assert.equal(await acme.putBlob(repository, blob), "uploaded");
    assert.deepEqual(
      storage.requests().map(({ method, path, headers }) => [method, path, headers["authorization"]]),
      [1, 2].map(() => ["PUT", `/upload?signature=a%2Bb+c&digest=${encodeURIComponent(blob.digest)}`, undefined]),
    );
    assert.equal(tokens.requests().length, 0);
  });

  it("tells nobody the place of an upload, which may be signed", async () => {
    const registry = await serve(basicGate);
    const storage = started(await startMemoryRegistry());
    await storage.stop();
    const headers = { location: `http://${storage.host}/upload?signature=token-of-storage` };
    registry.inject("POST", { kind: "change", headers });
    assert.match(await failing(client(registry, ada).putBlob(repository, blob)), /: connection refused$/);
  });

  it("asks to mount with one token for both repositories, as two scopes", async () => {
    const tokens = await serveTokens(({ url }) => token(`token-${url.searchParams.getAll("scope").join("+")}`));
    const target = `repository:${repository}:pull,push`;
    const source = "repository:acme/base:pull";
    const registry = await serve((authorization, scope) => {
      if (authorization?.startsWith("Bearer token-") === true && authorization.includes(scope)) return undefined;
      return challengeTo(tokens.realm, scope === target ? `${target} ${source}` : scope);
    });
    const acme = client(registry, ada);
    await acme.putBlob("acme/base", blob);
    assert.equal(await acme.putBlob(repository, blob, ["acme/base"]), "mounted");
    const [mount] = registry.requests().filter(({ path, status }) => path.includes("mount=") && status === 201);
    assert.equal(mount?.headers["authorization"], `Bearer token-${target}+${source}`);
  });

  it("is sent where the token server lets nobody take blobs from the other repository", async () => {
    const tokens = await serveTokens(({ url }) =>
      url.searchParams.getAll("scope").some((scope) => scope.includes("acme/base"))
        ? { status: 403 }
        : token("token-1"),
    );
    const registry = await serve((authorization) =>
      authorization === undefined ? challengeTo(tokens.realm) : undefined,
    );
    assert.equal(await client(registry, ada).putBlob(repository, blob, ["acme/base"]), "uploaded");
  });

  it("has an identity token exchanged for both scopes of a mount", async () => {
    const tokens = await serveTokens(() => token("token-1"));
    const registry = await serve((authorization) =>
      authorization === undefined ? challengeTo(tokens.realm) : undefined,
    );
    await client(registry, identity).putBlob(repository, blob, ["acme/base"]);
    const scopes = tokens.requests().map(({ body }) => new URLSearchParams(body.toString()).get("scope"));
    assert.ok(scopes.includes(`repository:${repository}:pull,push repository:acme/base:pull`), scopes.join());
  });
});
