import { z } from "zod";
import { aheadOf } from "./reach.js";
import { type RegistryOptions, sessionOf } from "./registry.js";
import { pathOf, scopeOf } from "./registry-address.js";
import { storedCredentials } from "./registry-credentials.js";
import { parseJson } from "./registry-text.js";

/** How a registry lets this client in. */
export interface Access {
  readonly hasLogin: boolean;
  /** Whether the registry wanted a login, or a token for one: else it may not even have looked at it. */
  readonly isAsked: boolean;
  /** Its time less this machine's, in milliseconds; undefined where it does not say its time. */
  readonly ahead?: number;
  /** Whether its token is good for writing; undefined where it gave none that says so. */
  readonly mayWrite?: boolean;
}

const claims = z.object({
  access: z.array(z.object({ type: z.string(), name: z.string(), actions: z.array(z.string()).nullish() })),
});

/**
 * Finds out whether a registry answers and lets this client in, to read and to write in a repository as far as that is told
 * without writing. Throws a Failure where it does not.
 */
export async function readAccess(options: RegistryOptions, repository: string | undefined): Promise<Access> {
  const { host, credentials = storedCredentials() } = options;
  const login = await credentials(host);
  const session = sessionOf({ ...options, credentials: async () => login });
  return session.during(`cannot use the registry ${host}`, async () => {
    const begun = Date.now();
    // The registry itself names no scope, so that a token is asked for this one.
    const scope = repository === undefined ? "" : scopeOf(repository, "pull,push");
    const answer = await session.ask({ method: "GET", path: "/v2/", scope });
    const ahead = aheadOf(answer.headers, (begun + Date.now()) / 2);
    const authorization = await session.authorization(scope);
    const isAsked = authorization !== undefined;
    const known = { hasLogin: login !== undefined, isAsked, ...(ahead === undefined ? {} : { ahead }) };
    if (repository === undefined) return known;
    const mayWrite = readClaims(authorization, repository);
    if (mayWrite !== undefined) return { ...known, mayWrite };
    const reading = { path: `${pathOf(repository)}/tags/list?n=1`, scope: scopeOf(repository, "pull") };
    await session.ask({ method: "GET", ...reading, also: [404] });
    return known;
  });
}

/**
 * Whether a token is good for pushing, where it is a JWT with distribution's claims ("Token Authentication Implementation"): a token server
 * gives one for less than was asked for, or for nothing. Undefined where it does not speak of the repository: only the registry can read it.
 */
export function readClaims(authorization: string | undefined, repository: string): boolean | undefined {
  const [, payload] = /^Bearer [^.]+\.([^.]+)\.[^.]*$/.exec(authorization ?? "") ?? [];
  if (payload === undefined) return undefined;
  const { data } = claims.safeParse(parseJson(Buffer.from(payload, "base64url")));
  const own = data?.access.filter(({ type, name }) => type === "repository" && name === repository) ?? [];
  if (own.length === 0) return data?.access.length === 0 ? false : undefined;
  return own.some(({ actions }) => actions?.some((each) => each === "push" || each === "*"));
}
