import assert from "node:assert/strict";
import { readAccess } from "../../src/ports/registry-access.js";
import { ada, basicGate, challengeTo, useLoginServers } from "../support/login-servers.js";
import { token } from "../support/token-server.js";

const repository = "acme/base";

/** A JWT as distribution's token servers give it, for some actions in the repository. */
const jwt = (...actions: readonly string[]) => {
  const claims = { access: [{ type: "repository", name: repository, actions }] };
  return token(`e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.sig`);
};

describe("how a registry lets somebody in", () => {
  const servers = useLoginServers();
  const options = { sleep: async () => {}, timeout: 5000 };
  const with_ = (login: typeof ada | undefined) => ({ ...options, credentials: async () => login });

  it("is told with its time, and whether there is a login, where it wants none", async () => {
    const { host } = await servers.serve(() => undefined);
    const { ahead = Number.NaN, ...access } = await readAccess({ host, ...with_(undefined) }, repository);
    assert.deepEqual(access, { hasLogin: false, isAsked: false });
    assert.ok(Math.abs(ahead) < 5000, `${ahead} ms`);
  });

  it("is told of a password as far as that lets in to read, as it says nothing of writing", async () => {
    const { host } = await servers.serve(basicGate);
    const { ahead: _, ...access } = await readAccess({ host, ...with_(ada) }, repository);
    assert.deepEqual(access, { hasLogin: true, isAsked: true });
    const refused = readAccess({ host, ...with_(undefined) }, repository);
    assert.match(await servers.failing(refused), /answered 401 .*: no login is stored \(docker login /);
  });

  for (const [title, actions, mayWrite] of [
    ["lets write what a token is for that was asked for writing", ["pull", "push"], true],
    ["is for reading alone where the token server gave no more", ["pull"], false],
  ] as const)
    it(title, async () => {
      const { realm, requests } = await servers.serveTokens(() => jwt(...actions));
      const registry = await servers.serve((authorization, scope) =>
        authorization?.startsWith("Bearer ") ? undefined : challengeTo(realm, scope),
      );
      const access = await readAccess({ host: registry.host, ...with_(ada) }, repository);
      assert.equal(access.mayWrite, mayWrite);
      assert.deepEqual(
        requests().map(({ url }) => url.searchParams.get("scope")),
        [`repository:${repository}:pull,push`],
      );
      assert.ok(registry.requests().every(({ method }) => method === "GET"));
    });
});
