import assert from "node:assert/strict";
import { type AddressInfo, createServer } from "node:net";
import { failureOf } from "../support/failures.js";
import { answer, image, repository, useFalteringRegistry } from "../support/faltering-registry.js";
import { startMemoryRegistry } from "../support/memory-registry.js";
import { tag } from "../support/push.js";

describe("a registry that falters", () => {
  const acme = useFalteringRegistry();

  describe("for a moment", () => {
    it("is asked again after as many seconds as it says", async () => {
      acme.server.inject("GET", answer(429, { "retry-after": "7" }));
      await acme.isRead();
      assert.deepEqual(acme.waits, [7000]);
    });

    it("is asked again at the time that it says", async () => {
      acme.server.inject("GET", answer(503, { "retry-after": "Sat, 21 Nov 2026 12:00:09 GMT" }));
      acme.server.inject("GET", answer(503, { "retry-after": "Sat, 21 Nov 2026 11:00:00 GMT" }));
      await acme.isRead();
      assert.deepEqual(acme.waits, [9000, 0]);
    });

    it("is not asked again where it says to wait for an hour", async () => {
      acme.server.inject(
        "GET",
        answer(
          429,
          { "retry-after": "3600" },
          JSON.stringify({ errors: [{ code: "TOOMANYREQUESTS", message: "slow down" }] }),
        ),
      );
      assert.equal(
        await acme.failsToRead(),
        "the registry answered 429 Too Many Requests (TOOMANYREQUESTS: slow down) with 3600 s to wait",
      );
      assert.deepEqual(acme.waits, []);
    });

    for (const status of [408, 429, 500, 502, 503, 504]) {
      it(`is asked again after ${status}, at growing intervals`, async () => {
        acme.times(3, "GET", answer(status));
        await acme.isRead();
        assert.deepEqual(acme.waits, [500, 1000, 2000]);
      });
    }

    it("is asked four times and no more", async () => {
      acme.times(5, "GET", answer(503));
      assert.equal(await acme.failsToRead(), "the registry answered 503 Service Unavailable after 4 tries");
      assert.deepEqual(acme.served("GET"), [503, 503, 503, 503]);
    });

    for (const status of [400, 403, 501]) {
      it(`is not asked again after ${status}`, async () => {
        acme.server.inject("GET", answer(status));
        assert.match(await acme.failsToRead(), new RegExp(`^the registry answered ${status} [A-Z][A-Za-z ]+$`));
        assert.deepEqual(acme.waits, []);
      });
    }

    it("is asked again where it breaks the connection off", async () => {
      acme.times(3, "GET", { kind: "reset" });
      await acme.isRead();
      assert.deepEqual(acme.waits, [500, 1000, 2000]);
    });

    it("is given up where it keeps breaking the connection off", async () => {
      acme.times(4, "GET", { kind: "reset" });
      assert.equal(await acme.failsToRead(), "the connection broke off, 4 times");
    });

    it("is asked again where an answer ends in the middle", async () => {
      acme.times(2, "GET", { kind: "truncate" });
      await acme.isRead();
      assert.deepEqual(acme.waits, [500, 1000]);
      acme.times(4, "GET", { kind: "truncate" });
      assert.equal(await acme.failsToRead(), "the connection broke off, 4 times");
    });

    it("gets the same manifest again where the first did not arrive", async () => {
      acme.times(2, "PUT", { kind: "reset" });
      acme.server.inject("PUT", answer(502));
      await acme.registry.putManifest(repository, tag("25"), image);
      assert.equal(await acme.registry.digestOf(repository, tag("25")), image.digest);
      assert.deepEqual(acme.served("PUT").slice(-4), [0, 0, 502, 201]);
    });

    it("is not waited for any longer than the time allowed", async () => {
      acme.server.inject("GET", { kind: "silence" });
      const message = await failureOf(acme.client({ timeout: 60 }).manifest(repository, tag("24")));
      assert.match(message, /: no whole answer within 0\.06 s$/);
    });
  });

  describe("and is not there", () => {
    it("says so at once", async () => {
      const { host, stop } = await startMemoryRegistry();
      await stop();
      assert.equal(
        await failureOf(acme.client({ host }).check()),
        `cannot use the registry ${host}: connection refused`,
      );
      assert.deepEqual(acme.waits, []);
    });

    it("or is something else that speaks HTTP", async () => {
      acme.server.inject("GET", answer(404, {}, "<html>\n<title>Welcome</title>"));
      assert.equal(
        await failureOf(acme.registry.check()),
        `cannot use the registry ${acme.server.host}: it does not speak the protocol of registries`,
      );
    });

    it("or is something that does not", async () => {
      const other = createServer((socket) => socket.resume().end("220 mail.example ESMTP\r\n"));
      await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
      const host = `127.0.0.1:${(other.address() as AddressInfo).port}`;
      assert.match(await failureOf(acme.client({ host }).check()), /: it does not speak HTTP \(HPE_\w+\)$/);
      await new Promise((resolve) => other.close(resolve));
    });

    it("or speaks plain HTTP where HTTPS is asked for", async () => {
      const message = await failureOf(acme.client({ plainHttp: false }).check());
      assert.match(message, /: (HTTPS was expected and it speaks something else|the connection broke off, 4 times)$/);
      assert.equal(
        acme.server.requests().some(({ path }) => path === "/v2/"),
        false,
      );
    });
  });

  describe("with what it says of an error", () => {
    const said = async (body: string): Promise<string> => {
      acme.server.inject("GET", answer(403, {}, body));
      return acme.failsToRead();
    };
    const errors = (code: string, message?: string): string => JSON.stringify({ errors: [{ code, message }] });

    it("is quoted: the code and the message", async () => {
      assert.equal(
        await said(errors("DENIED", "not yours")),
        "the registry answered 403 Forbidden (DENIED: not yours)",
      );
      assert.equal(await said(errors("DENIED")), "the registry answered 403 Forbidden (DENIED)");
    });

    it("is one line without control characters", async () => {
      const text = await said(errors("DENIED", "no\r\n\u001b[31mred\u2028\u202egnol \u0000"));
      assert.equal(text, "the registry answered 403 Forbidden (DENIED: no [31mred gnol)");
    });

    it("is cut", async () => {
      assert.match(
        await said(errors("DENIED", "x".repeat(5000))),
        /^the registry answered 403 Forbidden \(DENIED: x{192}…\)$/,
      );
      assert.equal(await said(errors("DENIED", "x".repeat(5_000_000))), "the registry answered 403 Forbidden");
    });

    for (const body of [
      "",
      "<h1>Forbidden</h1>",
      "{",
      "null",
      '{"errors":[]}',
      '{"errors":[7]}',
      '{"errors":{"code":"A"}}',
    ]) {
      it(`is left out where it is ${JSON.stringify(body)}`, async () => {
        assert.equal(await said(body), "the registry answered 403 Forbidden");
      });
    }
  });
});
