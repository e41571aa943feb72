import assert from "node:assert/strict";
import { createRegistry, type Registry, type RegistryOptions } from "../../src/ports/registry.js";
import { failureOf } from "./failures.js";
import { type Fault, type MemoryRegistry, type MemoryRegistryOptions, startMemoryRegistry } from "./memory-registry.js";
import { pushImage, tag, tinyImage } from "./push.js";

export const repository = "acme/node";
/** What acme/node:24 is at the beginning of each test. */
export const image = tinyImage("one");
export const now = Date.parse("2026-11-21T12:00:00Z");

export interface FalteringRegistry {
  readonly server: MemoryRegistry;
  readonly registry: Registry;
  /** Milliseconds that the clients would have waited. */
  readonly waits: readonly number[];
  readonly client: (options?: Partial<RegistryOptions>) => Registry;
  /** Begins anew with a server of another kind, which holds nothing. */
  readonly restart: (options: MemoryRegistryOptions) => Promise<void>;
  /** Lets that many of the next requests with a method go wrong. */
  readonly times: (count: number, method: string, fault: Fault) => void;
  /** Statuses of the requests with a method. */
  readonly served: (method: string) => readonly number[];
  /** Reads acme/node:24 as it was pushed. */
  readonly isRead: () => Promise<void>;
  /** Why acme/node:24 cannot be read. */
  readonly failsToRead: () => Promise<string>;
}

export function answer(status: number, headers: Readonly<Record<string, string>> = {}, body = ""): Fault {
  return { kind: "answer", status, headers, body };
}

/** For a suite: a registry with an image in it and a client that does not really wait, both new for each test. */
export function useFalteringRegistry(): FalteringRegistry {
  let server: MemoryRegistry;
  let registry: Registry;
  let waits: number[];

  const client: FalteringRegistry["client"] = (options) => {
    const sleep = async (ms: number): Promise<unknown> => waits.push(ms);
    return createRegistry({ host: server.host, credentials: async () => undefined, sleep, now: () => now, ...options });
  };
  const begin = async (options: MemoryRegistryOptions): Promise<void> => {
    server = await startMemoryRegistry(options);
    waits = [];
    registry = client();
  };
  beforeEach(async () => {
    await begin({});
    await pushImage(server.host, repository, "24", image);
  });
  afterEach(() => server.stop());

  return {
    get server() {
      return server;
    },
    get registry() {
      return registry;
    },
    get waits() {
      return waits;
    },
    client,
    restart: async (options) => {
      await server.stop();
      await begin(options);
    },
    times: (count, method, fault) => {
      for (let index = 0; index < count; index += 1) server.inject(method, fault);
    },
    served: (method) => server.requests().flatMap((each) => (each.method === method ? [each.status] : [])),
    isRead: async () => assert.equal((await registry.manifest(repository, tag("24")))?.digest, image.digest),
    failsToRead: () => failsToRead(registry),
  };
}

async function failsToRead(registry: Registry): Promise<string> {
  const message = await failureOf(registry.manifest(repository, tag("24")));
  const start = `cannot read ${registry.host}/${repository}:24: `;
  assert.equal(message.slice(0, start.length), start);
  assert.ok(message.length < 500, `${message.length} characters`);
  return message.slice(start.length);
}
