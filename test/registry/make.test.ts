import assert from "node:assert/strict";
import {
  describeManifest,
  emptyBlob,
  emptyDescriptor,
  makeIndex,
  makeManifest,
} from "../../src/ports/registry-make.js";
import { digestOfBytes, readManifest } from "../../src/ports/registry-manifest.js";
import { descriptor, tinyImage } from "../support/push.js";

const image = tinyImage("one");
const platforms = [
  { os: "linux", architecture: "arm64", variant: "v8" },
  { os: "linux", architecture: "amd64" },
  { os: "linux", architecture: "arm", variant: "v7" },
];
const images = platforms.map((platform) => ({ platform, ...descriptor(tinyImage(JSON.stringify(platform))) }));

describe("a manifest that is made", () => {
  it("says of itself what a reader finds in its bytes", () => {
    const parts = {
      artifactType: "application/spdx+json",
      layers: [descriptor(image.layer)],
      annotations: { b: "2", a: "1" },
    };
    for (const made of [
      makeManifest({ ...parts, subject: descriptor(image) }),
      makeManifest({ config: descriptor(image.config), layers: [descriptor(image.layer)] }),
      makeIndex({ manifests: images, annotations: { b: "2", a: "1" } }),
    ])
      assert.deepEqual(made, readManifest(made.bytes, made.mediaType));
  });

  it("is the same where its parts are in another order", () => {
    const [layer] = [descriptor(image.layer)];
    const other = { size: layer.size, digest: layer.digest, mediaType: layer.mediaType };
    const subject = { ...descriptor(image), platform: { os: "linux", architecture: "amd64" }, annotations: { x: "y" } };
    assert.equal(
      makeManifest({
        artifactType: "a/b",
        layers: [layer],
        subject: descriptor(image),
        annotations: { a: "1", b: "2" },
      }).digest,
      makeManifest({ annotations: { b: "2", a: "1" }, subject, layers: [other], artifactType: "a/b" }).digest,
    );
  });

  it("is bytes that never change, or everything would be published anew", () => {
    const made = makeManifest({ artifactType: "a/b", subject: descriptor(image), annotations: { b: "2", a: "1" } });
    const empty = `{"mediaType":"application/vnd.oci.empty.v1+json","digest":"${emptyBlob.digest}","size":2}`;
    const type = "application/vnd.oci.image.manifest.v1+json";
    const subject = `{"mediaType":"${type}","digest":"${image.digest}","size":${image.bytes.length}}`;
    assert.equal(
      Buffer.from(made.bytes).toString(),
      `{"schemaVersion":2,"mediaType":"${type}","artifactType":"a/b","config":${empty},"layers":[${empty}],"subject":${subject},"annotations":{"a":"1","b":"2"}}`,
    );
  });

  it("has the empty config that the specification gives, and then a type", () => {
    // image-spec, "Guidance for an Empty Descriptor".
    const digest = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    assert.deepEqual(emptyDescriptor, { mediaType: "application/vnd.oci.empty.v1+json", digest, size: 2 });
    assert.throws(() => makeManifest({}), /needs an artifact type/);
  });
});

describe("an index that is made", () => {
  it("is sorted by platform, so that builds in any order publish the same", () => {
    const made = makeIndex({ manifests: images });
    assert.deepEqual(
      made.manifests.map(({ platform }) => [platform?.architecture, platform?.variant]),
      [
        ["amd64", undefined],
        ["arm", "v7"],
        ["arm64", "v8"],
      ],
    );
    assert.equal(makeIndex({ manifests: [...images].reverse() }).digest, made.digest);
    assert.equal(digestOfBytes(made.bytes), made.digest);
  });

  it("names a manifest by its platform, and a list of referrers by its type", () => {
    const artifact = makeManifest({ artifactType: "a/b", subject: descriptor(image), annotations: { n: "1" } });
    const { mediaType, digest, bytes } = artifact;
    const named = { mediaType, digest, size: bytes.length };
    assert.deepEqual(describeManifest(artifact), { ...named, artifactType: "a/b", annotations: { n: "1" } });
    const [platform] = platforms;
    assert.deepEqual(describeManifest(artifact, platform), { ...named, platform });
    const config = { ...descriptor(image.config), mediaType: "application/vnd.acme.config+json" };
    assert.equal(describeManifest(makeManifest({ config })).artifactType, "application/vnd.acme.config+json");
  });
});
