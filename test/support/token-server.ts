import { listen, readRequest } from "./memory-registry.js";
import type { Asked, Reply } from "./memory-store.js";

export interface TokenServer {
  /** `http://127.0.0.1:40001/token` */
  readonly realm: string;
  readonly requests: () => readonly Asked[];
  readonly stop: () => Promise<void>;
}

/** A token server as distribution's token and oauth2 documents describe it, that answers what a test wants. */
export async function startTokenServer(answer: (asked: Asked) => Reply): Promise<TokenServer> {
  const requests: Asked[] = [];
  const { host, stop } = await listen(async (request, response) => {
    const asked = await readRequest(request);
    requests.push(asked);
    const { status, headers, body } = answer(asked);
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
  });
  return { realm: `http://${host}/token`, requests: () => [...requests], stop };
}

export const token = (text: string): Reply => ({ status: 200, body: JSON.stringify({ token: text }) });
