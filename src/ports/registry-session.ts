import { Failure } from "../model/failure.js";
import { oneLine } from "../support/text.js";
import { type Authorizer, createAuthorizer } from "./registry-auth.js";
import type { Credential, CredentialSource } from "./registry-credentials.js";
import { createSend, type HttpAnswer, type HttpRequest, type Pace, type Send } from "./registry-http.js";
import { describeAnswer } from "./registry-text.js";

export interface Question extends Omit<HttpRequest, "url" | "headers" | "limit"> {
  /** From the root of the registry: `/v2/acme/node/manifests/24`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** `repository:acme/node:pull`; empty for the registry itself. */
  readonly scope: string;
  /** Statuses other than 2xx that the caller judges; others are a Failure. */
  readonly also?: readonly number[];
}

/** A registry as this client is logged in to it. */
export interface Session {
  /** Throws a Failure with the bare reason. */
  readonly ask: (question: Question) => Promise<HttpAnswer>;
  /** Does something, and puts what it was before the reason where it fails. No secret is in the Failure. */
  readonly during: <T>(what: string, work: () => Promise<T>) => Promise<T>;
}

export interface SessionOptions {
  /** As people write it, for messages and logins: `docker.io`. */
  readonly host: string;
  readonly base: URL;
  readonly credentials: CredentialSource;
  readonly pace: Pace;
}

/** distribution-spec, "Pushing Manifests": a registry accepts at least this much, in bytes; no image comes near it. */
const answerLimit = 4 * 1024 * 1024;

export function openSession({ host, base, credentials, pace }: SessionOptions): Session {
  const send = createSend(pace);
  let login: Promise<Credential | undefined> | undefined;
  const credential = (again: boolean): Promise<Credential | undefined> => {
    if (again || login === undefined) login = credentials(host);
    return login;
  };
  const authorizer = createAuthorizer({ registry: base, send, credential });

  const ask = async (question: Question): Promise<HttpAnswer> => {
    const answer = await sendAuthorized({ send, authorizer }, requestOf(question, base), question.scope);
    if (answer.status >= 200 && answer.status < 300) return answer;
    if (question.also?.includes(answer.status)) return answer;
    const hint = answer.status === 401 && !answer.foreign ? hintOf(host, await login) : "";
    throw new Failure(`the registry answered ${describeAnswer(answer, authorizer.redact)}${hint}`);
  };
  return { ask, during: (what, work) => explain(what, work, authorizer.redact) };
}

function requestOf({ path, method, body, headers = {} }: Question, base: URL): HttpRequest {
  return {
    method,
    url: new URL(path, base),
    // The digest is of the bytes as they are stored.
    headers: { ...headers, "accept-encoding": "identity" },
    limit: answerLimit,
    ...(body === undefined ? {} : { body }),
  };
}

interface Way {
  readonly send: Send;
  readonly authorizer: Authorizer;
}

/** Sends with what is known for a scope, and once more where that is challenged: it was nothing, or it has expired. */
async function sendAuthorized({ send, authorizer }: Way, request: HttpRequest, scope: string): Promise<HttpAnswer> {
  const known = authorizer.known(scope);
  const answer = await send(withAuthorization(request, await known));
  const challenge = answer.headers.get("www-authenticate");
  if (answer.status !== 401 || answer.foreign || challenge === null) return answer;
  const renewed = await authorizer.renew(scope, challenge, known);
  return renewed === undefined ? answer : send(withAuthorization(request, renewed));
}

function withAuthorization(request: HttpRequest, authorization: string | undefined): HttpRequest {
  return authorization === undefined ? request : { ...request, headers: { ...request.headers, authorization } };
}

const hintOf = (host: string, login: Credential | undefined): string =>
  login === undefined ? `: no login is stored (docker login ${host})` : ": the stored login is not accepted";

async function explain<T>(what: string, work: () => Promise<T>, redact: (text: string) => string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Failure) throw new Failure(`${oneLine(what, 500)}: ${redact(error.message)}`);
    throw error;
  }
}
