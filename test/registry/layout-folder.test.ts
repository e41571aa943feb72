import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Digest } from "../../src/model/reference.js";
import { createLayoutRegistry } from "../../src/ports/layout-registry.js";
import { blobOf, type Registry } from "../../src/ports/registry.js";
import { failureOf } from "../support/failures.js";
import { useTemporaryFolder } from "../support/folders.js";
import { tag, tinyImage, upload } from "../support/push.js";

const repository = "acme/node";
const image = tinyImage("one");

describe("the folder of an OCI image layout", () => {
  const temporary = useTemporaryFolder();
  let folder: string;
  let registry: Registry;

  beforeEach(() => {
    folder = join(temporary(), "above", "layout");
    registry = createLayoutRegistry(folder);
  });

  const blobFile = (digest: Digest): string => join(folder, "blobs", "sha256", digest.slice("sha256:".length));
  const readIndex = () => JSON.parse(readFileSync(join(folder, "index.json"), "utf8"));
  /** Why neither a reader nor a writer can use the folder. */
  const refusals = async (): Promise<string> => {
    const message = await failureOf(registry.manifest(repository, tag("24")));
    const start = `cannot read oci:${folder}/${repository}:24: `;
    assert.equal(message.slice(0, start.length), start);
    const written = await failureOf(upload(registry, repository, "24", image));
    assert.equal(written.slice(written.indexOf(": ") + 2), message.slice(start.length));
    return message.slice(start.length);
  };

  it("is not made by who reads", async () => {
    await registry.check();
    assert.equal(await registry.manifest(repository, tag("24")), undefined);
    assert.deepEqual(await registry.tags(repository), []);
    assert.equal(await registry.hasBlob(repository, image.config.digest), false);
    assert.match(await failureOf(registry.blob(repository, image.config.digest, 1000)), /: it is not there$/);
    assert.equal(existsSync(join(temporary(), "above")), false);
  });

  it("has what the specification asks for, and nothing else once all is written", async () => {
    await upload(registry, repository, "24", image);
    assert.deepEqual(readdirSync(folder).sort(), ["blobs", "index.json", "oci-layout"]);
    assert.equal(readFileSync(join(folder, "oci-layout"), "utf8"), '{"imageLayoutVersion":"1.0.0"}');
    const { digest, mediaType, bytes } = image;
    const annotations = { "org.opencontainers.image.ref.name": "acme/node:24" };
    assert.deepEqual(readIndex(), {
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.index.v1+json",
      manifests: [{ mediaType, digest, size: bytes.length, annotations }],
    });
    const blobs = [image, image.config, image.layer].map((each) => each.digest.slice("sha256:".length));
    assert.deepEqual(readdirSync(join(folder, "blobs", "sha256")).sort(), blobs.sort());
  });

  it("has no manifest under the digest of a config or a layer, which lie beside it", async () => {
    await upload(registry, repository, "24", image);
    for (const { digest } of [image.config, image.layer])
      assert.equal(await registry.manifest(repository, digest), undefined);
  });

  it("may be empty", async () => {
    mkdirSync(folder, { recursive: true });
    await upload(registry, repository, "24", image);
    assert.deepEqual(await registry.tags(repository), ["24"]);
  });

  it("is refused where it is somebody else's", async () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "letter.txt"), "Dear Ada");
    assert.equal(
      await refusals(),
      "that folder is no OCI image layout and not empty; name a new folder, or one that is a layout",
    );
    assert.match(await failureOf(registry.check()), /^cannot use oci:\S+: that folder is no OCI image layout/);
    assert.deepEqual(readdirSync(folder), ["letter.txt"]);
  });

  it("is refused where it is a file", async () => {
    mkdirSync(join(folder, ".."));
    writeFileSync(folder, "");
    assert.equal(await refusals(), "not a directory");
  });

  for (const [version, said] of [
    ['{"imageLayoutVersion":"2.0.0"}', "2.0.0"],
    ["{}", "unknown"],
    ["[", "unknown"],
    ["null", "unknown"],
  ])
    it(`is refused where its version is ${version}`, async () => {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "oci-layout"), version ?? "");
      assert.equal(await refusals(), `its image layout has version ${said}, and 1.0.0 is the one that is known`);
    });

  for (const text of ["{", "[]", '{"schemaVersion":2,"manifests":{}}', '{"schemaVersion":2,"manifests":[7]}'])
    it(`is refused where its index is ${text}, which stays as it is`, async () => {
      await upload(registry, repository, "24", image);
      writeFileSync(join(folder, "index.json"), text);
      assert.equal(await refusals(), "its index.json is no image index");
      assert.equal(readFileSync(join(folder, "index.json"), "utf8"), text);
    });

  it("leads nowhere else by a link", async () => {
    await upload(registry, repository, "24", image);
    const secret = join(temporary(), "secret");
    writeFileSync(secret, "a secret");
    for (const path of [join(folder, "index.json"), blobFile(image.digest)]) {
      const before = readFileSync(path);
      rmSync(path);
      symlinkSync(secret, path);
      assert.match(await failureOf(registry.manifest(repository, tag("24"))), / is no regular file$/);
      rmSync(path);
      writeFileSync(path, before);
    }
    rmSync(join(folder, "blobs"), { recursive: true });
    mkdirSync(join(temporary(), "elsewhere"));
    symlinkSync(join(temporary(), "elsewhere"), join(folder, "blobs"));
    assert.match(await failureOf(registry.putBlob(repository, blobOf(Buffer.from("x")))), /blobs is no folder$/);
    assert.deepEqual(readdirSync(join(temporary(), "elsewhere")), []);
  });

  it("is never left by a name", async () => {
    await upload(registry, repository, "24", image);
    const digest = "sha256:../../../../secret" as Digest;
    const blob = { ...blobOf(Buffer.from("x")), digest };
    for (const asked of [
      registry.blob(repository, digest, 1000),
      registry.hasBlob(repository, digest),
      registry.putBlob(repository, blob),
      registry.config(repository, digest),
    ])
      assert.match(await failureOf(asked), /: that is not a sha256 digest$/);
    assert.match(await failureOf(registry.manifest(repository, digest)), /neither a tag nor a sha256 digest$/);
    assert.deepEqual(readdirSync(temporary()), ["above"]);
    assert.deepEqual(readdirSync(join(folder, "..")), ["layout"]);
  });

  it("keeps what others wrote in its index", async () => {
    await upload(registry, repository, "24", image);
    const index = readIndex();
    const others = [
      {
        ...index.manifests[0],
        annotations: { "org.opencontainers.image.ref.name": "latest", other: "x" },
        urls: ["u"],
      },
      { ...index.manifests[0], annotations: null, digest: `sha512:${"0".repeat(128)}` },
    ];
    const changed = { ...index, manifests: [...others, ...index.manifests], annotations: { by: "another" } };
    writeFileSync(join(folder, "index.json"), JSON.stringify(changed));
    const newer = tinyImage("newer");
    await upload(registry, repository, "24", newer);
    const after = readIndex();
    assert.deepEqual(after.annotations, { by: "another" });
    assert.deepEqual(after.manifests.slice(0, 2), others);
    assert.equal(after.manifests[2].digest, newer.digest);
    assert.equal(after.manifests.length, 3);
    assert.deepEqual(await registry.tags(repository), ["24"]);
  });

  it("notices content that has changed, and puts right what was cut", async () => {
    await upload(registry, repository, "24", image);
    writeFileSync(blobFile(image.layer.digest), Buffer.alloc(1024, "x"));
    const message = await failureOf(registry.blob(repository, image.layer.digest, 1024));
    assert.match(message, /: it promised sha256:[0-9a-f]{64} and answered with sha256:[0-9a-f]{64}$/);
    truncateSync(blobFile(image.layer.digest), 10);
    assert.match(await failureOf(registry.putManifest(repository, tag("25"), image)), /which is not there$/);
    assert.equal(await registry.putBlob(repository, blobOf(image.layer.bytes)), "uploaded");
    await registry.putManifest(repository, tag("25"), image);
    assert.deepEqual(Buffer.from(await registry.blob(repository, image.layer.digest, 1024)), image.layer.bytes);
  });

  it("says that what a tag points at is gone, and lets it be written again", async () => {
    await upload(registry, repository, "24", image);
    rmSync(blobFile(image.digest));
    assert.match(
      await failureOf(registry.manifest(repository, tag("24"))),
      /: its index names sha256:\w+, which is not there$/,
    );
    assert.equal(await registry.digestOf(repository, tag("24")), undefined);
    await upload(registry, repository, "24", image);
    assert.equal(await registry.digestOf(repository, tag("24")), image.digest);
  });

  it("is rid of what a killed run left, a day after", async () => {
    await upload(registry, repository, "24", image);
    const [old, fresh] = ["1", "2"].map((name) => join(folder, `.ingot-${name}.tmp`)) as [string, string];
    for (const path of [old, fresh]) writeFileSync(path, "half");
    utimesSync(old, new Date(0), new Date(0));
    await upload(registry, repository, "25", image);
    assert.equal(existsSync(old), false);
    assert.equal(existsSync(fresh), true);
  });
});
