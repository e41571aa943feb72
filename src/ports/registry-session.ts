import { Failure, Unanswered } from "../model/failure.js";
import { oneLine } from "../support/text.js";
import { type Authorizer, createAuthorizer } from "./registry-auth.js";
import type { Credential, CredentialSource } from "./registry-credentials.js";
import type { Exchanged, HttpAnswer, HttpRequest } from "./registry-http.js";
import { createSend, type Pace, sendOnce } from "./registry-retry.js";
import { type StreamedRequest, sendStream } from "./registry-stream.js";
import { describeAnswer } from "./registry-text.js";

export interface Question extends Omit<HttpRequest, "url" | "headers" | "limit"> {
  /** From the root of the registry: `/v2/acme/node/manifests/24`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** `repository:acme/node:pull`; empty for the registry itself; with spaces between where they are several. */
  readonly scope: string;
  /** Statuses other than 2xx that the caller judges; others are a Failure. */
  readonly also?: readonly number[];
  /** Bytes; a longer answer is refused. As long as a manifest may be where not given. */
  readonly limit?: number;
}

/** A request to the place that the registry gave for an upload. */
export interface StreamQuestion extends Omit<StreamedRequest, "limit"> {
  readonly scope: string;
}

/** A registry as this client is logged in to it. */
export interface Session {
  readonly base: URL;
  readonly pace: Pace;
  /** What this client found out about the registry. */
  readonly known: Known;
  /** Throws a Failure with the bare reason. */
  readonly ask: (question: Question) => Promise<HttpAnswer>;
  /** Asks once, for who repeats it himself; judges no answer. Throws what fetch throws. */
  readonly once: (question: Question) => Promise<Exchanged>;
  /** Sends once, as what it sends can be read once. A challenge is answered for the next try. Throws what fetch throws. */
  readonly stream: (request: StreamQuestion) => Promise<Exchanged>;
  /** What was sent to be let in for a scope, after it was asked for; undefined where nothing was wanted. A secret. */
  readonly authorization: (scope: string) => Promise<string | undefined>;
  /** Throws the Failure that an answer is, where it is no success: Unanswered, unless there is no such thing (404). */
  readonly requireSuccess: (answer: HttpAnswer) => Promise<void>;
  /** What an answer says, in one line without secrets. */
  readonly describe: (answer: HttpAnswer) => string;
  /** Does something, and puts what it was before the reason where it fails. No secret is in the Failure. */
  readonly during: <T>(what: string, work: () => Promise<T>) => Promise<T>;
}

interface Known {
  /** Requests that got an answer, each again where it was repeated. */
  requests: number;
  /** Whether lists of referrers are under tags, as in registries without the endpoint. */
  fallback: boolean;
}

export interface SessionOptions {
  /** As people write it, for messages and logins: `docker.io`. */
  readonly host: string;
  readonly base: URL;
  readonly credentials: CredentialSource;
  readonly pace: Pace;
}

/** distribution-spec, "Pushing Manifests": a registry accepts at least this much, in bytes; no image comes near it. */
export const manifestLimit = 4 * 1024 * 1024;

/** The digest is of the bytes as they are stored. */
const plain = { "accept-encoding": "identity" };

export function openSession({ host, base, credentials, pace }: SessionOptions): Session {
  const send = createSend(pace);
  const known: Known = { requests: 0, fallback: false };
  let login: Promise<Credential | undefined> | undefined;
  const credential = (again: boolean): Promise<Credential | undefined> => {
    if (again || login === undefined) login = credentials(host);
    return login;
  };
  const authorizer = createAuthorizer({ registry: base, send, credential });
  const describe = (answer: HttpAnswer): string => describeAnswer(answer, authorizer.redact);

  const requireSuccess: Session["requireSuccess"] = async (answer) => {
    if (answer.status >= 200 && answer.status < 300) return;
    const hint = answer.status === 401 && !answer.foreign ? hintOf(host, await login) : "";
    const message = `the registry answered ${describe(answer)}${hint}`;
    throw answer.status === 404 ? new Failure(message) : new Unanswered(message);
  };
  const ask: Session["ask"] = async (question) => {
    const answer = await sendAuthorized({ send, authorizer }, requestOf(question, base), question.scope);
    known.requests += answer.tries;
    if (!question.also?.includes(answer.status)) await requireSuccess(answer);
    return answer;
  };
  const once: Session["once"] = (question) =>
    sendAuthorized(
      { send: (request) => sendOnce(pace, request), authorizer },
      requestOf(question, base),
      question.scope,
    );
  const stream: Session["stream"] = (request) => streamAuthorized(authorizer, base, request);
  return {
    base,
    pace,
    known,
    ask,
    once,
    stream,
    authorization: async (scope) => authorizer.known(scope),
    requireSuccess,
    describe,
    during: (what, work) => explain(what, work, authorizer.redact),
  };
}

function requestOf({ path, method, body, headers = {}, limit = manifestLimit }: Question, base: URL): HttpRequest {
  const url = new URL(path, base);
  return { method, url, headers: { ...headers, ...plain }, limit, ...(body === undefined ? {} : { body }) };
}

interface Way<T> {
  readonly send: (request: HttpRequest) => Promise<T>;
  readonly authorizer: Authorizer;
}

/** Sends with what is known for a scope, and once more where that is challenged: it was nothing, or it has expired. */
async function sendAuthorized<T extends Exchanged>(
  { send, authorizer }: Way<T>,
  request: HttpRequest,
  scope: string,
): Promise<T> {
  const known = authorizer.known(scope);
  const answer = await send(withAuthorization(request, await known));
  const challenge = answer.headers.get("www-authenticate");
  if (answer.status !== 401 || answer.foreign || challenge === null) return answer;
  const renewed = await authorizer.renew(scope, challenge, known);
  return renewed === undefined ? answer : send(withAuthorization(request, renewed));
}

async function streamAuthorized(authorizer: Authorizer, base: URL, request: StreamQuestion): Promise<Exchanged> {
  // Storage that a registry sends an upload to is somebody else: the login is not for it, and its challenges are not the registry's.
  const foreign = request.url.origin !== base.origin;
  const known = foreign ? undefined : authorizer.known(request.scope);
  const whole = { ...request, headers: { ...request.headers, ...plain }, limit: manifestLimit };
  const answer = await sendStream(withAuthorization(whole, await known));
  const challenge = answer.headers.get("www-authenticate");
  if (answer.status === 401 && !foreign && challenge !== null) await authorizer.renew(request.scope, challenge, known);
  return { ...answer, foreign };
}

function withAuthorization<T extends Pick<HttpRequest, "headers">>(request: T, authorization: string | undefined): T {
  return authorization === undefined ? request : { ...request, headers: { ...request.headers, authorization } };
}

const hintOf = (host: string, login: Credential | undefined): string =>
  login === undefined ? `: no login is stored (docker login ${host})` : ": the stored login is not accepted";

async function explain<T>(what: string, work: () => Promise<T>, redact: (text: string) => string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const message = `${oneLine(what, 500)}: ${redact(error.message)}`;
    throw error instanceof Unanswered ? new Unanswered(message) : new Failure(message);
  }
}
