import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { type BlobSource, blobOf } from "../../src/ports/registry.js";
import { digestOfBytes } from "../../src/ports/registry-manifest.js";
import { failureOf } from "./failures.js";
import { tag, tinyImage, upload } from "./push.js";
import type { RegistryTrial } from "./registry-trial.js";

let blobs = 0;

/** Bytes that nobody has pushed. */
function freshBytes(size = 1000): Buffer {
  blobs += 1;
  return Buffer.alloc(size, `${process.pid} ${blobs} `);
}

const counting = (blob: BlobSource) => {
  let opened = 0;
  const open = () => {
    opened += 1;
    return blob.open();
  };
  return { ...blob, open, opened: () => opened };
};

/** Blobs: there, uploaded, mounted. */
export function describeBlobs(trial: () => RegistryTrial): void {
  it("takes a blob, and has it from then on", async () => {
    const { registry, repository } = trial();
    const bytes = freshBytes();
    const blob = blobOf(bytes);
    assert.equal(await registry.hasBlob(repository, blob.digest), false);
    assert.equal(await registry.putBlob(repository, blob), "uploaded");
    assert.equal(await registry.hasBlob(repository, blob.digest), true);
    assert.deepEqual(Buffer.from(await registry.blob(repository, blob.digest, 1000)), bytes);
  });

  it("is sent no blob that it has", async () => {
    const { registry, repository } = trial();
    const blob = counting(blobOf(freshBytes()));
    assert.equal(await registry.putBlob(repository, blob), "uploaded");
    assert.equal(await registry.putBlob(repository, blob), "there");
    assert.equal(blob.opened(), 1);
  });

  it("takes a blob as a stream of many pieces, and an empty one", async () => {
    const { registry, repository } = trial();
    const bytes = freshBytes(3_000_000);
    const pieces = Array.from({ length: 300 }, (_, index) => bytes.subarray(index * 10_000, (index + 1) * 10_000));
    const streamed = { digest: digestOfBytes(bytes), size: bytes.length, open: () => Readable.from(pieces) };
    assert.equal(await registry.putBlob(repository, streamed), "uploaded");
    assert.deepEqual(Buffer.from(await registry.blob(repository, streamed.digest, 3_000_000)), bytes);
    const empty = blobOf(new Uint8Array());
    await registry.putBlob(repository, empty);
    assert.equal((await registry.blob(repository, empty.digest, 0)).length, 0);
  });

  it("takes a blob from another repository that has it, without a byte of it", async () => {
    const { registry, repository, onePool } = trial();
    const blob = counting(blobOf(freshBytes()));
    await registry.putBlob(`${repository}/base`, blob);
    assert.equal(await registry.hasBlob(repository, blob.digest), onePool);
    const arrived = await registry.putBlob(repository, blob, [repository, `${repository}/none`, `${repository}/base`]);
    assert.equal(arrived, onePool ? "there" : "mounted");
    assert.equal(blob.opened(), 1);
    assert.equal(await registry.hasBlob(repository, blob.digest), true);
  });

  it("takes a blob from here where no other repository has it", async () => {
    const { registry, repository } = trial();
    const blob = blobOf(freshBytes());
    assert.equal(await registry.putBlob(repository, blob, [`${repository}/none`, `${repository}/nor`]), "uploaded");
    assert.equal(await registry.hasBlob(repository, blob.digest), true);
  });

  it("refuses a blob that is not what its digest promises, or has another size", async () => {
    const { registry, repository } = trial();
    const bytes = freshBytes();
    const { digest, size, open } = blobOf(bytes);
    const other = blobOf(freshBytes());
    assert.match(await failureOf(registry.putBlob(repository, { digest, size, open: other.open })), /DIGEST|promised/);
    for (const wrong of [size - 1, size + 1])
      assert.match(
        await failureOf(registry.putBlob(repository, { digest, size: wrong, open })),
        new RegExp(`: the blob has (more|less) than its ${wrong} bytes$`),
      );
    assert.equal(await registry.hasBlob(repository, digest), false);
    assert.equal(await registry.hasBlob(repository, other.digest), false);
  });

  it("says that a blob cannot be read here", async () => {
    const { registry, repository } = trial();
    const { digest, size } = blobOf(freshBytes());
    const open = () => Readable.from(failing());
    assert.match(await failureOf(registry.putBlob(repository, { digest, size, open })), /no such file or directory$/);
    assert.equal(await registry.hasBlob(repository, digest), false);
  });

  it("takes the same blob from two publishers at once", async () => {
    const { client, registry, repository } = trial();
    const bytes = freshBytes(500_000);
    const both = await Promise.all([1, 2].map(() => client().putBlob(repository, blobOf(bytes))));
    assert.ok(both.includes("uploaded"));
    assert.deepEqual(Buffer.from(await registry.blob(repository, digestOfBytes(bytes), 500_000)), bytes);
  });

  it("gives no blob that was not pushed, nor one that is longer than the limit", async () => {
    const { registry, repository } = trial();
    const image = tinyImage("one");
    await upload(registry, repository, "24", image);
    const absent = await failureOf(registry.blob(repository, digestOfBytes(freshBytes()), 1000));
    assert.match(absent, /^cannot read \S+@sha256:[0-9a-f]{64}: (.*404 Not Found \(BLOB_UNKNOWN: |it is not there$)/);
    const long = await failureOf(registry.blob(repository, image.layer.digest, 1023));
    assert.match(long, /more than 1023 bytes$/);
    assert.equal((await registry.blob(repository, image.layer.digest, 1024)).length, 1024);
    assert.equal(await registry.manifest(repository, tag("25")), undefined);
  });
}

async function* failing(): AsyncGenerator<Uint8Array> {
  yield freshBytes(10);
  throw Object.assign(new Error("ENOENT: no such file or directory, open '/x'"), { code: "ENOENT" });
}
