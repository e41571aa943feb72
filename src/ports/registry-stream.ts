import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import {
  asFetchDoes,
  describeIncoming,
  type Exchanged,
  type HttpRequest,
  readAnswer,
  redirectTarget,
} from "./registry-http.js";

/** A request whose body is read as fast as it is sent, once. */
export interface StreamedRequest extends Omit<HttpRequest, "body"> {
  readonly body: AsyncIterable<Uint8Array>;
  /** Ends it with its reason. */
  readonly signal: AbortSignal;
}

/**
 * Sends a stream. Not with fetch: in Node 20 that keeps all that it has sent in memory until it is answered, and reads on to the end of
 * a stream whose request was aborted. Throws a Failure, the reason of the signal, or an error with a cause as fetch does.
 */
export async function sendStream(request: StreamedRequest): Promise<Exchanged> {
  const { url, method, headers, body, signal } = request;
  const outgoing = (url.protocol === "https:" ? requestHttps : requestHttp)(url, { method, headers, agent: false });
  const over = new AbortController();
  const abort = (): unknown => outgoing.destroy(signal.reason as Error);
  signal.addEventListener("abort", abort);
  try {
    return await new Promise((resolve, reject) => {
      let answered = false;
      // A registry may answer and hang up before it has read all: then what it said is what counts.
      const fail = (error: unknown): unknown => answered || reject(error);
      outgoing.on("error", fail);
      outgoing.once("response", (incoming) => {
        answered = true;
        readIncoming(request, incoming).then(resolve, reject);
      });
      pump(body, outgoing, over.signal).catch(fail);
    });
  } catch (error) {
    throw signal.aborted ? signal.reason : asFetchDoes(error);
  } finally {
    over.abort();
    signal.removeEventListener("abort", abort);
    outgoing.destroy();
  }
}

async function pump(body: AsyncIterable<Uint8Array>, outgoing: ClientRequest, over: AbortSignal): Promise<void> {
  for await (const piece of body) {
    if (over.aborted) return;
    if (!outgoing.write(piece)) await once(outgoing, "drain", { signal: over });
  }
  outgoing.end();
}

async function readIncoming({ method, url, limit }: StreamedRequest, message: IncomingMessage): Promise<Exchanged> {
  const incoming = describeIncoming(message);
  const { status, headers } = incoming;
  const location = headers.get("location");
  if (status >= 300 && status < 400 && location !== null) redirectTarget(method, url, location);
  return { ...(await readAnswer(incoming, limit)), foreign: false };
}
