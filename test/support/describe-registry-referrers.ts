import assert from "node:assert/strict";
import type { Registry } from "../../src/ports/registry.js";
import { describeManifest, emptyBlob, makeManifest } from "../../src/ports/registry-make.js";
import { failureOf } from "./failures.js";
import { type Content, descriptor, tinyImage, upload } from "./push.js";
import type { RegistryTrial } from "./registry-trial.js";

const sbomType = "application/spdx+json";
const otherType = "application/vnd.acme.changes+json";

/** What is attached to an image: its list of one number. */
export function attachment(subject: Content, number: number, artifactType = sbomType) {
  return makeManifest({ artifactType, subject: descriptor(subject), annotations: { number: String(number) } });
}

async function imageIn(registry: Registry, repository: string): Promise<Content> {
  const image = tinyImage("one");
  await upload(registry, repository, "24", image);
  await registry.putBlob(repository, emptyBlob);
  return image;
}

/** Artifacts, and lists of what is attached to an image. */
export function describeReferrers(trial: () => RegistryTrial): void {
  it("keeps an artifact, which has no config of an image, and says what it is attached to", async () => {
    const { registry, repository } = trial();
    const image = await imageIn(registry, repository);
    const artifact = attachment(image, 1);
    await registry.putReferrer(repository, artifact);
    const found = await registry.manifest(repository, artifact.digest);
    assert.deepEqual(Buffer.from(found?.bytes ?? []), artifact.bytes);
    assert.equal(found?.artifactType, sbomType);
    assert.equal(found?.config?.mediaType, "application/vnd.oci.empty.v1+json");
    assert.deepEqual(found?.subject, descriptor(image));
    assert.deepEqual(found?.annotations, { number: "1" });
  });

  it("lists what is attached to an image, all or of a type, sorted by digest", async () => {
    const { registry, repository } = trial();
    const image = await imageIn(registry, repository);
    assert.deepEqual(await registry.referrers(repository, image.digest), []);
    const sboms = [1, 2, 3, 4].map((number) => attachment(image, number));
    const changes = attachment(image, 1, otherType);
    for (const each of [...sboms, changes]) await registry.putReferrer(repository, each);
    const expected = [...sboms, changes].map((each) => describeManifest(each));
    const sorted = expected.sort((a, b) => (a.digest < b.digest ? -1 : 1));
    assert.deepEqual(await registry.referrers(repository, image.digest), sorted);
    const [only, ...none] = await registry.referrers(repository, image.digest, otherType);
    assert.deepEqual(only, describeManifest(changes));
    assert.deepEqual(none, []);
    assert.deepEqual(await registry.referrers(repository, image.digest, "application/x"), []);
    assert.deepEqual(await registry.referrers(repository, tinyImage("other").digest), []);
  });

  it("lists an artifact once that is attached twice", async () => {
    const { registry, repository } = trial();
    const image = await imageIn(registry, repository);
    for (let time = 0; time < 3; time += 1) await registry.putReferrer(repository, attachment(image, 1));
    assert.equal((await registry.referrers(repository, image.digest)).length, 1);
  });

  it("attaches to what is not there yet", async () => {
    const { registry, repository } = trial();
    await imageIn(registry, repository);
    const later = tinyImage(`later than ${repository}`);
    await registry.putReferrer(repository, attachment(later, 1));
    assert.equal((await registry.referrers(repository, later.digest)).length, 1);
  });

  it("loses nothing that six attach at once", async () => {
    const { client, registry, repository } = trial();
    const image = await imageIn(registry, repository);
    const artifacts = [1, 2, 3, 4, 5, 6].map((number) => attachment(image, number));
    await Promise.all(artifacts.map((each) => client().putReferrer(repository, each)));
    const found = (await registry.referrers(repository, image.digest)).map(({ digest }) => digest);
    assert.deepEqual(found, artifacts.map(({ digest }) => digest).sort());
  });

  it("refuses an artifact whose content is missing", async () => {
    const { registry, repository } = trial();
    const image = await imageIn(registry, repository);
    const absent = descriptor(tinyImage("missing").layer);
    const parts = { artifactType: sbomType, subject: descriptor(image), layers: [absent] };
    const message = await failureOf(registry.putReferrer(repository, makeManifest(parts)));
    assert.match(
      message,
      /^cannot attach \S+: (.*MANIFEST_BLOB_UNKNOWN|it names sha256:[0-9a-f]{64}, which is not there)/,
    );
    assert.deepEqual(await registry.referrers(repository, image.digest), []);
  });
}
