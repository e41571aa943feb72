import { Failure, Unanswered } from "../model/failure.js";
import { type Exchanged, exchange, type HttpAnswer, type HttpRequest } from "./registry-http.js";
import { describeNetworkError, networkCode } from "./registry-network.js";

/** Sends a request and reads the answer whole. Throws a Failure with the bare reason where none came. */
export type Send = (request: HttpRequest) => Promise<HttpAnswer>;

/** How time passes for a client. All in milliseconds. */
export interface Pace {
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly now: () => number;
  /** For one request, from its first byte to the last of its answer; for an upload, until the next of its bytes moves. */
  readonly timeout: number;
}

/** What is worth another try, and how what is not is told. */
export interface Patience {
  readonly status: (status: number) => boolean;
  readonly error: (error: unknown) => boolean;
  /** Throws what is no fault of the world's. */
  readonly describe: (error: unknown) => string;
}

const mostTries = 4;
const firstDelay = 500;
const longestDelay = 8000;
/** A registry that asks for more than this is better asked by the next run. */
const longestRetryAfter = 60_000;

// Debian's registry answers 500 where a tag is read just as another client writes it.
const transientStatus: readonly number[] = [408, 429, 500, 502, 503, 504];
const transientCode: readonly string[] = ["ECONNRESET", "EPIPE", "UND_ERR_SOCKET", "EAI_AGAIN"];

type Outcome = { readonly answer: Exchanged } | { readonly error: unknown };

/** Whether the connection broke off, or could not be made for the moment. */
export const isTransient = (error: unknown): boolean => transientCode.includes(networkCode(error) ?? "");

/** What is repeated of every request: 408, 429, 500, 502, 503, 504 and broken connections. */
export function patienceOf({ timeout }: Pace): Patience {
  return {
    status: (status) => transientStatus.includes(status),
    error: isTransient,
    describe: (error) => describeNetworkError(error, timeout),
  };
}

/**
 * Repeats what a registry or the network between refuses for the moment, up to four tries. What is sent may be repeated: what it
 * writes is addressed by content, or is written whatever was there before.
 */
export function createSend(pace: Pace): Send {
  return (request) => repeat(pace, patienceOf(pace), () => sendOnce(pace, request));
}

/** Throws a Failure, or what fetch throws. */
export function sendOnce({ timeout }: Pace, request: HttpRequest): Promise<Exchanged> {
  return exchange(request, AbortSignal.timeout(timeout));
}

/** Tries something up to four times, at growing intervals or as the registry asks. `attempt` is told which try it is, from 1. */
export async function repeat(
  pace: Pace,
  patience: Patience,
  attempt: (tries: number) => Promise<Exchanged>,
): Promise<HttpAnswer> {
  for (let tries = 1; ; tries += 1) {
    const outcome = await outcomeOf(attempt(tries));
    const delay = tries < mostTries ? delayAfter(outcome, tries, pace, patience) : undefined;
    if (delay === undefined) return settle(outcome, tries, patience);
    await pace.sleep(delay);
  }
}

async function outcomeOf(attempt: Promise<Exchanged>): Promise<Outcome> {
  try {
    return { answer: await attempt };
  } catch (error) {
    return { error };
  }
}

function settle(outcome: Outcome, tries: number, { describe }: Patience): HttpAnswer {
  if ("answer" in outcome) return { ...outcome.answer, tries };
  if (outcome.error instanceof Failure) throw outcome.error;
  const reason = describe(outcome.error);
  throw new Unanswered(tries === 1 ? reason : `${reason}, ${tries} times`);
}

/** Milliseconds until the next try; undefined where there is to be none. */
function delayAfter(outcome: Outcome, tries: number, { now }: Pace, patience: Patience): number | undefined {
  const backoff = Math.min(firstDelay * 2 ** (tries - 1), longestDelay);
  if ("error" in outcome) return patience.error(outcome.error) ? backoff : undefined;
  const { status, headers } = outcome.answer;
  if (!patience.status(status)) return undefined;
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
