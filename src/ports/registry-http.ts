import { Agent as HttpAgent, type IncomingMessage, type RequestOptions, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { Failure } from "../model/failure.js";

export interface HttpRequest {
  readonly method: "GET" | "HEAD" | "PUT" | "POST";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** Bytes; a longer answer is refused. */
  readonly limit: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Whole where the request succeeded; of an error no more than is needed to explain it. */
  readonly body: Uint8Array;
  /** Whether a redirect led to another origin, whose challenges are not the registry's to make. */
  readonly foreign: boolean;
  /** How often it was asked; 1 for an answer to the first request. */
  readonly tries: number;
}

/** Without how often it was asked, which is for whoever repeats it to say. */
export type Exchanged = Omit<HttpAnswer, "tries">;

const mostRedirects = 5;
const errorLimit = 8192;

const redirectStatus: readonly number[] = [301, 302, 303, 307, 308];

/** One request with the redirects that it leads to. Throws a Failure, the reason of the signal, or an error with a cause, as fetch does. */
export async function exchange(request: HttpRequest, signal: AbortSignal): Promise<Exchanged> {
  try {
    return await follow(request, signal);
  } catch (error) {
    throw signal.aborted ? signal.reason : asFetchDoes(error);
  }
}

async function follow(request: HttpRequest, signal: AbortSignal): Promise<Exchanged> {
  const { method, body, limit } = request;
  let { url, headers } = request;
  let foreign = false;
  for (let hops = 0; hops <= mostRedirects; hops += 1) {
    const incoming = await ask(url, { method, headers, signal }, body);
    if (!isRedirect(incoming)) return { ...(await readAnswer(incoming, limit)), foreign };
    incoming.body.destroy();
    const target = redirectTarget(method, url, incoming.headers.get("location") ?? "");
    if (target.origin !== url.origin) foreign = true;
    // The Authorization is the registry's: it must not reach the storage or whoever else a redirect names.
    if (foreign) headers = withoutAuthorization(headers);
    url = target;
  }
  throw new Failure(`it redirects more than ${mostRedirects} times`);
}

// Not with fetch, which takes three times as long on the processor: a catalog's tags are a thousand small requests.
const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };

function ask(url: URL, options: RequestOptions, body: HttpRequest["body"]): Promise<Incoming> {
  return new Promise((resolve, reject) => {
    const outgoing =
      url.protocol === "https:"
        ? requestHttps(url, { ...options, agent: agents.https })
        : requestHttp(url, { ...options, agent: agents.http });
    outgoing.on("error", reject);
    outgoing.once("response", (message) => resolve(describeIncoming(message)));
    outgoing.end(body);
  });
}

/** An answer whose body is still to be read. */
export interface Incoming extends Pick<Response, "ok" | "status" | "headers"> {
  readonly body: IncomingMessage;
}

export function describeIncoming(message: IncomingMessage): Incoming {
  const named = Object.entries(message.headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((each): [string, string] => [name, each]),
  );
  const status = message.statusCode ?? 0;
  return { ok: status >= 200 && status < 300, status, headers: new Headers(named), body: message };
}

export function asFetchDoes(error: unknown): unknown {
  const known = error instanceof Error && !(error instanceof Failure) && "code" in error;
  return known ? new Error("the request failed", { cause: error }) : error;
}

const isRedirect = ({ status, headers }: Incoming): boolean =>
  redirectStatus.includes(status) && headers.has("location");

/** Where a redirect leads. Throws a Failure for one that is not followed: of a request that writes, or out of HTTPS. */
export function redirectTarget(method: string, from: URL, location: string): URL {
  if (method !== "GET" && method !== "HEAD") throw new Failure(`it redirects a ${method}, which is not followed`);
  const target = URL.canParse(location, from.href) ? new URL(location, from.href) : undefined;
  const sound = ["http:", "https:"].includes(target?.protocol ?? "") && `${target?.username}${target?.password}` === "";
  if (target === undefined || !sound) throw new Failure("it redirects to what is no URL to follow");
  if (from.protocol === "https:" && target.protocol === "http:") {
    throw new Failure(`it redirects from HTTPS to plain HTTP at ${target.host}`);
  }
  return target;
}

function withoutAuthorization(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== "authorization"));
}

/** As much of an answer as is wanted. Throws a Failure where it is longer than the limit. */
export async function readAnswer(
  response: Incoming,
  limit: number,
): Promise<Pick<HttpAnswer, "status" | "headers" | "body">> {
  const body = response.ok ? await readBody(response, limit) : await readStart(response, errorLimit);
  return { status: response.status, headers: response.headers, body };
}

async function readBody(response: Incoming, limit: number): Promise<Uint8Array> {
  const body = await readStart(response, limit + 1);
  if (body.length > limit) throw new Failure(`it answered with more than ${limit} bytes`);
  return body;
}

/** The first bytes of an answer, and no more of it. */
async function readStart(response: Incoming, length: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= length) break;
  }
  return Buffer.concat(chunks).subarray(0, length);
}
