import assert from "node:assert/strict";
import { failureOf } from "../support/failures.js";
import { answer, image, repository, useFalteringRegistry } from "../support/faltering-registry.js";
import { imageType, indexOf, indexType, tag, tinyImage } from "../support/push.js";

describe("a registry that answers wrongly", () => {
  const acme = useFalteringRegistry();

  describe("with a manifest", () => {
    const other = `sha256:${"0".repeat(64)}`;

    it("is not believed where its digest is not that of the bytes", async () => {
      acme.server.inject("GET", { kind: "change", headers: { "docker-content-digest": other } });
      assert.equal(await acme.failsToRead(), `it promised ${other} and answered with ${image.digest}`);
    });

    it("is not believed where it answers a digest with something else", async () => {
      const body = tinyImage("two").bytes.toString();
      acme.server.inject("GET", { kind: "change", body, headers: { "docker-content-digest": "" } });
      const message = await failureOf(acme.registry.manifest(repository, image.digest));
      assert.match(message, new RegExp(`@${image.digest}: it promised ${image.digest} and answered with sha256:`));
    });

    it("is believed where it says no digest, or one of another algorithm", async () => {
      for (const digest of ["", "sha512:abc"]) {
        acme.server.inject("GET", { kind: "change", headers: { "docker-content-digest": digest } });
        await acme.isRead();
      }
    });

    it("is not read beyond 4 MiB, and is up to there", async () => {
      const padded = (length: number): string => image.bytes.toString().padEnd(length, " ");
      acme.server.inject("GET", { kind: "change", body: padded(4 * 1024 * 1024 + 1) });
      assert.equal(await acme.failsToRead(), "it answered with more than 4194304 bytes");
      acme.server.inject("GET", {
        kind: "change",
        body: padded(4 * 1024 * 1024),
        headers: { "docker-content-digest": "" },
      });
      assert.equal((await acme.registry.manifest(repository, tag("24")))?.bytes.length, 4 * 1024 * 1024);
    });

    it("is left where it does not end", async () => {
      acme.server.inject("GET", { kind: "endless" });
      assert.equal(await acme.failsToRead(), "it answered with more than 4194304 bytes");
      assert.deepEqual(acme.waits, []);
    });

    const document = JSON.parse(image.bytes.toString()) as Record<string, unknown>;
    const index = JSON.parse(indexOf(image).bytes.toString()) as Record<string, unknown>;
    const malformed: Readonly<Record<string, unknown>> = {
      "no JSON": "{",
      "no object": [],
      "of schema 1": { ...document, schemaVersion: 1 },
      "without layers": { ...document, layers: undefined },
      "without a config": { ...document, config: undefined },
      "with a config that has no digest": {
        ...document,
        config: { mediaType: imageType, size: 2, digest: "sha256:0" },
      },
      "with a layer of a negative size": {
        ...document,
        layers: [{ mediaType: imageType, size: -1, digest: image.digest }],
      },
      "both a manifest and an index": { ...document, manifests: index["manifests"] },
    };
    for (const [what, value] of Object.entries(malformed)) {
      it(`that is ${what} is refused`, async () => {
        const body = typeof value === "string" ? value : JSON.stringify(value);
        acme.server.inject("GET", { kind: "change", body, headers: { "docker-content-digest": "" } });
        assert.equal(await acme.failsToRead(), "what it answered is no image manifest or index");
      });
    }

    it("that is not UTF-8 is refused", async () => {
      const text = JSON.stringify({ ...document, annotations: { name: "?" } });
      const body = Buffer.from(text, "latin1");
      body[text.indexOf("?")] = 0xff;
      acme.server.inject("GET", { kind: "answer", status: 200, headers: { "content-type": imageType }, body });
      assert.equal(await acme.failsToRead(), "what it answered is no image manifest or index");
    });

    it("is refused under another media type than its own, or one that is no image's", async () => {
      acme.server.inject("GET", { kind: "change", headers: { "content-type": indexType } });
      assert.equal(await acme.failsToRead(), `it served ${indexType} for a manifest that calls itself ${imageType}`);
      const body = JSON.stringify({ ...document, mediaType: undefined });
      acme.server.inject("GET", {
        kind: "change",
        body,
        headers: { "docker-content-digest": "", "content-type": "text/html" },
      });
      assert.equal(await acme.failsToRead(), "it answered with media type text/html, which is not an image's");
    });

    it("is taken with parameters to its media type, and with the media type in it alone", async () => {
      for (const type of [`${imageType}; charset=utf-8`, ""]) {
        acme.server.inject("GET", { kind: "change", headers: { "content-type": type } });
        await acme.isRead();
      }
    });
  });

  describe("with digests", () => {
    it("is asked for the manifest where it does not say the digest in a header, or knows no HEAD", async () => {
      for (const fault of [
        { kind: "change", headers: { "docker-content-digest": "" } },
        answer(405),
        answer(501),
      ] as const) {
        acme.server.inject("HEAD", fault);
        assert.equal(await acme.registry.digestOf(repository, tag("24")), image.digest);
      }
      assert.deepEqual(acme.served("GET"), [200, 200, 200]);
    });

    it("is not believed to have stored another manifest than the one given", async () => {
      const other = `sha256:${"0".repeat(64)}`;
      acme.server.inject("PUT", { kind: "change", headers: { "docker-content-digest": other } });
      const message = await failureOf(acme.registry.putManifest(repository, tag("25"), image));
      assert.equal(
        message,
        `cannot write ${acme.server.host}/${repository}:25: it stored ${other} instead of ${image.digest}`,
      );
    });

    it("is asked what it stored where it does not say", async () => {
      acme.server.inject("PUT", { kind: "change", headers: { "docker-content-digest": "" } });
      await acme.registry.putManifest(repository, tag("25"), image);
      acme.server.inject("PUT", answer(201));
      const message = await failureOf(acme.registry.putManifest(repository, tag("26"), image));
      assert.match(message, /:26: it stored nothing instead of sha256:/);
    });

    it("is not believed about a config that is another, nor one that is none", async () => {
      const asked = (): Promise<string> => failureOf(acme.registry.config(repository, image.config.digest));
      acme.server.inject("GET", { kind: "change", body: tinyImage("two").config.bytes.toString() });
      assert.match(await asked(), new RegExp(`: it promised ${image.config.digest} and answered with sha256:`));
      assert.match(
        await failureOf(acme.registry.config(repository, image.layer.digest)),
        /: what it answered is no image config$/,
      );
    });
  });
});
