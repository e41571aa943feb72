import { get } from "node:http";
import { json } from "node:stream/consumers";

/**
 * What a container's service answers. Not with fetch: in Node 20 that never ends where a connection is closed at once, as
 * engines close it until something listens in the container, and then the whole program ends without a word.
 */
export function askJson(url: string, milliseconds = 5000): Promise<unknown> {
  return new Promise((resolve, reject) => {
    // All of it: an answer that never ends is none.
    const signal = AbortSignal.timeout(milliseconds);
    const request = get(url, { agent: false, signal }, (response) => json(response).then(resolve, reject));
    request.on("error", reject);
  });
}
