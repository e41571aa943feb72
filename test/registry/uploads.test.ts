import assert from "node:assert/strict";
import { type BlobSource, blobOf } from "../../src/ports/registry.js";
import { failureOf } from "../support/failures.js";
import { answer, repository, useFalteringRegistry } from "../support/faltering-registry.js";
import type { Fault } from "../support/memory-registry.js";

/** More than what the network holds between two programs, so that an upload can stop in its middle. */
const large = Buffer.alloc(8_000_000, "a layer ");

describe("an upload that goes wrong", () => {
  const acme = useFalteringRegistry();
  const blob = blobOf(large);

  /** The upload of the blob, and how often it was read from its start. */
  const uploads = async (options = {}): Promise<number> => {
    let opened = 0;
    const open: BlobSource["open"] = () => {
      opened += 1;
      return blob.open();
    };
    assert.equal(await acme.client(options).putBlob(repository, { ...blob, open }), "uploaded");
    assert.deepEqual(Buffer.from(await acme.registry.blob(repository, blob.digest, large.length)), large);
    return opened;
  };
  const fails = async (options = {}): Promise<string> => {
    const message = await failureOf(acme.client(options).putBlob(repository, blob));
    const start = `cannot upload ${acme.server.host}/${repository}@${blob.digest}: `;
    assert.equal(message.slice(0, start.length), start);
    assert.equal(await acme.registry.hasBlob(repository, blob.digest), false);
    return message.slice(start.length);
  };
  /** Methods and statuses since the image of each test was pushed. */
  const asked = (): readonly string[] =>
    acme.server
      .requests()
      .slice(5)
      .map(({ method, status }) => `${method} ${status}`);

  const broken: Readonly<Record<string, Fault>> = {
    "breaks off at its start": { kind: "cut", after: 0 },
    "breaks off in its middle": { kind: "cut", after: 3_000_000 },
    "is refused before it is read": { kind: "early", status: 503 },
    "finds the registry without what it began": answer(404),
    "is too slow for the registry": answer(408),
    "meets a broken storage": answer(500),
    "meets a proxy without its registry": answer(502),
    "meets a registry that has too much to do": answer(503),
    "meets a proxy that waits no longer": answer(504),
  };
  for (const [name, fault] of Object.entries(broken)) {
    it(`begins anew where it ${name}`, async () => {
      acme.times(3, "PUT", fault);
      const opened = await uploads();
      assert.ok(opened >= 2 && opened <= 4, `${opened} times`);
      assert.deepEqual(acme.waits, [500, 1000, 2000].slice(0, acme.waits.length));
    });

    it(`is given up where it ${name} four times`, async () => {
      acme.times(4, "PUT", fault);
      assert.match(await fails(), /^(the connection broke off, 4 times|the registry answered \d{3} .* after 4 tries)$/);
      assert.deepEqual(acme.waits, [500, 1000, 2000]);
    });
  }

  it("begins each try with a place of its own", async () => {
    acme.times(2, "PUT", { kind: "cut", after: 1_000_000 });
    await uploads();
    assert.deepEqual(asked().slice(0, 9), [
      ...["HEAD 404", "POST 202", "PUT 0"],
      ...["HEAD 404", "POST 202", "PUT 0"],
      ...["HEAD 404", "POST 202", "PUT 201"],
    ]);
    const places = acme.server.requests().flatMap(({ method, path }) => (method === "PUT" ? [path] : []));
    assert.equal(new Set(places).size, places.length);
  });

  it("begins anew where it stands still, however long it may take that moves", async () => {
    acme.server.inject("PUT", { kind: "stall", after: 1_000_000 });
    assert.equal(await uploads({ timeout: 300 }), 2);
    assert.deepEqual(acme.waits, [500]);
  });

  it("is waited for a while longer once all is sent, and not sent again for an answer that is late", async () => {
    acme.server.inject("PUT", { kind: "silence" });
    assert.equal(await uploads({ timeout: 300 }), 1);
    assert.deepEqual(acme.waits, [500]);
    const bytes = Buffer.alloc(8_000_000, "another ");
    acme.server.inject("PUT", { kind: "late", ms: 800 });
    assert.equal(await acme.client({ timeout: 300 }).putBlob(repository, blobOf(bytes)), "uploaded");
    assert.deepEqual(acme.waits, [500]);
  });

  it("is given up where no answer comes", async () => {
    const early = { kind: "unanswered" } as const;
    acme.times(4, "PUT", early);
    assert.equal(await fails({ timeout: 200 }), "the upload was not answered for 0.8 s, 4 times");
  });

  it("is not given up while it moves, though it takes longer than a request may", async () => {
    const open = async function* (): AsyncGenerator<Uint8Array> {
      for (let start = 0; start < large.length; start += 800_000) {
        await new Promise((resolve) => setTimeout(resolve, 60));
        yield large.subarray(start, start + 800_000);
      }
    };
    const start = performance.now();
    assert.equal(await acme.client({ timeout: 400 }).putBlob(repository, { ...blob, open }), "uploaded");
    assert.ok(performance.now() - start > 600);
    assert.deepEqual(acme.waits, []);
  });

  it("is given up where it stands still each time, and reads no more than the registry takes", async () => {
    let read = 0;
    const open = async function* (): AsyncGenerator<Uint8Array> {
      for (let piece = 0; piece < 1000; piece += 1) {
        read += large.length;
        yield large;
      }
    };
    acme.times(4, "PUT", { kind: "stall", after: 1_000_000 });
    const endless = { digest: blob.digest, size: 1000 * large.length, open };
    const message = await failureOf(acme.client({ timeout: 300 }).putBlob(repository, endless));
    assert.match(message, /: the upload stood still for 0\.3 s, 4 times$/);
    // What the network holds for each of four tries.
    assert.ok(read <= 4 * 4 * large.length, `${read} bytes`);
  });

  it("closes what it reads where it breaks off", async () => {
    let [opened, closed] = [0, 0];
    const open = async function* (): AsyncGenerator<Uint8Array> {
      opened += 1;
      try {
        for (let start = 0; start < large.length; start += 100_000) yield large.subarray(start, start + 100_000);
      } finally {
        closed += 1;
      }
    };
    acme.times(2, "PUT", { kind: "cut", after: 1_000_000 });
    acme.server.inject("PUT", answer(503));
    await acme.registry.putBlob(repository, { ...blob, open });
    assert.deepEqual([opened, closed], [4, 4]);
  });

  it("waits as long as a registry asks for, and then begins anew", async () => {
    acme.server.inject("PUT", answer(429, { "retry-after": "7" }));
    acme.server.inject("PUT", answer(503, { "retry-after": "Sat, 21 Nov 2026 12:00:09 GMT" }));
    assert.equal(await uploads(), 3);
    assert.deepEqual(acme.waits, [7000, 9000]);
  });

  it("is not sent again where the registry says to wait for an hour", async () => {
    acme.server.inject("PUT", answer(429, { "retry-after": "3600" }));
    assert.equal(await fails(), "the registry answered 429 Too Many Requests with 3600 s to wait");
    assert.deepEqual(acme.waits, []);
  });

  for (const kind of ["reset", "truncate"] as const)
    it(`is not sent again where the blob arrived and its answer did not (${kind})`, async () => {
      acme.server.inject("PUT", { kind });
      assert.equal(await uploads(), 1);
      const statuses = { reset: 0, truncate: 201 };
      assert.deepEqual(asked().slice(0, 4), ["HEAD 404", "POST 202", `PUT ${statuses[kind]}`, "HEAD 200"]);
    });

  for (const status of [400, 403, 413])
    it(`is not sent again after ${status}`, async () => {
      acme.server.inject("PUT", answer(status));
      assert.match(await fails(), new RegExp(`^the registry answered ${status} [A-Z][A-Za-z ]+$`));
      assert.deepEqual(acme.waits, []);
    });

  it("is refused where the registry names another digest than was sent", async () => {
    const other = blobOf(Buffer.from("other")).digest;
    acme.server.inject("PUT", { kind: "change", headers: { "docker-content-digest": other } });
    const message = await failureOf(acme.registry.putBlob(repository, blob));
    assert.match(message, new RegExp(`: it promised ${other} and answered with ${blob.digest}$`));
  });

  it("has the POST that begins it asked again, as every request", async () => {
    acme.times(2, "POST", answer(503));
    assert.equal(await uploads(), 1);
    acme.times(4, "POST", answer(503));
    const message = await failureOf(acme.registry.putBlob(repository, blobOf(Buffer.from("next"))));
    assert.match(message, /: the registry answered 503 Service Unavailable after 4 tries$/);
  });

  it("is not sent anywhere where no place is said for it", async () => {
    for (const headers of [{ location: "" }, { location: "http://" }, { location: "https://ada:pw@127.0.0.1/x" }]) {
      acme.server.inject("POST", answer(202, headers));
      assert.match(
        await fails(),
        /^it (wants the upload at what is no URL|began an upload with 202 and said no place)/,
      );
    }
    acme.server.inject("POST", answer(202, { location: "http://storage.example/upload?signature=secret" }));
    assert.equal(await fails(), "it wants the upload at storage.example, which does not speak HTTPS");
    assert.deepEqual(acme.served("PUT"), [201, 201, 201], "what the test pushed");
  });

  it("is not followed where its PUT is redirected", async () => {
    acme.server.inject("PUT", answer(307, { location: "/elsewhere" }));
    assert.equal(await fails(), "it redirects a PUT, which is not followed");
  });
});
