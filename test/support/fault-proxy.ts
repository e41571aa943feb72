import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/**
 * What a request of a publisher is for; a list is what a fallback tag points at, a signature what one of cosign's tags points at, and a
 * config is a blob that is read. Who sends a blob in two requests, as cosign does, sends its bytes by the PATCH.
 */
export type Kind =
  | "blob HEAD"
  | "config GET"
  | "upload POST"
  | "mount POST"
  | "blob PATCH"
  | "blob PUT"
  | "manifest HEAD"
  | "manifest GET"
  | "manifest PUT"
  | "tag HEAD"
  | "tag GET"
  | "tag PUT"
  | "list GET"
  | "list PUT"
  | "signature HEAD"
  | "signature GET"
  | "signature PUT"
  | "tags GET"
  | "referrers GET"
  | "other";

export type Effect =
  /** Answers this, and the registry hears nothing. */
  | { readonly kind: "answer"; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** Breaks the connection off: before the registry hears of the request, in the middle of its body, or before its answer. */
  | { readonly kind: "reset" | "cut" | "lost" }
  /** Never answers: what the registry never heard, or what it did. */
  | { readonly kind: "stall" | "late" }
  /** Ends in the middle of the answer's body: by breaking off, or as if that were all. */
  | { readonly kind: "truncate" | "short" }
  /** Asks for a token, which it gives, as if the one before had expired. */
  | { readonly kind: "expired" }
  /** Promises another digest than that of the content. */
  | { readonly kind: "digest" }
  /** A refusal to overwrite a tag, in the words of a registry. */
  | { readonly kind: "refuse"; readonly status: number; readonly code: string; readonly message: string };

export interface Fault {
  readonly on: Kind;
  /** Which of them, from 1; that one alone, or it and all after it. */
  readonly nth: number;
  readonly always?: boolean;
  /** How the path of its requests ends, where it is not about all of a kind: `/manifests/sha256:…` */
  readonly path?: string;
  /** How the name of the program begins whose requests it is about, where it is not about everybody's: `cosign` */
  readonly agent?: string;
  readonly effect: Effect;
}

export interface SeenRequest {
  /** From 1. */
  readonly number: number;
  readonly kind: Kind;
  /** With its query. */
  readonly path: string;
  /** What the program that asks calls itself: `cosign/v2.5.0 (linux; amd64) go-containerregistry` */
  readonly agent: string;
}

export interface FaultProxy {
  readonly host: string;
  readonly seen: () => readonly SeenRequest[];
  /** Uploads of what the repository had already, `acme/base@sha256:…`. */
  readonly needless: () => readonly string[];
  /** Whether the fault that was set has happened. */
  readonly happened: () => boolean;
  /** Sets what goes wrong from now on, counted from now; nothing where it is not given. */
  readonly set: (fault?: Fault) => void;
  /** Called as a request comes and, where it is answered at all, before its answer goes; what it gives is waited for. */
  readonly watch: (watcher: Watcher) => void;
  /** Ends when the registry has answered all that it was asked, also where nobody waits for it any more. */
  readonly idle: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export type Watcher = (seen: SeenRequest, when: "asked" | "answered") => Promise<void> | undefined;

const wrongDigest = `sha256:${"f".repeat(64)}`;

/** A proxy on loopback before a registry, whose host may change while it is restarted. */
export async function startFaultProxy(target: () => string): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true });
  const seen: SeenRequest[] = [];
  const stored = new Set<string>();
  const needless: string[] = [];
  let current: { readonly fault: Fault; count: number; hits: number } | undefined;
  let watcher: Watcher = () => undefined;
  const effectOn = (seen: SeenRequest): Effect | undefined => {
    if (current === undefined || !isAbout(current.fault, seen)) return undefined;
    const { nth, always = false, effect } = current.fault;
    current.count += 1;
    if (current.count !== nth && !(always && current.count > nth)) return undefined;
    current.hits += 1;
    return effect;
  };
  const serve = async (asked: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (asked.url === "/token") return void answer(response, 200, {}, JSON.stringify({ token: `t${seen.length}` }));
    const each = {
      number: seen.length + 1,
      kind: kindOf(asked),
      path: asked.url ?? "",
      agent: asked.headers["user-agent"] ?? "",
    };
    seen.push(each);
    const effect = effectOn(each);
    const blob = blobOf(each.path);
    if (each.kind === "blob PUT" && stored.has(blob)) needless.push(blob);
    await watcher(each, "asked");
    const reply = await provoke({ asked, response, effect, target: target(), agent });
    if (reply === undefined) return;
    if (reply.status === 201) stored.add(blob);
    await watcher(each, "answered");
    send(response, asked.method === "HEAD", reply, effect);
  };
  const underway = new Set<Promise<void>>();
  const server = createServer((asked, response) => {
    // A client that has gone is no fault of the proxy's.
    response.on("error", () => {});
    const served: Promise<void> = serve(asked, response)
      .catch(() => void response.socket?.resetAndDestroy())
      .finally(() => underway.delete(served));
    underway.add(served);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: () => [...seen],
    needless: () => [...needless],
    happened: () => (current?.hits ?? 0) > 0,
    set: (fault) => {
      current = fault && { fault, count: 0, hits: 0 };
    },
    watch: (next) => {
      watcher = next;
    },
    idle: async () => {
      while (underway.size > 0) await Promise.all(underway);
    },
    stop: () =>
      new Promise((resolve) => {
        agent.destroy();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const isAbout = (fault: Fault, { kind, path, agent }: SeenRequest): boolean =>
  fault.on === kind && path.endsWith(fault.path ?? "") && agent.startsWith(fault.agent ?? "");

function kindOf({ method = "", url = "" }: Pick<IncomingMessage, "method" | "url">): Kind {
  if (/\/blobs\/uploads\/\?.*mount=/.test(url)) return "mount POST";
  if (/\/blobs\/uploads\//.test(url)) return uploads[method] ?? "other";
  if (/\/blobs\//.test(url)) return method === "HEAD" ? "blob HEAD" : "config GET";
  if (/\/tags\/list/.test(url)) return "tags GET";
  if (/\/referrers\//.test(url)) return "referrers GET";
  const [, name = ""] = /\/manifests\/([^/]+)$/.exec(url) ?? [];
  return name === "" ? "other" : (`${nounOf(name)} ${method}` as Kind);
}

const uploads: Readonly<Record<string, Kind>> = { POST: "upload POST", PATCH: "blob PATCH", PUT: "blob PUT" };

function nounOf(name: string): "manifest" | "signature" | "list" | "tag" {
  if (name.startsWith("sha256:")) return "manifest";
  if (name.startsWith("sha256-")) return name.endsWith(".sig") ? "signature" : "list";
  return "tag";
}

/** `acme/base@sha256:…`, of an upload's last request or one to mount. */
function blobOf(path: string): string {
  const url = new URL(path, "http://any.invalid");
  const digest = url.searchParams.get("digest") ?? url.searchParams.get("mount");
  return `${url.pathname.replace(/^\/v2\/|\/blobs\/.*/g, "")}@${digest}`;
}

interface Passage {
  readonly asked: IncomingMessage;
  readonly response: ServerResponse;
  readonly effect: Effect | undefined;
  readonly target: string;
  readonly agent: Agent;
}

interface Reply {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** The registry's answer; undefined where none is to be had, or another was given. */
async function provoke(passage: Passage): Promise<Reply | undefined> {
  const { asked, response, effect } = passage;
  const socket = response.socket;
  switch (effect?.kind) {
    case "reset":
      socket?.resetAndDestroy();
      return undefined;
    case "cut":
      asked.once("data", () => socket?.resetAndDestroy());
      return undefined;
    case "stall":
      return undefined;
    case "answer":
      await buffer(asked);
      return answer(response, effect.status, effect.headers ?? {}, "");
    case "refuse": {
      await buffer(asked);
      const { code, message } = effect;
      return answer(response, effect.status, {}, JSON.stringify({ errors: [{ code, message }] }));
    }
    case "expired": {
      await buffer(asked);
      const realm = `http://${asked.headers.host}/token`;
      return answer(response, 401, { "www-authenticate": `Bearer realm="${realm}",service="test"` }, "");
    }
    default:
      return forward(passage);
  }
}

function answer(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
): undefined {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
}

async function forward({ asked, target, agent }: Passage): Promise<Reply> {
  const [host = "", port = ""] = target.split(":");
  const body = await buffer(asked);
  // With the proxy's own name: the registry says by it where an upload goes.
  const { method, url: path, headers } = asked;
  const answered = await new Promise<IncomingMessage>((resolve, reject) => {
    const { "transfer-encoding": _, ...others } = headers;
    const sized = { ...others, "content-length": String(body.length) };
    request({ host, port, method, path, headers: sized, agent }, resolve).on("error", reject).end(body);
  });
  return { status: answered.statusCode ?? 0, headers: answered.headers, body: await buffer(answered) };
}

function send(response: ServerResponse, isHead: boolean, reply: Reply, effect: Effect | undefined): void {
  if (effect?.kind === "late") return;
  if (effect?.kind === "lost") {
    response.socket?.resetAndDestroy();
    return;
  }
  const { "transfer-encoding": _, ...headers } = reply.headers;
  if (effect?.kind === "digest") headers["docker-content-digest"] = wrongDigest;
  const half = reply.body.subarray(0, reply.body.length / 2);
  if (effect?.kind === "truncate") {
    response.writeHead(reply.status, headers).write(half, () => response.socket?.destroy());
    return;
  }
  const body = effect?.kind === "short" ? half : reply.body;
  if (!isHead) headers["content-length"] = String(body.length);
  response.writeHead(reply.status, headers).end(body);
}
