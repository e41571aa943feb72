import { Failure } from "../model/failure.js";
import { describeNetworkError, networkCode } from "./registry-network.js";

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

/** Sends a request and reads the answer whole. Throws a Failure with the bare reason where none came. */
export type Send = (request: HttpRequest) => Promise<HttpAnswer>;

/** How time passes for a client. All in milliseconds. */
export interface Pace {
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly now: () => number;
  /** For one request, from its first byte to the last of its answer. */
  readonly timeout: number;
}

const mostTries = 4;
const firstDelay = 500;
const longestDelay = 8000;
/** A registry that asks for more than this is better asked by the next run. */
const longestRetryAfter = 60_000;
const mostRedirects = 5;
const errorLimit = 8192;

const transientStatus: readonly number[] = [429, 502, 503, 504];
const transientCode: readonly string[] = ["ECONNRESET", "EPIPE", "UND_ERR_SOCKET", "EAI_AGAIN"];
const redirectStatus: readonly number[] = [301, 302, 303, 307, 308];

type Outcome = { readonly answer: HttpAnswer } | { readonly error: unknown };

/**
 * Repeats what a registry or the network between refuses for the moment: 429, 502, 503, 504 and broken connections, up to
 * four tries. Every request of this client may be repeated: what it writes is addressed by content.
 */
export function createSend(pace: Pace): Send {
  return async (request) => {
    for (let tries = 1; ; tries += 1) {
      const outcome = await attempt(request, tries, pace.timeout);
      const delay = tries < mostTries ? delayAfter(outcome, tries, pace.now) : undefined;
      if (delay === undefined) return settle(outcome, tries, pace.timeout);
      await pace.sleep(delay);
    }
  };
}

async function attempt(request: HttpRequest, tries: number, timeout: number): Promise<Outcome> {
  try {
    return { answer: { ...(await exchange(request, AbortSignal.timeout(timeout))), tries } };
  } catch (error) {
    return { error };
  }
}

function settle(outcome: Outcome, tries: number, timeout: number): HttpAnswer {
  if ("answer" in outcome) return outcome.answer;
  if (outcome.error instanceof Failure) throw outcome.error;
  const reason = describeNetworkError(outcome.error, timeout);
  throw new Failure(tries === 1 ? reason : `${reason}, ${tries} times`);
}

/** Milliseconds until the next try; undefined where there is to be none. */
function delayAfter(outcome: Outcome, tries: number, now: () => number): number | undefined {
  const backoff = Math.min(firstDelay * 2 ** (tries - 1), longestDelay);
  if ("error" in outcome) return transientCode.includes(networkCode(outcome.error) ?? "") ? backoff : undefined;
  const { status, headers } = outcome.answer;
  if (!transientStatus.includes(status)) return undefined;
  const asked = retryAfter(headers.get("retry-after"), now);
  if (asked === undefined) return backoff;
  return asked <= longestRetryAfter ? asked : undefined;
}

/** RFC 9110, 10.2.3: seconds, or a date. */
function retryAfter(header: string | null, now: () => number): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now());
}

/** One request with the redirects that it leads to. */
async function exchange(request: HttpRequest, signal: AbortSignal): Promise<Omit<HttpAnswer, "tries">> {
  const { method, body, limit } = request;
  let { url, headers } = request;
  let foreign = false;
  for (let hops = 0; hops <= mostRedirects; hops += 1) {
    const init = { method, headers, signal, redirect: "manual", ...(body === undefined ? {} : { body }) } as const;
    const response = await fetch(url, init);
    if (!isRedirect(response)) return { ...(await readAnswer(response, limit)), foreign };
    await response.body?.cancel();
    const target = redirectTarget(method, url, response.headers.get("location") ?? "");
    if (target.origin !== url.origin) foreign = true;
    // The Authorization is the registry's: it must not reach the storage or whoever else a redirect names.
    if (foreign) headers = withoutAuthorization(headers);
    url = target;
  }
  throw new Failure(`it redirects more than ${mostRedirects} times`);
}

const isRedirect = ({ status, headers }: Response): boolean =>
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

async function readAnswer(response: Response, limit: number): Promise<Pick<HttpAnswer, "status" | "headers" | "body">> {
  const body = response.ok ? await readBody(response, limit) : await readStart(response, errorLimit);
  return { status: response.status, headers: response.headers, body };
}

async function readBody(response: Response, limit: number): Promise<Uint8Array> {
  const body = await readStart(response, limit + 1);
  if (body.length > limit) throw new Failure(`it answered with more than ${limit} bytes`);
  return body;
}

/** The first bytes of an answer, and no more of it. */
async function readStart(response: Response, length: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= length) break;
  }
  return Buffer.concat(chunks).subarray(0, length);
}
