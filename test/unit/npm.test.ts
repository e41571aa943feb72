import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../../src/model/failure.js";
import { npmPack, npmVersions } from "../../src/ports/npm.js";
import { useTemporaryFolder } from "../support/folders.js";
import { type Published, useNpmRegistry } from "../support/npm-registry.js";

const tarball = Buffer.from("not read here");
const packages: Published = {
  tool: {
    "1.0.0": { tarball },
    "1.1.0": { deprecated: "has a hole" },
    "1.2.0": { integrity: "" },
    "2.0.0": { integrity: `sha1-${"a".repeat(27)}= sha512-${"b".repeat(86)}==` },
    "2.1.0": { integrity: `sha1-${"a".repeat(27)}=` },
    "2.2.0": { integrity: "sha512-../../x" },
  },
  "@acme/tool-linux": { "1.0.0": { tarball } },
};

describe("npm", function () {
  this.timeout(60_000);
  const cache = useTemporaryFolder();
  const folder = useTemporaryFolder();
  const registry = useNpmRegistry(packages, cache);

  it("says which versions fit a range, each with its strongest checksum and whether it is deprecated", async () => {
    const versions = await npmVersions("tool", ">=1");
    const facts = versions?.map(({ version, integrity, deprecated }) => [version, integrity?.slice(0, 9), deprecated]);
    assert.deepEqual(facts?.sort(), [
      ["1.0.0", versions?.find(({ version }) => version === "1.0.0")?.integrity?.slice(0, 9), false],
      ["1.1.0", versions?.find(({ version }) => version === "1.1.0")?.integrity?.slice(0, 9), true],
      ["1.2.0", undefined, false],
      ["2.0.0", "sha512-bb", false],
      ["2.1.0", undefined, false],
      ["2.2.0", undefined, false],
    ]);
  });

  it("says of one version what it says of many", async () => {
    const [only, ...others] = (await npmVersions("@acme/tool-linux", "1")) ?? [];
    assert.deepEqual([only?.version, only?.integrity?.startsWith("sha512-"), others], ["1.0.0", true, []]);
  });

  it("tells a package that is not there from one of which no version fits", async () => {
    assert.equal(await npmVersions("nobody-has-this", "1"), undefined);
    assert.deepEqual(await npmVersions("tool", "9"), []);
  });

  it("fetches a version's archive as the registry has it, of a scoped package as well", async () => {
    for (const name of ["tool", "@acme/tool-linux"]) {
      const file = await npmPack(name, "1.0.0", folder());
      assert.deepEqual(readFileSync(join(folder(), file)), tarball, name);
    }
  });

  it("fails with npm's code alone: its words hold addresses", async () => {
    await registry().close();
    for (const asking of [npmVersions("tool", "1"), npmPack("tool", "1.0.0", folder())])
      await assert.rejects(asking, (error) => {
        assert.ok(error instanceof Failure);
        assert.match(error.message, /^npm cannot give tool( 1\.0\.0)?: ECONNREFUSED$/);
        return true;
      });
  });
});
