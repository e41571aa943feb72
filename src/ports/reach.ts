import { Failure } from "../model/failure.js";
import { isFile } from "./files.js";
import { splitCredentials } from "./mirror.js";
import { exchange } from "./registry-http.js";
import { describeNetworkError } from "./registry-network.js";

/** How a server answered. */
export interface Reached {
  readonly status: number;
  /** Its time less this machine's, in milliseconds; undefined where it does not say its time. */
  readonly ahead?: number;
}

/**
 * Asks for a file without fetching it; a folder answers as a server does. Throws a Failure with the bare reason where no answer comes within
 * so many milliseconds.
 */
export async function reach(location: string, path: string, timeout: number): Promise<Reached> {
  if (!/^https?:\/\//i.test(location)) return { status: isFile(`${location}/${path}`) ? 200 : 404 };
  if (!URL.canParse(location)) throw new Failure("its URL cannot be read: write http://HOST/PATH");
  const { address, headers } = splitCredentials(`${location.replace(/\/+$/, "")}/${path}`);
  const begun = Date.now();
  try {
    const answer = await exchange(
      { method: "HEAD", url: new URL(address), headers, limit: 0 },
      AbortSignal.timeout(timeout),
    );
    const ahead = aheadOf(answer.headers, (begun + Date.now()) / 2);
    return { status: answer.status, ...(ahead === undefined ? {} : { ahead }) };
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(describeNetworkError(error, timeout));
  }
}

/** RFC 9110, 6.6.1, and RFC 9111, 5.1: an answer that a cache kept says when it was made, and how many seconds ago that is. */
export function aheadOf(headers: Headers, now: number): number | undefined {
  const date = Date.parse(headers.get("date") ?? "");
  const age = Number(headers.get("age") ?? 0);
  return Number.isNaN(date) ? undefined : date + (Number.isFinite(age) ? age * 1000 : 0) - now;
}
