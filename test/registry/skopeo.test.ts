import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { createLayoutRegistry } from "../../src/ports/layout-registry.js";
import { createRegistry } from "../../src/ports/registry.js";
import { makeIndex } from "../../src/ports/registry-make.js";
import { useTemporaryFolder } from "../support/folders.js";
import { descriptor, tag, tinyImage, upload } from "../support/push.js";
import { type RegistryServer, requireProgram, requireRegistry, startRegistry } from "../support/registry-server.js";

const repository = "ingot/node";
const images = { amd64: tinyImage("one"), arm64: tinyImage("two") };
const index = makeIndex({
  manifests: Object.entries(images).map(([architecture, image]) => ({
    ...descriptor(image),
    platform: { os: "linux", architecture },
  })),
});

describe("skopeo", () => {
  const folder = useTemporaryFolder();
  before(function () {
    requireProgram(this, "skopeo");
  });

  const skopeo = (...options: readonly string[]): string =>
    execFileSync("skopeo", options, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const publish = async (): Promise<string> => {
    const path = join(folder(), "layout");
    const registry = createLayoutRegistry(path);
    for (const image of Object.values(images)) await upload(registry, repository, image.digest, image);
    await registry.putManifest(repository, tag("24.16.0-alpine3.24-dev"), images.amd64);
    await registry.putManifest(repository, tag("24"), index);
    return path;
  };

  it("reads an image and an index from a layout, by their tags", async () => {
    const path = await publish();
    const image = JSON.parse(skopeo("inspect", `oci:${path}:${repository}:24.16.0-alpine3.24-dev`));
    assert.equal(image.Digest, images.amd64.digest);
    assert.deepEqual(image.Labels, { label: "one" });
    for (const [architecture, label] of [
      ["amd64", "one"],
      ["arm64", "two"],
    ] as const) {
      const config = skopeo("--override-arch", architecture, "inspect", "--config", `oci:${path}:${repository}:24`);
      assert.deepEqual(JSON.parse(config).config.Labels, { label });
    }
    assert.equal(skopeo("inspect", "--raw", `oci:${path}:${repository}:24`), index.bytes.toString());
    assert.throws(() => skopeo("inspect", `oci:${path}:${repository}:25`), /no descriptor found/);
  });

  describe("and a real registry", () => {
    let server: RegistryServer | undefined;
    before(async function () {
      requireRegistry(this);
      server = await startRegistry();
    });
    after(() => server?.stop());

    it("carry an index from a layout to a network, and back, with the same digest", async () => {
      const host = server?.host ?? "";
      const path = await publish();
      const there = `docker://${host}/${repository}:24`;
      const copy = ["--insecure-policy", "copy", "--all", "--preserve-digests"];
      skopeo(...copy, "--dest-tls-verify=false", `oci:${path}:${repository}:24`, there);
      const registry = createRegistry({ host, credentials: async () => undefined });
      assert.equal(await registry.digestOf(repository, tag("24")), index.digest);
      const again = join(folder(), "again");
      skopeo(...copy, "--src-tls-verify=false", there, `oci:${again}:${repository}:24`);
      const read = createLayoutRegistry(again);
      assert.equal(await read.digestOf(repository, tag("24")), index.digest);
      const manifests = (await read.manifest(repository, tag("24")))?.manifests ?? [];
      assert.deepEqual(
        manifests.map(({ digest, platform }) => [platform?.architecture, digest]),
        Object.entries(images).map(([architecture, { digest }]) => [architecture, digest]),
      );
      assert.deepEqual(await read.tags(repository), ["24"]);
    });
  });
});
