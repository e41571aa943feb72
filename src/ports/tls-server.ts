import { createServer } from "node:https";
import type { AddressInfo } from "node:net";

/** A server on this machine's loopback whose certificate no machine trusts before it is told to. */
export interface TlsServer {
  /** `https://localhost:49153/` */
  readonly url: string;
  /** What it answers every request with, as text. */
  readonly answer: string;
  /** The certificate of the authority that signed the server's, as PEM. */
  readonly authority: string;
  readonly close: () => Promise<void>;
}

export interface LazyTlsServer {
  /** Starts it where it is not started yet. */
  readonly get: () => Promise<TlsServer>;
  readonly close: () => Promise<void>;
}

/** A server that starts when it is first asked for. */
export function createTlsServer(answer: string): LazyTlsServer {
  let started: Promise<TlsServer> | undefined;
  return {
    get: () => (started ??= startTlsServer(answer)),
    close: async () => (await started)?.close(),
  };
}

async function startTlsServer(answer: string): Promise<TlsServer> {
  // Loaded here, as most runs start no server.
  const { makeServerCertificate } = await import("./certificates.js");
  const { key, certificate, authority } = await makeServerCertificate();
  const listener = createServer({ key, cert: certificate }, (_, response) => response.end(answer));
  // What does not trust the certificate breaks the connection off: that is what is tested, and no error.
  listener.on("tlsClientError", () => {});
  await new Promise<void>((resolve, reject) => {
    listener.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  listener.unref();
  return {
    url: `https://localhost:${(listener.address() as AddressInfo).port}/`,
    answer,
    authority,
    close: () =>
      new Promise((resolve) => {
        listener.close(() => resolve());
        listener.closeAllConnections();
      }),
  };
}
