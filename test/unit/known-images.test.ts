import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Digest } from "../../src/model/reference.js";
import type { EngineImage } from "../../src/ports/engine.js";
import { openKnownImages } from "../../src/ports/known-images.js";
import { useTemporaryFolder } from "../support/folders.js";

const imageOf = (number: number, size = 1): EngineImage => ({
  id: `sha256:${String(number).padStart(64, "0")}` as Digest,
  labels: { a: "b" },
  user: "65532:65532",
  size,
});

describe("what an engine said of images", () => {
  const folder = useTemporaryFolder();
  const open = () => openKnownImages("docker", folder());
  const known = (number: number) => open().get(imageOf(number).id);

  it("is nothing at first, and known afterwards", () => {
    assert.equal(known(1), undefined);
    open().add([imageOf(1, 0)]);
    open().add([imageOf(2, 17_500_000)]);
    assert.deepEqual([known(1), known(2), known(3)], [imageOf(1, 0), imageOf(2, 17_500_000), undefined]);
  });

  it("is let go with the images that an engine has no more, so that a file does not grow for ever", () => {
    const images = open();
    images.add([imageOf(1), imageOf(2)]);
    images.retain(new Set([imageOf(2).id, imageOf(3).id]));
    assert.deepEqual([images.get(imageOf(1).id), images.get(imageOf(2).id)], [undefined, imageOf(2)]);
    images.add([imageOf(3)]);
    assert.deepEqual([known(1), known(2), known(3)], [undefined, imageOf(2), imageOf(3)]);
  });

  for (const text of ["", "{", "null", "[]", '{"sha256:1":7}', '{"sha256:1":{"labels":{},"user":"","size":-1}}'])
    it(`is nothing where the file is broken: ${JSON.stringify(text)}`, () => {
      mkdirSync(join(folder(), "images"), { recursive: true });
      writeFileSync(join(folder(), "images", "docker.json"), text);
      assert.equal(open().get("sha256:1" as Digest), undefined);
      open().add([imageOf(1)]);
      assert.deepEqual(known(1), imageOf(1));
    });

  it("is no reason to fail where the folder cannot be written", () => {
    writeFileSync(join(folder(), "file"), "");
    const images = openKnownImages("docker", join(folder(), "file"));
    images.add([imageOf(1)]);
    assert.deepEqual(images.get(imageOf(1).id), imageOf(1));
  });
});
