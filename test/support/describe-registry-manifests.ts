import assert from "node:assert/strict";
import { failureOf } from "./failures.js";
import { descriptor, indexOf, indexType, tag, tinyImage, upload } from "./push.js";
import type { RegistryTrial } from "./registry-trial.js";

/** Manifests, indexes and tags. */
export function describeManifests(trial: () => RegistryTrial): void {
  it("lets a client in", async () => {
    const { registry, host } = trial();
    assert.equal(registry.host, host);
    await registry.check();
  });

  it("gives back a manifest as it was pushed, by its tag and by its digest, and says what is in it", async () => {
    const { registry, repository } = trial();
    const image = tinyImage("one");
    await upload(registry, repository, "24", image);
    const { digest, mediaType, bytes } = image;
    const parts = { config: descriptor(image.config), layers: [descriptor(image.layer)], manifests: [] };
    for (const name of [tag("24"), digest]) {
      const found = await registry.manifest(repository, name);
      assert.deepEqual({ ...found, bytes: Buffer.from(found?.bytes ?? []) }, { digest, mediaType, bytes, ...parts });
    }
  });

  it("has nothing under a tag that is not there, nor in a repository that is not", async () => {
    const { registry, repository } = trial();
    await upload(registry, repository, "24", tinyImage("one"));
    for (const name of [repository, `${repository}/none`]) {
      assert.equal(await registry.manifest(name, tag("25")), undefined);
      assert.equal(await registry.manifest(name, tinyImage("other").digest), undefined);
      assert.equal(await registry.digestOf(name, tag("25")), undefined);
      assert.equal(await registry.digestOf(name, tinyImage("other").digest), undefined);
    }
    assert.deepEqual(await registry.tags(`${repository}/none`), []);
    assert.deepEqual(await registry.referrers(`${repository}/none`, tinyImage("other").digest), []);
  });

  it("gives an image another tag", async () => {
    const { registry, repository } = trial();
    const image = tinyImage("one");
    await upload(registry, repository, "24.1", image);
    const manifest = await registry.manifest(repository, image.digest);
    assert.ok(manifest);
    await registry.putManifest(repository, tag("24"), manifest);
    for (const name of ["24", "24.1"]) assert.equal(await registry.digestOf(repository, tag(name)), image.digest);
  });

  it("moves a tag, and keeps what it pointed at under its digest", async () => {
    const { registry, repository } = trial();
    const [older, newer] = [tinyImage("older"), tinyImage("newer")];
    await upload(registry, repository, "24", older);
    await upload(registry, repository, newer.digest, newer);
    assert.equal(await registry.digestOf(repository, tag("24")), older.digest);
    await registry.putManifest(repository, tag("24"), newer);
    assert.equal(await registry.digestOf(repository, tag("24")), newer.digest);
    assert.equal((await registry.manifest(repository, older.digest))?.digest, older.digest);
    assert.deepEqual(await registry.tags(repository), ["24"]);
  });

  it("moves a tag that is where it was seen last, and says so of one that is not", async () => {
    const { registry, repository } = trial();
    const [older, newer, other] = [tinyImage("older"), tinyImage("newer"), tinyImage("other")];
    for (const image of [older, newer, other]) await upload(registry, repository, image.digest, image);
    const move = (from: typeof older | undefined, manifest: typeof older): Promise<boolean> =>
      registry.moveTag(repository, tag("24"), { from: from?.digest, manifest });
    assert.equal(await move(older, newer), false);
    assert.equal(await registry.digestOf(repository, tag("24")), undefined);
    assert.equal(await move(undefined, older), true);
    assert.equal(await move(undefined, other), false);
    assert.equal(await move(older, newer), true);
    assert.equal(await move(older, other), false);
    assert.equal(await registry.digestOf(repository, tag("24")), newer.digest);
    assert.equal(await move(older, newer), true, "it is there already");
  });

  it("keeps an index of images, which has no config, and says which it names for which platform", async () => {
    const { registry, repository } = trial();
    const images = [tinyImage("one"), tinyImage("two")];
    for (const image of images) await upload(registry, repository, image.digest, image);
    const index = indexOf(...images);
    await registry.putManifest(repository, tag("24"), index);
    const found = await registry.manifest(repository, tag("24"));
    assert.equal(found?.digest, index.digest);
    assert.equal(found?.mediaType, indexType);
    assert.equal("config" in found, false);
    assert.deepEqual(found.layers, []);
    const platform = { os: "linux", architecture: "amd64" };
    const expected = images.map((image) => ({ ...descriptor(image), platform }));
    assert.deepEqual(found.manifests, expected);
  });

  it("refuses a manifest whose blobs are missing", async () => {
    const { registry, repository, host, onePool } = trial();
    const image = tinyImage("elsewhere");
    // Where each repository has its own, those of another are missing.
    if (!onePool) await upload(registry, `${repository}/other`, "24", image);
    const absent = onePool ? tinyImage("nowhere") : image;
    const message = await failureOf(registry.putManifest(repository, tag("24"), absent));
    assert.ok(message.startsWith(`cannot write ${host}/${repository}:24: `), message);
    assert.match(
      message,
      /400 Bad Request \(MANIFEST_BLOB_UNKNOWN: |: it names sha256:[0-9a-f]{64}, which is not there$/,
    );
    assert.equal(await registry.digestOf(repository, tag("24")), undefined);
  });

  it("refuses an index whose manifests are missing", async () => {
    const { registry, repository } = trial();
    await upload(registry, repository, "24", tinyImage("one"));
    const message = await failureOf(registry.putManifest(repository, tag("25"), indexOf(tinyImage("absent"))));
    assert.match(message, /:25: .*(MANIFEST_BLOB_UNKNOWN: |it names sha256:[0-9a-f]{64}, which is not there$)/);
    assert.equal(await registry.digestOf(repository, tag("25")), undefined);
  });

  it("refuses a manifest under a digest that is another's, and one that is no JSON", async () => {
    const { registry, repository } = trial();
    const [image, other] = [tinyImage("one"), tinyImage(`other than in ${repository}`)];
    await upload(registry, repository, "24", image);
    await failureOf(registry.putManifest(repository, other.digest, image));
    await failureOf(registry.putManifest(repository, tag("25"), { ...image, bytes: Buffer.from("{") }));
    assert.deepEqual(await registry.tags(repository), ["24"]);
    assert.equal(await registry.manifest(repository, other.digest), undefined);
  });

  it("lists its tags in order, each once", async () => {
    const { registry, repository } = trial();
    const image = tinyImage("one");
    await upload(registry, repository, "24", image);
    for (const each of ["latest", "24", "24.1-dev", "Z", "24-dev"])
      await registry.putManifest(repository, tag(each), image);
    assert.deepEqual(await registry.tags(repository), ["24", "24-dev", "24.1-dev", "Z", "latest"]);
  });

  it("loses no tag of two publishers who write at once", async () => {
    const { client, registry, repository } = trial();
    const image = tinyImage("one");
    await upload(registry, repository, "a0", image);
    const names = ["a", "b"].map((name) => Array.from({ length: 10 }, (_, index) => tag(`${name}${index}`)));
    const publish = async (tags: readonly ReturnType<typeof tag>[]): Promise<void> => {
      const own = client();
      for (const each of tags) await own.putManifest(repository, each, image);
    };
    await Promise.all(names.map(publish));
    assert.deepEqual(await registry.tags(repository), names.flat());
  });

  it("gives the labels of an image's config", async () => {
    const { registry, repository } = trial();
    const image = tinyImage("one");
    await upload(registry, repository, "24", image);
    const config = await registry.config(repository, image.config.digest);
    assert.deepEqual(config, { labels: { label: "one" }, os: "linux", architecture: "amd64" });
  });

  it("refuses a name that is none, before anything is asked or written", async () => {
    const { registry } = trial();
    for (const name of ["../../etc", "Acme", "acme/../x", "", "acme:1"])
      assert.match(await failureOf(registry.putManifest(name, tag("24"), tinyImage("one"))), /not the name of a repos/);
  });
}
