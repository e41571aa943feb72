import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { generate } from "selfsigned";

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

/** Makes an authority and a server certificate of its own, for `localhost`; the keys are gone with it. */
async function startTlsServer(answer: string): Promise<TlsServer> {
  const authority = await generate([{ name: "commonName", value: "Ingot test authority" }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: "commonName", value: "localhost" }], {
    keyType: "ec",
    algorithm: "sha256",
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] },
    ],
  });
  const listener = createServer({ key: server.private, cert: server.cert }, (_, response) => response.end(answer));
  // What does not trust the certificate breaks the connection off: that is what is tested, and no error.
  listener.on("tlsClientError", () => {});
  await new Promise<void>((resolve, reject) => {
    listener.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  listener.unref();
  return {
    url: `https://localhost:${(listener.address() as AddressInfo).port}/`,
    answer,
    authority: authority.cert,
    close: () =>
      new Promise((resolve) => {
        listener.close(() => resolve());
        listener.closeAllConnections();
      }),
  };
}
