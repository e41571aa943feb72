import assert from "node:assert/strict";
import type { Registry } from "../../src/ports/registry.js";
import { fallbackTag } from "../../src/ports/registry-fallback.js";
import { describeManifest, emptyBlob, makeIndex } from "../../src/ports/registry-make.js";
import { attachment } from "../support/describe-registry-referrers.js";
import { failureOf } from "../support/failures.js";
import { answer, image, repository, useFalteringRegistry } from "../support/faltering-registry.js";
import { pushImage, putManifest } from "../support/push.js";

const indexType = "application/vnd.oci.image.index.v1+json";
const [one, two, three] = [1, 2, 3].map((number) => attachment(image, number)) as [
  ReturnType<typeof attachment>,
  ReturnType<typeof attachment>,
  ReturnType<typeof attachment>,
];
const list = fallbackTag(image.digest);

describe("what is attached to an image", () => {
  const acme = useFalteringRegistry();
  const listed = async (): Promise<readonly string[]> =>
    (await acme.registry.referrers(repository, image.digest)).map(({ digest }) => digest);
  const overwrite = async (...artifacts: readonly (typeof one)[]): Promise<void> => {
    const index = makeIndex({ manifests: artifacts.map((each) => describeManifest(each)) });
    const put = { ...index, bytes: Buffer.from(index.bytes) };
    assert.equal((await putManifest(acme.server.host, repository, list, put)).status, 201);
  };

  describe("where a registry keeps no list", () => {
    beforeEach(() => acme.registry.putBlob(repository, emptyBlob));

    for (const status of [400, 404, 405, 406, 501])
      it(`is read from the tag for it, after ${status}`, async () => {
        await acme.registry.putReferrer(repository, one);
        acme.server.inject("GET", answer(status));
        assert.deepEqual(await listed(), [one.digest]);
      });

    it("is read from the tag for it, after a page for people", async () => {
      await acme.registry.putReferrer(repository, one);
      acme.server.inject("GET", answer(200, { "content-type": "text/html" }, "<h1>Welcome</h1>"));
      assert.deepEqual(await listed(), [one.digest]);
    });

    for (const status of [401, 403, 505])
      it(`is not guessed after ${status}`, async () => {
        acme.server.inject("GET", answer(status));
        const message = await failureOf(acme.registry.referrers(repository, image.digest));
        assert.match(
          message,
          new RegExp(`^cannot list what is attached to \\S+@${image.digest}: the registry answered`),
        );
      });

    it("is listed again where another writer lost it after it was written", async () => {
      await acme.registry.putReferrer(repository, two);
      let moments = 0;
      const sleep = async (): Promise<void> => {
        moments += 1;
        // Read before `one` was in the list, written after.
        if (moments === 1) await overwrite(two);
      };
      await acme.client({ sleep }).putReferrer(repository, one);
      assert.equal(moments, 2);
      assert.deepEqual(await listed(), [one.digest, two.digest].sort());
    });

    it("is read again before it is written again, where it could not be written at first", async () => {
      for (const each of [two, three]) await acme.registry.putReferrer(repository, each);
      for (const fault of [answer(503), answer(500), { kind: "early", status: 503 } as const]) {
        await overwrite(three);
        let moments = 0;
        const sleep = async (): Promise<void> => {
          moments += 1;
          if (moments === 1) await overwrite(two);
        };
        // The artifact is written, its list is not.
        acme.server.inject("PUT", { kind: "change" });
        acme.server.inject("PUT", fault);
        await acme.client({ sleep }).putReferrer(repository, one);
        assert.deepEqual(await listed(), [one.digest, two.digest].sort());
      }
    });

    it("is given up where the registry cannot write it", async () => {
      acme.server.inject("PUT", { kind: "change" });
      acme.times(4, "PUT", answer(503));
      const message = await failureOf(acme.registry.putReferrer(repository, one));
      assert.match(message, /: the registry answered 503 Service Unavailable after 4 tries$/);
      assert.deepEqual(acme.waits, [500, 1000, 2000]);
    });

    it("is given up where others overwrite it all the time", async () => {
      await acme.registry.putReferrer(repository, two);
      const client: Registry = acme.client({ sleep: () => overwrite(two) });
      const message = await failureOf(client.putReferrer(repository, one));
      assert.match(message, /: others write the list of referrers sha256-[0-9a-f]{64} all the time; run this again$/);
    });

    it("is kept as others wrote it, with what this client does not know", async () => {
      for (const each of [one, two]) await acme.registry.putReferrer(repository, each);
      const other = { ...describeManifest(one), data: "e30=", urls: ["https://acme.example/"] };
      const index = { schemaVersion: 2, mediaType: indexType, manifests: [other], annotations: { by: "another" } };
      const bytes = Buffer.from(JSON.stringify(index));
      await putManifest(acme.server.host, repository, list, { mediaType: indexType, bytes, digest: one.digest });
      await acme.registry.putReferrer(repository, three);
      const found = await acme.registry.manifest(repository, list);
      const after = JSON.parse(Buffer.from(found?.bytes ?? []).toString());
      assert.deepEqual(after, { ...index, manifests: [other, describeManifest(three)] });
    });

    it("is not lost in what is no list: that is left alone, and said", async () => {
      await pushImage(acme.server.host, repository, list, image);
      const message = await failureOf(acme.registry.putReferrer(repository, one));
      assert.match(message, /: what is under the tag for referrers is no list of them$/);
      assert.equal(await acme.registry.digestOf(repository, list), image.digest);
    });
  });

  describe("where a registry keeps a list", () => {
    const restart = async (options = {}): Promise<void> => {
      await acme.restart({ referrers: "all", ...options });
      await pushImage(acme.server.host, repository, "24", image);
      await acme.registry.putBlob(repository, emptyBlob);
    };

    it("is written with one request, and no tag", async () => {
      await restart();
      const before = acme.server.requests().length;
      await acme.registry.putReferrer(repository, one);
      const asked = acme.server.requests().slice(before);
      assert.deepEqual(
        asked.map(({ method, path, status }) => `${method} ${path} ${status}`),
        [`PUT /v2/${repository}/manifests/${one.digest} 201`],
      );
      assert.deepEqual(await acme.registry.tags(repository), ["24"]);
    });

    it("is read page by page, and filtered where the registry does not filter", async () => {
      await restart({ pageSize: 1 });
      const other = attachment(image, 4, "application/x");
      for (const each of [one, other, two, three]) await acme.registry.putReferrer(repository, each);
      assert.deepEqual(await listed(), [one, two, three, other].map(({ digest }) => digest).sort());
      const found = await acme.registry.referrers(repository, image.digest, "application/x");
      assert.deepEqual(
        found.map(({ digest }) => digest),
        [other.digest],
      );
    });

    it("is read to its end where its pages go in a circle", async () => {
      await restart({ pageSize: 1 });
      for (const each of [one, two]) await acme.registry.putReferrer(repository, each);
      const link = `</v2/${repository}/referrers/${image.digest}>; rel="next"`;
      acme.times(2, "GET", { kind: "change", headers: { link } });
      assert.equal((await listed()).length, 1);
    });

    it("is refused where a later page is none", async () => {
      await restart({ pageSize: 1 });
      for (const each of [one, two]) await acme.registry.putReferrer(repository, each);
      const next = `</v2/${repository}/referrers/${image.digest}?from=1>; rel="next"`;
      acme.server.inject("GET", { kind: "change", headers: { link: next } });
      acme.server.inject("GET", answer(404));
      const message = await failureOf(acme.registry.referrers(repository, image.digest));
      assert.match(message, /: what it answered is no list of referrers$/);
    });

    it("is read without those that this client cannot follow", async () => {
      await restart();
      const strange = { mediaType: indexType, size: 2, digest: `sha512:${"0".repeat(128)}` };
      const manifests = [strange, describeManifest(one), 7, null, { digest: one.digest }];
      const body = JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests });
      acme.server.inject("GET", answer(200, { "content-type": indexType }, body));
      assert.deepEqual(await listed(), [one.digest]);
    });
  });
});
