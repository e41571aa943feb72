import { rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";

export interface SocketRelay {
  /** Hears of each answer that begins to arrive, before who asked for it does: `GET /v1.45/images/get?names=…`. */
  readonly watch: (hear: (request: string) => void) => void;
  readonly stop: () => Promise<void>;
}

/** Stands on a socket of its own between clients and an HTTP server on another, and passes on all that they say. */
export async function startSocketRelay(path: string, server: string): Promise<SocketRelay> {
  const open = new Set<Socket>();
  let hear: (request: string) => void = () => {};
  const relay = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ path: server, allowHalfOpen: true });
    let asked: string | undefined;
    client.on("data", (bytes) => {
      asked = /^[A-Z]+ \S+(?= HTTP\/)/m.exec(bytes.toString("latin1"))?.[0] ?? asked;
    });
    upstream.on("data", () => {
      if (asked !== undefined) hear(asked);
      asked = undefined;
    });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(socket);
      socket.pipe(other);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        open.delete(socket);
        other.destroySoon();
      });
    }
  });
  await new Promise<void>((resolve) => relay.listen(path, resolve));
  return {
    watch: (next) => {
      hear = next;
    },
    stop: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => relay.close(resolve));
      rmSync(path, { force: true });
    },
  };
}
