import assert from "node:assert/strict";
import { blobOf, createRegistry, type Registry } from "../../src/ports/registry.js";
import { describeRegistry } from "./describe-registry.js";
import { imageType, indexType, pushBlob, pushImage, putManifest, tag, tinyImage } from "./push.js";

export interface HttpRegistry {
  readonly host: string;
  readonly stop: () => Promise<void>;
  /** What was answered so far, oldest first; paths are with their queries. */
  readonly requests: () =>
    | readonly { readonly method: string; readonly path: string; readonly status: number }[]
    | Promise<readonly { readonly method: string; readonly path: string; readonly status: number }[]>;
}

let repositories = 0;

/** What every registry must do, and what one must that speaks the distribution spec: by which requests, and to any client. */
export function describeHttpRegistry(name: string, start: (suite: Mocha.Context) => Promise<HttpRegistry>): void {
  describeRegistry(name, async (suite) => {
    const { host, stop } = await start(suite);
    return { host, stop, onePool: false, client: () => createRegistry({ host, credentials: async () => undefined }) };
  });

  describe(`the protocol of a registry: ${name}`, () => {
    let running: HttpRegistry | undefined;
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
      repository = `protocol/r${repositories}`;
    });

    /** `HEAD /v2/…/manifests/24 200` of the requests to this test's repository since `work` began. */
    const requestsDuring = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
      const before = (await running?.requests())?.length ?? 0;
      await work();
      const since = ((await running?.requests()) ?? []).slice(before);
      return since.map(({ method, path, status }) => `${method} ${path.replace(`/v2/${repository}`, "")} ${status}`);
    };

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

    it("gives a repository the blob of another one in two requests", async () => {
      const { config } = tinyImage("shared");
      await pushBlob(host, `${repository}/base`, config);
      const others = [repository, `${repository}/base`, `${repository}/none`];
      const asked = await requestsDuring(async () =>
        assert.equal(await registry.putBlob(repository, blobOf(config.bytes), others), "mounted"),
      );
      assert.deepEqual(
        asked.map((each) => each.replace(/\?.*(?= )/, "?…")),
        [`HEAD /blobs/${config.digest} 404`, "POST /blobs/uploads/?… 201"],
      );
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

    it("lists all its tags to a client that asks for two at a time", async () => {
      const image = tinyImage("one");
      const tags = ["a", "b", "c", "d"].map(tag);
      await pushImage(host, repository, "a", image);
      for (const each of tags) await registry.putManifest(repository, each, image);
      assert.deepEqual(await createRegistry({ host, pageSize: 2 }).tags(repository), tags);
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
