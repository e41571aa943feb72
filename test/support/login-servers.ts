import assert from "node:assert/strict";
import { type Credential, createRegistry, type Registry } from "../../src/ports/registry.js";
import { failureOf } from "./failures.js";
import { type Gate, type MemoryRegistry, startMemoryRegistry } from "./memory-registry.js";
import type { Asked, Reply } from "./memory-store.js";
import { startTokenServer, type TokenServer } from "./token-server.js";

export const password = "pa:ss-w0rd-of-ada";
export const ada: Credential = { kind: "password", username: "ada", password };
export const identity = { kind: "identity-token", token: "identity-of-ada" } satisfies Credential;
export const basic = `Basic ${Buffer.from(`ada:${password}`).toString("base64")}`;

/** Lets in who sends ada's password. */
export const basicGate: Gate = (authorization) => (authorization === basic ? undefined : 'Basic realm="acme"');

/** Everything that no message may hold, in any form. Tests call their tokens `token-…`. */
const secrets = [password, basic.slice("Basic ".length), identity.token, "token-"];

export interface LoginServers {
  readonly serve: (gate: Gate) => Promise<MemoryRegistry>;
  readonly serveTokens: (answer: (asked: Asked) => Reply) => Promise<TokenServer>;
  /** Stops a server at the end of the test. */
  readonly started: <T extends { stop: () => Promise<void> }>(server: T) => T;
  readonly client: (registry: MemoryRegistry, credential?: Credential) => Registry;
  /** The message of the Failure that something must end in, and that must hold no secret. */
  readonly failing: (promise: Promise<unknown>) => Promise<string>;
}

/** For a suite: servers that stop at the end of each test. */
export function useLoginServers(): LoginServers {
  const running: { stop: () => Promise<void> }[] = [];
  const started: LoginServers["started"] = (server) => {
    running.push(server);
    return server;
  };
  afterEach(async () => {
    await Promise.all(running.splice(0).map(({ stop }) => stop()));
  });
  return {
    started,
    serve: async (gate) => started(await startMemoryRegistry({ gate })),
    serveTokens: async (answer) => started(await startTokenServer(answer)),
    client: ({ host }, credential) =>
      createRegistry({ host, credentials: async () => credential, sleep: async () => {} }),
    failing: async (promise) => withoutSecrets(await failureOf(promise)),
  };
}

function withoutSecrets(message: string): string {
  for (const secret of secrets) assert.equal(message.includes(secret), false, `${secret} is in ${message}`);
  return message;
}

/** `Bearer realm="http://127.0.0.1:40001/token",service="acme",scope="repository:acme/node:pull"` */
export function challengeTo(realm: string, scope = ""): string {
  return `Bearer realm="${realm}",service="acme"${scope && `,scope="${scope}"`}`;
}
