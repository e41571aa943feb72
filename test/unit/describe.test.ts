import assert from "node:assert/strict";
import { join } from "node:path";
import { type Image, imagesOf } from "../../src/model/image.js";
import { parseDigest } from "../../src/model/reference.js";
import { hostPlatform } from "../../src/ports/host.js";
import { describeImage, sbomFile } from "../../src/stages/describe.js";
import { readTree, useTemporaryFolder } from "../support/folders.js";
import { contentOf } from "../support/image-content.js";
import { openGood, writeResolvedCatalog } from "../support/resolved-catalog.js";

function digestOf(digit: string) {
  const digest = parseDigest(`sha256:${digit.repeat(64)}`);
  assert.ok(digest !== undefined);
  return digest;
}

const content = {
  ...contentOf({
    files: ["/usr/lib/libc.so.6"],
    texts: {
      "/var/lib/dpkg/status.d/libc6": "Package: libc6\nVersion: 2.41-12\nArchitecture: arm64\n",
      "/var/lib/dpkg/status.d/libc6.md5sums": `${"0".repeat(32)}  usr/lib/libc.so.6\n`,
    },
  }),
  // That of no machine that the tests run on.
  architecture: "riscv64",
};

describe("a built image", () => {
  const folder = useTemporaryFolder();

  function someImage(): Image {
    writeResolvedCatalog(join(folder(), "catalog"));
    const image = imagesOf(openGood(join(folder(), "catalog")).plan).find(
      ({ id }) => id === "python/3.13/trixie/runtime",
    );
    assert.ok(image !== undefined);
    return image;
  }

  const contextOf = (root: string, image: Image, digit: string) => {
    const read: string[] = [];
    const built = new Map([[image.id, { id: digestOf(digit), labels: {}, user: "", size: 0 }]]);
    const readContent = async (reference: string) => {
      read.push(reference);
      return content;
    };
    return { root, built, readContent, platform: hostPlatform, read };
  };

  it("gets its bill of materials in a file of its own below build/", async () => {
    const image = someImage();
    await describeImage(image, contextOf(join(folder(), "out"), image, "1"));
    const tree = readTree(join(folder(), "out"));
    assert.deepEqual(Object.keys(tree), ["build/sbom/python/3.13/trixie/runtime.spdx.json"]);
    const text = tree[sbomFile(image, hostPlatform)] ?? "";
    const spdx = JSON.parse(text);
    assert.equal(spdx.name, `docker.io/acme/python:${image.tags[0]}`);
    assert.equal(spdx.packages[0].versionInfo, image.version.text);
    assert.equal(spdx.creationInfo.created, new Date(image.sourceDateEpoch * 1000).toISOString().replace(".000", ""));
    assert.ok(text.includes(`pkg:oci/python@${content.digest}?arch=riscv64&`));
    assert.equal(spdx.packages[0].checksums[0].checksumValue, content.digest.replace("sha256:", ""));
    assert.ok(text.includes("pkg:deb/debian/libc6@2.41-12?arch=arm64&distro=debian-13"));
  });

  it("keeps it while the engine has the same id for it, without being read, and gets another with another", async () => {
    const image = someImage();
    const first = contextOf(folder(), image, "1");
    await describeImage(image, first);
    await describeImage(image, first);
    assert.deepEqual(first.read, [`docker.io/acme/python:${image.tags[0]}`]);
    const before = readTree(folder())[sbomFile(image, hostPlatform)];
    const second = contextOf(folder(), image, "2");
    await describeImage(image, second);
    assert.equal(second.read.length, 1);
    assert.notEqual(readTree(folder())[sbomFile(image, hostPlatform)], before);
  });
});
