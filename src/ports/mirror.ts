import { join } from "node:path";
import { Failure } from "../model/failure.js";
import { withoutLogins } from "../support/text.js";
import { readBytes, reasonOf } from "./files.js";

/** A package mirror, or release-cycle data: a URL, or a folder that is laid out like one. */
export interface Mirror {
  /** The bytes of a file; undefined where the mirror answers that there is none. Throws a Failure where it does not answer. */
  readonly get: (path: string) => Promise<Buffer | undefined>;
  /** For messages: without credentials. */
  readonly name: string;
}

const timeout = 60_000;
/** No index is near this size: what is larger is not one. */
const largest = 512 * 1024 * 1024;

export function openMirror(location: string): Mirror {
  if (!/^https?:\/\//i.test(location)) {
    return {
      name: withoutLogins(location),
      get: async (path) => readBytes(path === "" ? location : join(location, path)),
    };
  }
  if (!URL.canParse(location)) throw new Failure("a mirror's URL cannot be read: write http://HOST/PATH");
  const base = location.replace(/\/+$/, "");
  const name = withoutLogin(base).replace(/\/+$/, "");
  return { name, get: (path) => download(path === "" ? base : `${base}/${path}`, name) };
}

async function download(url: string, mirror: string): Promise<Buffer | undefined> {
  const { address, headers } = splitCredentials(url);
  try {
    const response = await fetch(address, { headers, signal: AbortSignal.timeout(timeout) });
    if (response.status === 404) return undefined;
    if (!response.ok)
      throw new Failure(`${mirror} answers ${response.status} for ${address.split("/").slice(-3).join("/")}`);
    if (Number(response.headers.get("content-length") ?? 0) > largest)
      throw new Failure(`${mirror} offers an index of more than ${largest} bytes`);
    return Buffer.from(await response.arrayBuffer());
  } catch (error) {
    if (error instanceof Failure) throw error;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new Failure(`${mirror} does not answer: ${reasonOf(cause)}`);
  }
}

/** fetch refuses a URL with a user and a password in it: they go into a header. */
export function splitCredentials(url: string): { readonly address: string; readonly headers: Record<string, string> } {
  const { username, password } = new URL(url);
  if (username === "" && password === "") return { address: url, headers: {} };
  const pair = `${decoded(username)}:${decoded(password)}`;
  return {
    address: withoutLogin(url),
    headers: { authorization: `Basic ${Buffer.from(pair).toString("base64")}` },
  };
}

function withoutLogin(url: string): string {
  return Object.assign(new URL(url), { username: "", password: "" }).href;
}

/** As it is where it is not percent-encoded rightly. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
