import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Asked, createStore, type Reply, refusal, type StoreOptions } from "./memory-store.js";

/** A request that was served; `path` is with its query, `status` 0 where the connection was broken off instead. */
export interface Served {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What goes wrong with one request. */
export type Fault =
  /** Answers this, and does nothing. */
  | ({ readonly kind: "answer" } & Reply)
  /** Does what was asked, and changes the answer; an empty header is left out. */
  | { readonly kind: "change"; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  /** Breaks the connection off before the answer, or in the middle of its body. */
  | { readonly kind: "reset" | "truncate" }
  /** Never answers, or never ends. */
  | { readonly kind: "silence" | "endless" }
  /** Does what was asked, and answers so many milliseconds later. */
  | { readonly kind: "late"; readonly ms: number }
  /** Reads the request, does nothing, and never answers. */
  | { readonly kind: "unanswered" }
  /** Of the request's body, reads this many bytes and a little more; then it breaks the connection off, or stands still. */
  | { readonly kind: "cut" | "stall"; readonly after: number }
  /** Answers without reading the request's body, and closes the connection. */
  | ({ readonly kind: "early" } & Reply);

/** The challenge to a request that is not let in; undefined for one that is. */
export type Gate = (authorization: string | undefined, scope: string) => string | undefined;

export interface MemoryRegistryOptions extends StoreOptions {
  readonly gate?: Gate;
}

export interface MemoryRegistry {
  readonly host: string;
  /** In the order in which they came; what tests push with the helpers is among them. */
  readonly requests: () => readonly Served[];
  /** Lets the next request with that method go wrong; called again, the one after it too. */
  readonly inject: (method: string, fault: Fault) => void;
  readonly stop: () => Promise<void>;
}

/** A registry in this process, on loopback, that holds what is pushed to it until it is stopped. */
export async function startMemoryRegistry(options: MemoryRegistryOptions = {}): Promise<MemoryRegistry> {
  const store = createStore(options);
  const faults: { readonly method: string; readonly fault: Fault }[] = [];
  const log: Served[] = [];

  const takeFault = (method: string): Fault | undefined => {
    const index = faults.findIndex((each) => each.method === method);
    return index === -1 ? undefined : faults.splice(index, 1)[0]?.fault;
  };
  const server = await listen(async (request, response) => {
    const fault = takeFault(request.method ?? "");
    const asked = await receive(request, fault);
    const reply = (fault && givenBy(fault)) ?? challenge(asked, options.gate) ?? store(asked);
    const broken = fault !== undefined && breaking.includes(fault.kind);
    log.push({
      method: asked.method,
      path: `${asked.url.pathname}${asked.url.search}`,
      status: broken ? 0 : reply.status,
      headers: asked.headers,
    });
    if (fault?.kind === "late") await new Promise((resolve) => setTimeout(resolve, fault.ms));
    respond(response, reply, fault);
  });
  return { ...server, requests: () => [...log], inject: (method, fault) => faults.push({ method, fault }) };
}

const unread: readonly Fault["kind"][] = ["cut", "stall", "early"];
const undone: readonly Fault["kind"][] = [...unread, "unanswered"];
const silent: readonly Fault["kind"][] = ["silence", "unanswered", "stall"];
const breaking: readonly Fault["kind"][] = ["reset", "silence", "unanswered", "cut", "stall"];

async function receive(request: IncomingMessage, fault: Fault | undefined): Promise<Asked> {
  if (fault?.kind === "cut" || fault?.kind === "stall") await readPart(request, fault.after);
  return fault !== undefined && unread.includes(fault.kind) ? withoutBody(request) : readRequest(request);
}

/** The answer of a fault that does nothing of what was asked. */
function givenBy(fault: Fault): Reply | undefined {
  if (fault.kind === "answer" || fault.kind === "early") return fault;
  return undone.includes(fault.kind) ? { status: 0 } : undefined;
}

/** A server on a free port of loopback. */
export async function listen(
  serve: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<{ readonly host: string; readonly stop: () => Promise<void> }> {
  const server = createServer((request, response) => {
    serve(request, response).catch((error: Error) => response.destroy(error));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}

export async function readRequest(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return { ...withoutBody(request), body: Buffer.concat(chunks) };
}

function withoutBody({ url, method = "", headers }: IncomingMessage): Asked {
  return { method, url: new URL(url ?? "/", `http://${headers.host}`), headers, body: Buffer.alloc(0) };
}

/** Leaves the rest where it is. */
function readPart(request: IncomingMessage, bytes: number): Promise<void> {
  let length = 0;
  return new Promise((resolve) => {
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length < bytes) return;
      request.pause();
      resolve();
    });
    request.on("end", resolve);
  });
}

function challenge({ method, url, headers }: Asked, gate: Gate | undefined): Reply | undefined {
  const [, repository] = /^\/v2\/(.+)\/(?:manifests|blobs|tags|referrers)\//.exec(url.pathname) ?? [];
  const actions = method === "GET" || method === "HEAD" ? "pull" : "pull,push";
  const asks = gate?.(
    headers["authorization"] as string | undefined,
    repository === undefined ? "" : `repository:${repository}:${actions}`,
  );
  if (asks === undefined) return undefined;
  const reply = refusal(401, "UNAUTHORIZED", "authentication required");
  return { ...reply, headers: { ...reply.headers, "www-authenticate": asks } };
}

function respond(response: ServerResponse, reply: Reply, fault: Fault | undefined): void {
  if (fault !== undefined && silent.includes(fault.kind)) return;
  if (fault?.kind === "reset" || fault?.kind === "cut") {
    response.socket?.resetAndDestroy();
    return;
  }
  const changed = fault?.kind === "change" ? fault : undefined;
  const body = Buffer.from((changed?.body ?? reply.body ?? "") as string);
  // What ends in the middle is announced as longer than it is, also where it is empty.
  const length = fault?.kind === "endless" ? "" : String(fault?.kind === "truncate" ? body.length + 1 : body.length);
  const headers = { "content-length": length, ...reply.headers, ...changed?.headers };
  response.writeHead(reply.status, Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== "")));
  if (fault?.kind === "early") response.end(body, () => response.socket?.destroy());
  else if (fault?.kind === "endless") pour(response);
  else if (fault?.kind === "truncate")
    response.write(body.subarray(0, body.length / 2), () => response.socket?.destroy());
  else response.end(body);
}

/** Writes as long as somebody reads. */
function pour(response: ServerResponse): void {
  const chunk = Buffer.alloc(256 * 1024, " ");
  const write = (): void => {
    response.write(chunk);
  };
  response.on("drain", write);
  write();
}
