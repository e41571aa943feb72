import assert from "node:assert/strict";
import { createRegistry, type Registry } from "../../src/ports/registry.js";
import { failureOf } from "./failures.js";
import { descriptor, imageType, indexOf, indexType, pushBlob, pushImage, putManifest, tag, tinyImage } from "./push.js";

export interface RunningRegistry {
  readonly host: string;
  readonly stop: () => Promise<void>;
  /** What was answered so far, oldest first; paths are with their queries. */
  readonly requests: () =>
    | readonly { readonly method: string; readonly path: string; readonly status: number }[]
    | Promise<readonly { readonly method: string; readonly path: string; readonly status: number }[]>;
}

let repositories = 0;

/** What every registry that Ingot is used with must do, the one of the tests as much as a real one. */
export function describeRegistry(name: string, start: (suite: Mocha.Context) => Promise<RunningRegistry>): void {
  describe(`registry: ${name}`, () => {
    let running: RunningRegistry | undefined;
    let registry: Registry;
    let host: string;
    let repository: string;

    before(async function () {
      running = await start(this);
      host = running.host;
      registry = createRegistry({ host, credentials: async () => undefined });
    });
    after(() => running?.stop());
    beforeEach(() => {
      repositories += 1;
      repository = `contract/r${repositories}`;
    });

    /** `HEAD /v2/…/manifests/24 200` of the requests to this test's repository since `work` began. */
    const requestsDuring = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
      const before = (await running?.requests())?.length ?? 0;
      await work();
      const since = ((await running?.requests()) ?? []).slice(before);
      return since.map(({ method, path, status }) => `${method} ${path.replace(`/v2/${repository}`, "")} ${status}`);
    };

    it("lets a client in", async () => {
      assert.equal(registry.host, host);
      await registry.check();
    });

    it("gives back a manifest as it was pushed, by its tag and by its digest", async () => {
      const image = tinyImage("one");
      await pushImage(host, repository, "24", image);
      const { digest, mediaType, bytes } = image;
      for (const name of [tag("24"), digest]) {
        const found = await registry.manifest(repository, name);
        assert.deepEqual(
          { ...found, bytes: Buffer.from(found?.bytes ?? []) },
          {
            digest,
            mediaType,
            bytes,
            config: descriptor(image.config),
            layers: [descriptor(image.layer)],
            manifests: [],
          },
        );
      }
    });

    it("has nothing under a tag that is not there, nor in a repository that is not", async () => {
      await pushImage(host, repository, "24", tinyImage("one"));
      for (const name of [repository, `${repository}/none`]) {
        assert.equal(await registry.manifest(name, tag("25")), undefined);
        assert.equal(await registry.manifest(name, tinyImage("other").digest), undefined);
        assert.equal(await registry.digestOf(name, tag("25")), undefined);
      }
      assert.deepEqual(await registry.tags(`${repository}/none`), []);
    });

    it("says what a tag points at without sending the manifest", async () => {
      const image = tinyImage("one");
      await pushImage(host, repository, "24", image);
      const asked = await requestsDuring(async () =>
        assert.equal(await registry.digestOf(repository, tag("24")), image.digest),
      );
      assert.deepEqual(asked, ["HEAD /manifests/24 200"]);
    });

    it("gives an image another tag in one request, without a blob", async () => {
      const image = tinyImage("one");
      await pushImage(host, repository, "24.1", image);
      const manifest = await registry.manifest(repository, image.digest);
      assert.ok(manifest);
      const asked = await requestsDuring(() => registry.putManifest(repository, tag("24"), manifest));
      assert.deepEqual(asked, ["PUT /manifests/24 201"]);
      assert.equal(await registry.digestOf(repository, tag("24")), image.digest);
      assert.equal(await registry.digestOf(repository, tag("24.1")), image.digest);
    });

    it("moves a tag, and keeps what it pointed at under its digest", async () => {
      const [older, newer] = [tinyImage("older"), tinyImage("newer")];
      await pushImage(host, repository, "24", older);
      await pushImage(host, repository, newer.digest, newer);
      assert.equal(await registry.digestOf(repository, tag("24")), older.digest);
      await registry.putManifest(repository, tag("24"), newer);
      assert.equal(await registry.digestOf(repository, tag("24")), newer.digest);
      assert.equal((await registry.manifest(repository, older.digest))?.digest, older.digest);
    });

    it("keeps an index of images, which has no config", async () => {
      const images = [tinyImage("one"), tinyImage("two")];
      for (const image of images) await pushImage(host, repository, image.digest, image);
      const index = indexOf(...images);
      await registry.putManifest(repository, tag("24"), index);
      const found = await registry.manifest(repository, tag("24"));
      assert.equal(found?.digest, index.digest);
      assert.equal(found?.mediaType, indexType);
      assert.equal("config" in found, false);
      const platform = { os: "linux", architecture: "amd64" };
      assert.deepEqual(
        found.manifests,
        images.map((image) => ({ ...descriptor(image), platform })),
      );
    });

    it("refuses a manifest whose blobs are in another repository only", async () => {
      const image = tinyImage("elsewhere");
      await pushImage(host, `${repository}/other`, "24", image);
      const message = await failureOf(registry.putManifest(repository, tag("24"), image));
      assert.match(
        message,
        /^cannot write 127\.0\.0\.1:\d+\/contract\/r\d+:24: the registry answered 400 Bad Request \(MANIFEST_BLOB_UNKNOWN: /,
      );
      assert.equal(await registry.digestOf(repository, tag("24")), undefined);
    });

    it("refuses an index whose manifests are missing", async () => {
      await pushImage(host, repository, "24", tinyImage("one"));
      const message = await failureOf(registry.putManifest(repository, tag("25"), indexOf(tinyImage("absent"))));
      assert.match(message, /:25: the registry answered 400 Bad Request \(MANIFEST_BLOB_UNKNOWN: /);
    });

    it("refuses a manifest under a digest that is another's, and one that is no JSON", async () => {
      const image = tinyImage("one");
      await pushImage(host, repository, "24", image);
      assert.equal((await putManifest(host, repository, tinyImage("two").digest, image)).status, 400);
      assert.equal((await putManifest(host, repository, "25", { ...image, bytes: Buffer.from("{") })).status, 400);
    });

    it("gives a manifest to none who does not accept its media type", async () => {
      const image = tinyImage("one");
      await pushImage(host, repository, "24", image);
      const ask = (accept: string): Promise<Response> =>
        fetch(`http://${host}/v2/${repository}/manifests/24`, { headers: { accept } });
      assert.equal((await ask(indexType)).status, 404);
      assert.equal((await ask(imageType)).status, 200);
    });

    it("lists its tags in order, each once", async () => {
      const image = tinyImage("one");
      const tags = ["latest", "24", "24.1-dev", "Z", "24-dev"].map(tag);
      await pushImage(host, repository, "24", image);
      for (const each of tags) await registry.putManifest(repository, each, image);
      assert.deepEqual(await registry.tags(repository), ["24", "24-dev", "24.1-dev", "Z", "latest"]);
    });

    it("lists all its tags to a client that asks for two at a time", async () => {
      const image = tinyImage("one");
      const tags = ["a", "b", "c", "d"].map(tag);
      await pushImage(host, repository, "a", image);
      for (const each of tags) await registry.putManifest(repository, each, image);
      assert.deepEqual(await createRegistry({ host, pageSize: 2 }).tags(repository), tags);
    });

    it("gives the labels of an image's config", async () => {
      const image = tinyImage("one");
      await pushImage(host, repository, "24", image);
      const config = await registry.config(repository, image.config.digest);
      assert.deepEqual(config, { labels: { label: "one" }, os: "linux", architecture: "amd64" });
    });

    it("has no config that was not pushed", async () => {
      await pushImage(host, repository, "24", tinyImage("one"));
      const message = await failureOf(registry.config(repository, tinyImage("two").config.digest));
      assert.match(
        message,
        /^cannot read \S+@sha256:[0-9a-f]{64}: the registry answered 404 Not Found \(BLOB_UNKNOWN: /,
      );
    });

    it("puts a blob together from chunks", async () => {
      const { config } = tinyImage("in chunks");
      assert.equal((await pushBlob(host, repository, config, 3)).status, 201);
      const blob = await fetch(`http://${host}/v2/${repository}/blobs/${config.digest}`);
      assert.deepEqual(Buffer.from(await blob.arrayBuffer()), config.bytes);
    });

    it("refuses a blob that is not what its digest promises", async () => {
      const { config, layer } = tinyImage("one");
      assert.equal((await pushBlob(host, repository, { ...config, digest: layer.digest })).status, 400);
      assert.equal(
        (await fetch(`http://${host}/v2/${repository}/blobs/${layer.digest}`, { method: "HEAD" })).status,
        404,
      );
    });
  });
}
