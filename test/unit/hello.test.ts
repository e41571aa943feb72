import assert from "node:assert/strict";
import { type AddressInfo, createServer } from "node:net";
import { Failure } from "../../src/model/failure.js";
import type { Service, Stopped } from "../../src/ports/engine.js";
import { askJson } from "../../src/ports/service-http.js";
import { askHello } from "../../src/stages/hello.js";
import { failureOf } from "../support/failures.js";
import { listen } from "../support/memory-registry.js";

const well: Stopped = { ran: true, exitCode: 0, ms: 200 };

describe("the hello application", () => {
  let server: Awaited<ReturnType<typeof listen>>;
  before(async () => {
    server = await listen(async (_, response) => void response.end(JSON.stringify({ version: "3.13.5" })));
  });
  after(() => server.stop());

  /** An engine whose only service is the server here. */
  function engineWith(service: Partial<Service>) {
    const stops: number[] = [];
    const stop = async (): Promise<Stopped> => {
      stops.push(stops.length);
      return (await service.stop?.()) ?? well;
    };
    const serve = async () => ({ url: `http://${server.host}`, patience: 1, logs: async () => "", ...service, stop });
    return { engine: { serve }, stops };
  }

  const complaintsOf = async (stopped: Stopped): Promise<readonly string[]> => {
    const { engine } = engineWith({ stop: async () => stopped });
    const { application, stops } = await askHello(engine, "image", { version: "3.13.5" });
    assert.deepEqual(application, []);
    return stops.map(({ about, message }) => `${about} ${message}`);
  };

  it("ends in time when it is told to, whatever its status", async () => {
    assert.deepEqual(await complaintsOf(well), []);
    assert.deepEqual(await complaintsOf({ ...well, exitCode: 143 }), []);
  });

  it("is asked again where the engine closes connections at once, as it does until something listens", async () => {
    let connections = 0;
    const early = createServer((socket) => {
      connections += 1;
      if (connections < 4) socket.destroy();
      else socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"));
    });
    await new Promise<void>((resolve) => early.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = early.address() as AddressInfo;
      const { engine } = engineWith({ url: `http://127.0.0.1:${port}` });
      assert.deepEqual((await askHello(engine, "image", {})).application, []);
      assert.equal(connections, 4);
    } finally {
      early.close();
    }
  });

  it("is not waited for where its answer never ends", async () => {
    const endless = await listen(async (_, response) => {
      const timer = setInterval(() => response.write(" "), 5);
      response.on("close", () => clearInterval(timer));
    });
    try {
      await assert.rejects(askJson(`http://${endless.host}`, 100), /abort|timeout/i);
    } finally {
      await endless.stop();
    }
  });

  it("is complained about where it had to be killed", async () =>
    assert.deepEqual(await complaintsOf({ ran: true, exitCode: 137, ms: 10_100 }), [
      "the hello application is not ended by SIGTERM within 10 seconds, and had to be killed (status 137)",
    ]));

  it("is complained about where it was gone before, however fast that was stopped", async () =>
    assert.deepEqual(await complaintsOf({ ran: false, exitCode: 139, ms: 30 }), [
      "the hello application ended before it was told to, with status 139",
    ]));

  it("that cannot be stopped is told to once, and is a failure with the engine's reason", async () => {
    const { engine, stops } = engineWith({ stop: () => Promise.reject(new Failure("cannot stop it")) });
    assert.equal(await failureOf(askHello(engine, "image", {})), "cannot stop it");
    assert.equal(stops.length, 1);
  });

  it("that answers nothing is a failure with its last line, although it cannot be stopped either", async () => {
    const { engine, stops } = engineWith({
      url: "http://127.0.0.1:9",
      logs: async () => "starting\nno such module\n",
      stop: () => Promise.reject(new Failure("cannot stop it")),
    });
    const { now } = Date;
    let ahead = 0;
    Date.now = () => {
      ahead += 30_000;
      return now() + ahead;
    };
    try {
      await assert.rejects(askHello(engine, "image", {}), /does not answer over HTTP: no such module$/);
    } finally {
      Date.now = now;
    }
    assert.equal(stops.length, 1);
  });
});
