import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Digest } from "../../src/model/reference.js";
import { openSizes } from "../../src/ports/known-sizes.js";
import { useTemporaryFolder } from "../support/folders.js";

const idOf = (number: number): Digest => `sha256:${String(number).padStart(64, "0")}` as Digest;

describe("sizes of images on disk", () => {
  const folder = useTemporaryFolder();
  const open = () => openSizes("docker", folder());

  it("are none at first, and known afterwards", () => {
    assert.equal(open().get(idOf(1)), undefined);
    open().add(new Map([[idOf(1), 0]]));
    open().add(new Map([[idOf(2), 17_500_000]]));
    assert.deepEqual([open().get(idOf(1)), open().get(idOf(2)), open().get(idOf(3))], [0, 17_500_000, undefined]);
  });

  it("are kept of so many images that a file does not grow for ever, the last", () => {
    open().add(new Map([[idOf(0), 1]]));
    open().add(new Map(Array.from({ length: 5000 }, (_, number) => [idOf(number + 1), 1])));
    assert.deepEqual([open().get(idOf(0)), open().get(idOf(1)), open().get(idOf(5000))], [undefined, 1, 1]);
  });

  for (const text of ["", "{", "null", "[]", '{"sha256:1":-1}', '{"sha256:1":"x"}'])
    it(`are none where the file is broken: ${JSON.stringify(text)}`, () => {
      mkdirSync(join(folder(), "sizes"), { recursive: true });
      writeFileSync(join(folder(), "sizes", "docker.json"), text);
      assert.equal(open().get("sha256:1" as Digest), undefined);
      open().add(new Map([[idOf(1), 7]]));
      assert.equal(open().get(idOf(1)), 7);
    });

  it("are no reason to fail where the folder cannot be written", () => {
    writeFileSync(join(folder(), "file"), "");
    const sizes = openSizes("docker", join(folder(), "file"));
    sizes.add(new Map([[idOf(1), 7]]));
    assert.equal(sizes.get(idOf(1)), 7);
  });
});
