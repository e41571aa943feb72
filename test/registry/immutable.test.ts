import assert from "node:assert/strict";
import type { Referrer } from "../../src/ports/registry.js";
import { describeManifest, emptyBlob, makeManifest } from "../../src/ports/registry-make.js";
import { failureOf } from "../support/failures.js";
import { image, repository, useFalteringRegistry } from "../support/faltering-registry.js";
import { type Reply, refusal } from "../support/memory-store.js";
import { descriptor, pushImage, tag, tinyImage, upload } from "../support/push.js";

const other = tinyImage("other");

/** What registries are known to answer where a tag would be overwritten, or say they do. */
const known: Readonly<Record<string, Reply>> = {
  "Amazon ECR": refusal(
    400,
    "TAG_INVALID",
    "The image tag '24' already exists in the 'acme/node' repository and cannot be overwritten because the tag is immutable.",
  ),
  "Amazon ECR, by its own code": refusal(400, "ImageTagAlreadyExistsException", "tag 24"),
  Harbor: refusal(412, "PRECONDITION", "Failed to process request due to 'node:24' configured as immutable."),
  "Harbor, without a word": { status: 412 },
  "Google Artifact Registry": refusal(400, "MANIFEST_INVALID", "Tag immutability is enabled: tag 24 cannot be updated"),
  "a repository of releases": refusal(400, "UNKNOWN", "Repository does not allow updating assets: releases"),
  "a registry with locks": refusal(409, "DENIED", "locked"),
  "a registry of the specification's words": refusal(403, "DENIED", "tag is immutable"),
};

describe("a registry whose tags are immutable", () => {
  const acme = useFalteringRegistry();

  for (const [name, immutable] of Object.entries(known)) {
    describe(`as ${name} refuses it`, () => {
      beforeEach(async () => {
        await acme.restart({ immutable });
        await pushImage(acme.server.host, repository, "24", image);
        await pushImage(acme.server.host, repository, other.digest, other);
      });

      it("is told in one line, with the tag, what it is and what to do", async () => {
        const message = await failureOf(acme.registry.putManifest(repository, tag("24"), other));
        const start = `cannot write ${acme.server.host}/${repository}:24: tags are immutable there and 24 is ${image.digest} (${immutable.status} `;
        assert.equal(message.slice(0, start.length), start);
        assert.match(
          message,
          /\); let 24 be overwritten in the registry's settings, or publish to another repository$/,
        );
        assert.equal(await acme.registry.digestOf(repository, tag("24")), image.digest);
        assert.deepEqual(acme.waits, []);
      });

      it("takes a tag that is right for right", async () => {
        await acme.registry.putManifest(repository, tag("24"), image);
      });

      it("takes new tags, and manifests by their digest", async () => {
        await acme.registry.putManifest(repository, tag("25"), other);
        await acme.registry.putManifest(repository, other.digest, other);
        assert.equal(await acme.registry.digestOf(repository, tag("25")), other.digest);
      });
    });
  }

  it("keeps what is attached first, and says that its list of referrers cannot grow", async () => {
    await acme.restart({ immutable: known["Amazon ECR"] as Reply });
    await pushImage(acme.server.host, repository, "24", image);
    await acme.registry.putBlob(repository, emptyBlob);
    const [first, second] = ["1", "2"].map((number) =>
      makeManifest({ artifactType: "application/spdx+json", subject: descriptor(image), annotations: { number } }),
    ) as [Referrer, Referrer];
    await acme.registry.putReferrer(repository, first);
    const message = await failureOf(acme.registry.putReferrer(repository, second));
    assert.match(message, /^cannot attach \S+: tags are immutable there and sha256-[0-9a-f]{64} is sha256:/);
    const listed = await acme.registry.referrers(repository, image.digest);
    assert.deepEqual(listed, [describeManifest(first)]);
  });

  it("is not what is said of one that refuses for another reason", async () => {
    await upload(acme.registry, repository, other.digest, other);
    for (const [status, code] of [
      [400, "MANIFEST_INVALID"],
      [403, "DENIED"],
      [405, "UNSUPPORTED"],
    ] as const) {
      acme.server.inject("PUT", { kind: "answer", ...refusal(status, code, "no") });
      const message = await failureOf(acme.registry.putManifest(repository, tag("24"), other));
      assert.match(message, new RegExp(`:24: the registry answered ${status} [A-Za-z ]+ \\(${code}: no\\)$`));
    }
    // A tag that is not there cannot have been overwritten.
    acme.server.inject("PUT", { kind: "answer", ...refusal(400, "TAG_INVALID", "bad tag") });
    const message = await failureOf(acme.registry.putManifest(repository, tag("25"), other));
    assert.match(message, /:25: the registry answered 400 Bad Request \(TAG_INVALID: bad tag\)$/);
  });
});
