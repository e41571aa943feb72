import { createWriteStream } from "node:fs";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Failure } from "../model/failure.js";
import { reasonOf } from "./files.js";
import { isLoopback } from "./registry-address.js";
import { describeNetworkError } from "./registry-network.js";

/** Milliseconds for all of it. */
const timeout = 900_000;
const mostRedirects = 5;

/**
 * Writes what a URL gives to a file, with no more than so many bytes. Redirects are followed as long as they stay on HTTPS, or on this
 * machine. Throws a Failure that names hosts alone: an address that one is sent to may hold a signature.
 */
export async function download(address: string, file: string, mostBytes: number): Promise<void> {
  let url = new URL(address);
  const signal = AbortSignal.timeout(timeout);
  for (let hop = 0; hop <= mostRedirects; hop += 1) {
    const response = await ask(url, signal);
    const location = response.headers.get("location");
    if (response.status < 300 || response.status >= 400 || location === null)
      return save(response, url, file, mostBytes);
    await response.body?.cancel();
    url = follow(url, location);
  }
  throw new Failure(`${new URL(address).host} redirects more than ${mostRedirects} times`);
}

async function ask(url: URL, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { redirect: "manual", signal });
  } catch (error) {
    throw new Failure(`${url.host}: ${describeNetworkError(error, timeout)}`);
  }
}

function follow(from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  const safe =
    to?.protocol === "https:" || (to?.protocol === "http:" && isLoopback(to.hostname) && isLoopback(from.hostname));
  if (to === undefined || !safe) throw new Failure(`${from.host} redirects to something that is not HTTPS`);
  return to;
}

async function save(response: Response, { host }: URL, file: string, mostBytes: number): Promise<void> {
  if (!response.ok || response.body === null) throw new Failure(`${host} answers ${response.status}`);
  let bytes = 0;
  const bounded = new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length;
      done(bytes > mostBytes ? new Failure(`${host} gives more than ${mostBytes} bytes`) : null, chunk);
    },
  });
  try {
    await pipeline(
      Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]),
      bounded,
      createWriteStream(file),
    );
  } catch (error) {
    if (error instanceof Failure) throw error;
    const isDisk = (error as NodeJS.ErrnoException).syscall !== undefined && !("cause" in (error as object));
    throw new Failure(isDisk ? `cannot write ${file}: ${reasonOf(error)}` : `${host}: the download broke off`);
  }
}
