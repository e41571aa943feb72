import { Failure } from "../model/failure.js";
import { type Challenge, parseChallenge } from "./registry-challenge.js";
import type { Credential } from "./registry-credentials.js";
import type { Send } from "./registry-retry.js";
import { basic, fetchToken } from "./registry-token.js";

/** The value of an Authorization header, perhaps still on its way; undefined where there is nothing to log in with. */
export type Authorization = Promise<string | undefined>;

export interface Authorizer {
  /** What was found for a scope so far; asks nobody. */
  readonly known: (scope: string) => Authorization | undefined;
  /** Answers a challenge. `refused` is what was sent with the request that was challenged. */
  readonly renew: (scope: string, challenge: string, refused: Authorization | undefined) => Authorization;
  /** A text with every password and token that this client has handled replaced. */
  readonly redact: (text: string) => string;
}

export interface AuthorizerOptions {
  readonly registry: URL;
  /** The login that is stored; looked up anew where the earlier one was refused, as a helper's may be good for hours only. */
  readonly credential: (again: boolean) => Promise<Credential | undefined>;
  readonly send: Send;
}

/** The key of what is good for the whole registry, as a password is. */
const everywhere = "*";

/** Logs in as a registry asks for it: Basic (RFC 7617), or Bearer tokens of distribution's token and oauth2 documents. */
export function createAuthorizer(options: AuthorizerOptions): Authorizer {
  const secrets = new Set<string>();
  const byScope = new Map<string, Authorization>();

  const renew: Authorizer["renew"] = async (scope, header, refused) => {
    const challenge = parseChallenge(header);
    if (challenge === undefined) return undefined;
    const key = challenge.scheme === "basic" ? everywhere : scope;
    const current = byScope.get(key);
    // Another request, challenged at the same time, has asked already.
    if (current !== undefined && current !== refused) return current;
    const fresh = authorize({ challenge, scope, again: refused !== undefined, secrets }, options);
    byScope.set(key, fresh);
    fresh.catch(() => byScope.delete(key));
    return fresh;
  };
  const known: Authorizer["known"] = (scope) => byScope.get(everywhere) ?? byScope.get(scope);
  return { known, renew, redact: (text) => redact(text, secrets) };
}

interface Request {
  readonly challenge: Challenge;
  readonly scope: string;
  readonly again: boolean;
  /** Hears of every secret before it is used. */
  readonly secrets: Set<string>;
}

async function authorize({ challenge, scope, again, secrets }: Request, options: AuthorizerOptions): Authorization {
  const credential = await options.credential(again);
  for (const secret of secretsOf(credential)) secrets.add(secret);
  if (challenge.scheme === "bearer") {
    const hide = (text: string): string => redact(text, secrets);
    const token = await fetchToken({ ...options, challenge: { scope, ...challenge }, credential, redact: hide });
    secrets.add(token);
    return `Bearer ${token}`;
  }
  if (credential === undefined) return undefined;
  if (credential.kind === "password") return basic(credential);
  throw new Failure("it asks for a password and the stored login is an identity token");
}

function secretsOf(credential: Credential | undefined): readonly string[] {
  if (credential === undefined) return [];
  if (credential.kind === "identity-token") return [credential.token];
  return [basic(credential).slice("Basic ".length), credential.password];
}

function redact(text: string, secrets: ReadonlySet<string>): string {
  // The longest first, so that no part of a secret that holds another is left.
  const ordered = [...secrets].filter((secret) => secret !== "").sort((a, b) => b.length - a.length);
  return ordered.reduce((redacted, secret) => redacted.replaceAll(secret, "***"), text);
}
