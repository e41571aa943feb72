import assert from "node:assert/strict";
import { changesType, sbomType } from "../../src/model/changes.js";
import { type Digest, parseDigest, type RepositoryName, type Tag } from "../../src/model/reference.js";
import type { SbomEntry } from "../../src/model/sbom-reader.js";
import type { Verification } from "../../src/model/verification.js";
import { createRegistry } from "../../src/ports/registry.js";
import { readPublishedChanges } from "../../src/stages/published-changes.js";
import { verifyPublished } from "../../src/stages/verify-published.js";
import { failureOf } from "../support/failures.js";
import { labels, previousDigest, type TestRepository, useRepository } from "../support/published.js";
import { type Content, imageType, tag } from "../support/push.js";
import { type RegistryServer, requireRegistry, startRegistry } from "../support/registry-server.js";
import { sbomOf } from "../support/sbom.js";

const packages: readonly SbomEntry[] = [
  { name: "libc6", version: "2.41-12", architecture: "amd64" },
  { name: "lua5.4", version: "5.4.7-1", architecture: "amd64" },
];
const older = packages.map((each) => ({ ...each, version: `${each.version}~` }));

describe("what is judged of something published, in Debian's docker-registry", () => {
  let registry: RegistryServer;
  let lua: TestRepository;

  before(async function () {
    requireRegistry(this);
    registry = await startRegistry();
    lua = useRepository(registry.host, "acme/lua");
  });
  after(() => registry?.stop());

  const placeOf = (repository: string) => ({
    registry: createRegistry({ host: registry.host }),
    repository: repository as RepositoryName,
  });

  /** As if everything was signed but what is named. */
  const verify = (name: Tag | Digest, unsigned: readonly Digest[] = [], repository = "acme/lua") =>
    verifyPublished(name, {
      place: placeOf(repository),
      signature: async (digest) => (unsigned.includes(digest) ? "unsigned" : "signed"),
    });

  const findingsOf = async (image: Content): Promise<readonly string[]> => {
    const { images, findings } = await verify(image.digest);
    assert.deepEqual([images.length, findings], [1, []]);
    return images[0]?.findings ?? [];
  };

  /** An image with all that belongs to it. */
  async function complete(): Promise<Content> {
    const image = await lua.image();
    await lua.describe(image, packages);
    await lua.tell(image, older, packages);
    return image;
  }

  it("is right where signature, bill of materials, changes and labels are, and says what was read", async () => {
    const image = await complete();
    await lua.tag("5.4", image);
    const reference = `${registry.host}/acme/lua@${image.digest}`;
    const right = { reference, platform: "linux/amd64", findings: [], packages: 2 };
    assert.deepEqual(await verify(tag("5.4")), { reference, findings: [], images: [right] } satisfies Verification);
  });

  it("is wrong without a signature, and with one of another key", async () => {
    const image = await complete();
    assert.deepEqual((await verify(image.digest, [image.digest])).images[0]?.findings, ["it is not signed"]);
    const signature = async () => "signed-by-others" as const;
    const { images } = await verifyPublished(image.digest, { place: placeOf("acme/lua"), signature });
    assert.deepEqual(images[0]?.findings, ["it is signed, and not with this key"]);
  });

  it("is wrong without a bill of materials", async () => {
    assert.deepEqual(await findingsOf(await lua.image()), ["it has no bill of materials"]);
  });

  it("is wrong where the bill of materials is another image's", async () => {
    const [image, other] = [await lua.image(), await lua.image()];
    await lua.attach(image, sbomType, sbomOf(packages, { name: "ingot/lua", digest: other.digest }));
    assert.deepEqual(await findingsOf(image), [`its bill of materials is of another image: ${other.digest}`]);
  });

  it("is wrong where the bill of materials and the labels differ", async () => {
    const image = await lua.image();
    await lua.attach(image, sbomType, sbomOf(packages, { name: "ingot/lua", version: "5.4.6", digest: image.digest }));
    assert.deepEqual(await findingsOf(image), [
      'its bill of materials says that its version is "5.4.6", and it is "5.4.7"',
    ]);
    const arm = await lua.image({ architecture: "arm64" });
    await lua.describe(arm, packages);
    assert.deepEqual(await findingsOf(arm), [
      'its bill of materials says that its architecture is "amd64", and it is "arm64"',
    ]);
  });

  it("is wrong where the bill of materials is none", async () => {
    const image = await lua.image();
    await lua.attach(image, sbomType, "{}");
    assert.deepEqual(await findingsOf(image), [
      "its bill of materials cannot be used: it is no SPDX 2.3 document as Ingot writes them: spdxVersion is not as it should be",
    ]);
  });

  it("is right where somebody attached another document of that type beside the right one", async () => {
    const image = await complete();
    await lua.attach(image, sbomType, '{ "spdxVersion": "SPDX-2.3", "name": "another tool" }');
    assert.deepEqual(await findingsOf(image), []);
  });

  it("is wrong where what is listed as attached belongs to another image, or is not there", async () => {
    const [image, other] = [await lua.image(), await lua.image()];
    const stranger = await lua.describe(other, packages);
    const missing = parseDigest(`sha256:${"0".repeat(64)}`) as Digest;
    for (const [digest, reason] of [
      [stranger.digest, "it says that it belongs to something else"],
      [missing, "it is listed, and not there"],
    ] as const) {
      const place = placeOf("acme/lua");
      const { images } = await verifyPublished(image.digest, {
        place: {
          ...place,
          registry: { ...place.registry, referrers: async () => [{ mediaType: imageType, digest, size: 1 }] },
        },
        signature: async () => "signed",
      });
      assert.deepEqual(images[0]?.findings, [
        `its bill of materials cannot be used: ${reason}`,
        `its changes cannot be used: ${reason}`,
      ]);
    }
  });

  it("is wrong where a document has more bytes than it may", async () => {
    const image = await complete();
    await lua.attach(image, changesType, " ".repeat(17 * 1024 * 1024));
    const [finding, ...more] = await findingsOf(image);
    assert.match(finding ?? "", /^its changes cannot be used: cannot read \S+@sha256:[0-9a-f]{64}: /);
    assert.deepEqual(more, []);
  });

  it("is wrong where the changes and the bill of materials differ", async () => {
    const image = await lua.image();
    await lua.describe(image, packages);
    const [libc] = packages as [SbomEntry];
    await lua.tell(image, [libc], [{ name: "zlib1g", version: "1.3", architecture: "amd64" }]);
    assert.deepEqual(await findingsOf(image), [
      "its changes say that zlib1g 1.3 came, and is not in it",
      "its changes say that libc6 2.41-12 went, and is in it",
    ]);
  });

  it("is wrong where the changes are another image's, or are none", async () => {
    const [image, other] = [await complete(), await complete()];
    await lua.attach(image, changesType, JSON.stringify({ schemaVersion: 1, current: other, reasons: [] }));
    await lua.attach(image, changesType, "{");
    const findings = await findingsOf(image);
    assert.deepEqual([...findings].sort(), [
      `its changes are those of another image: ${other.digest}`,
      "its changes cannot be used: it is no list of changes",
    ]);
  });

  it("is wrong without a label, and with one that cannot be", async () => {
    for (const name of Object.keys(labels)) {
      const { [name]: _, ...others } = labels;
      const image = await lua.image({ labels: others });
      assert.ok((await findingsOf(image)).includes(`it has no label ${name}`));
    }
    const image = await lua.image({ labels: { ...labels, "org.opencontainers.image.created": "\u001b[2J" } });
    const [finding = ""] = await findingsOf(image);
    assert.equal(finding, 'its label org.opencontainers.image.created is "\\u001b[2J", which cannot be');
  });

  it("is wrong in the repository of another language, and with a manifest that says something else", async () => {
    const other = useRepository(registry.host, "acme/perl");
    const annotations = { "org.opencontainers.image.version": "5.4.6", "org.example.other": "x" };
    const image = await other.image({ annotations });
    await other.describe(image, packages);
    const { images } = await verify(image.digest, [], "acme/perl");
    assert.deepEqual(images[0]?.findings, [
      'its label org.opencontainers.image.title says "ingot/lua", and it is in acme/perl',
      'its manifest says "5.4.6" for org.opencontainers.image.version, and its label does not',
    ]);
  });

  it("is each image of an index, and the index's own signature", async () => {
    const [amd64, arm64] = [await complete(), await lua.image({ architecture: "arm64" })];
    const index = await lua.index("5.4-index", { "linux/amd64": amd64, "linux/arm/v7": arm64 });
    const { reference, findings, images } = await verify(tag("5.4-index"), [index.digest]);
    assert.equal(reference, `${registry.host}/acme/lua@${index.digest}`);
    assert.deepEqual(findings, ["it is not signed"]);
    assert.deepEqual(
      images.map((image) => [image.platform, image.findings]),
      [
        ["linux/amd64", []],
        ["linux/arm/v7", ["it is published for linux/arm/v7, and made for linux/arm64", "it has no bill of materials"]],
      ],
    );
  });

  it("passes over what a builder keeps of a build in an index", async () => {
    const image = await complete();
    await lua.index("5.4-attested", { "linux/amd64": image, "unknown/unknown": await lua.image() });
    assert.deepEqual(
      (await verify(tag("5.4-attested"))).images.map(({ platform }) => platform),
      ["linux/amd64"],
    );
  });

  it("is a failure where nothing is there, or no image is", async () => {
    assert.match(await failureOf(verify(tag("6"))), /^127\.0\.0\.1:\d+\/acme\/lua:6 is not there$/);
    await lua.index("5.4-empty", {});
    assert.match(await failureOf(verify(tag("5.4-empty"))), /:5\.4-empty is an index of 0 images$/);
  });

  it("has changes to tell, of each platform", async () => {
    const image = await complete();
    const bare = await lua.image();
    await lua.attach(bare, changesType, "{");
    await lua.index("5.4-changed", { "linux/amd64": image, "linux/arm64": bare });
    const [told, none] = await readPublishedChanges(tag("5.4-changed"), placeOf("acme/lua"));
    assert.equal(told?.platform, "linux/amd64");
    assert.deepEqual(told?.unusable, []);
    assert.equal(told?.changes[0]?.previous?.digest, previousDigest);
    assert.deepEqual(
      told?.changes[0]?.packages?.updated.map(({ name }) => name),
      ["libc6", "lua5.4"],
    );
    assert.deepEqual(
      [none?.platform, none?.changes, none?.unusable],
      ["linux/arm64", [], ["it is no list of changes"]],
    );
  });
});
