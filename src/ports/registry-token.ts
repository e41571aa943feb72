import { z } from "zod";
import { Failure, Unanswered } from "../model/failure.js";
import { realmUrl } from "./registry-address.js";
import type { Challenge } from "./registry-challenge.js";
import type { Credential } from "./registry-credentials.js";
import type { HttpAnswer, HttpRequest } from "./registry-http.js";
import type { Send } from "./registry-retry.js";
import { describeAnswer, parseJson } from "./registry-text.js";

export interface TokenRequest {
  readonly registry: URL;
  readonly challenge: Extract<Challenge, { scheme: "bearer" }>;
  /** Absent for what anybody may do. */
  readonly credential: Credential | undefined;
  readonly send: Send;
  readonly redact: (text: string) => string;
}

type Parameters = Readonly<Record<string, string>>;

const answerLimit = 64 * 1024;
const tokenBody = z.object({ token: z.string().nullish(), access_token: z.string().nullish() });
/** What may stand in a header: fetch's complaint about anything else quotes it. */
const tokenText = /^[\x21-\x7e]+$/;

/** The value of a Basic Authorization header (RFC 7617). */
export function basic({ username, password }: Extract<Credential, { kind: "password" }>): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/**
 * Gets a token from the server that a challenge names: with a password as distribution's "Token Authentication
 * Specification" says, with an identity token as its "OAuth2 Token Authentication" does. Throws a Failure where none comes.
 */
export async function fetchToken({ registry, challenge, credential, send, redact }: TokenRequest): Promise<string> {
  const realm = realmUrl(challenge.realm, registry);
  const { service, scope } = challenge;
  const parameters = { ...(service ? { service } : {}), ...(scope ? { scope } : {}) };
  const request =
    credential?.kind === "identity-token"
      ? exchangeRequest(realm, parameters, credential.token)
      : passwordRequest(realm, parameters, credential);
  const answer = await ask(send, request);
  if (answer.status !== 200)
    throw new Unanswered(`the token server ${realm.host} answered ${describeAnswer(answer, redact)}`);
  const { data } = tokenBody.safeParse(parseJson(answer.body));
  const token = data?.token || data?.access_token || "";
  if (!tokenText.test(token)) throw new Unanswered(`the token server ${realm.host} answered without a token`);
  return token;
}

async function ask(send: Send, request: HttpRequest): Promise<HttpAnswer> {
  try {
    return await send(request);
  } catch (error) {
    if (error instanceof Failure) throw new Unanswered(`the token server ${request.url.host}: ${error.message}`);
    throw error;
  }
}

function exchangeRequest(url: URL, parameters: Parameters, token: string): HttpRequest {
  const form = { grant_type: "refresh_token", refresh_token: token, client_id: "ingot", ...parameters };
  const headers = { accept: "application/json", "content-type": "application/x-www-form-urlencoded" };
  return { method: "POST", url, headers, body: new URLSearchParams(form).toString(), limit: answerLimit };
}

function passwordRequest(
  realm: URL,
  parameters: Parameters,
  login: Extract<Credential, { kind: "password" }> | undefined,
): HttpRequest {
  const url = new URL(realm);
  const { scope, ...others } = parameters;
  for (const [name, value] of Object.entries(others)) url.searchParams.append(name, value);
  // A challenge lists scopes with spaces between; a question has one parameter for each ("Requesting a Token").
  for (const each of scope?.split(" ").filter((text) => text !== "") ?? []) url.searchParams.append("scope", each);
  const headers = { accept: "application/json", ...(login === undefined ? {} : { authorization: basic(login) }) };
  return { method: "GET", url, headers, limit: answerLimit };
}
