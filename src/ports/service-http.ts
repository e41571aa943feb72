import { get } from "node:http";
import { json } from "node:stream/consumers";

/**
 * What a container's service answers. Not with fetch: in Node 20 that never ends where a connection is closed at once, as
 * engines close it until something listens in the container, and then the whole program ends without a word.
 */
export function askJson(url: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false, timeout: 5000 }, (response) => json(response).then(resolve, reject));
    request.on("timeout", () => request.destroy(new Error("no answer in 5 seconds")));
    request.on("error", reject);
  });
}
