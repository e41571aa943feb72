import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createEngine } from "../../src/ports/engines.js";
import { createTrial, requireBusybox, type Trial } from "../support/engine-trial.js";
import { useTemporaryFolder, writeFiles } from "../support/folders.js";
import { ingot } from "../support/program.js";
import { removeNamespace, requireEngine } from "../support/require-engine.js";
import { writeResolvedCatalog } from "../support/resolved-catalog.js";

const namespace = "ingot-size";
const runtime = `docker.io/${namespace}/python:3.13.5-trixie`;

interface Described {
  readonly id: string;
  readonly uncompressed: number;
  readonly layers: readonly { readonly uncompressed: number }[];
  readonly packages: readonly { readonly name: string; readonly bytes: number }[];
  readonly difference?: { readonly files: readonly { readonly path: string }[] };
}

describe("the size of images", () => {
  const folder = useTemporaryFolder();
  let trial: Trial;

  before(async function () {
    await requireEngine(this);
    requireBusybox(this);
    trial = createTrial("docker", createEngine("docker"));
    const files = {
      "lib.so": "x".repeat(5000),
      lua: "Package: lua\nArchitecture: amd64\nVersion: 5.4.8-1\n",
      "lua.md5sums": `${"0".repeat(32)}  usr/lib/lib.so\n`,
    };
    const one = ["FROM scratch", "COPY lib.so /usr/lib/lib.so", "COPY lua lua.md5sums /var/lib/dpkg/status.d/"];
    await trial.build(one, { files, tags: [runtime] });
    await trial.build([...one, "COPY lua /etc/lua"], { files, tags: [`${trial.repository}:other`] });
  });
  after(async () => {
    await trial?.end();
    await removeNamespace(namespace);
  });
  beforeEach(() => {
    writeResolvedCatalog(folder());
    const settings = readFileSync(join(folder(), "catalog.yaml"), "utf8");
    writeResolvedCatalog(folder(), { "catalog.yaml": settings.replace("namespace: acme", `namespace: ${namespace}`) });
  });

  const measure = async (...options: readonly string[]): Promise<readonly Described[]> => {
    const { status, stdout, stderr } = await ingot(folder(), ["size", "python:3.13.5-trixie", "--json", ...options]);
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout) as readonly Described[];
  };

  it("is recorded for what is built, beside what was recorded of other images", async () => {
    const old = 'base/13/trixie/dev: { version: "13.5", uncompressed: 2, compressed: 1 }';
    writeFiles(folder(), { "catalog.sizes.yaml": `sizes:\n  ${old}\n` });
    const { status, stdout, stderr } = await ingot(folder(), ["size", "--record", "python:*trixie*"]);
    assert.deepEqual([status, stdout.split(";")[0]], [0, "catalog.sizes.yaml: 1 measured, 1 not built"], stderr);
    const [image] = await measure();
    const lines = readFileSync(join(folder(), "catalog.sizes.yaml"), "utf8").split("\n");
    assert.deepEqual(lines.slice(1, 3), ["sizes:", `  ${old}`]);
    const expected = `  python/3.13/trixie/runtime: { version: "3.13.5", uncompressed: ${image?.uncompressed}, compressed: `;
    assert.ok(lines[3]?.startsWith(expected), lines[3]);
    assert.match((await ingot(folder(), ["size", "--record", "python:*trixie*"])).stdout, /; as it was$/m);
  });

  it("is read from the engine, by layer and package", async () => {
    const [image] = await measure();
    assert.equal(image?.id, "python/3.13/trixie/runtime");
    assert.deepEqual(image.packages[0], { name: "lua", version: "5.4.8-1", bytes: 5000 });
    assert.equal(image.layers.length, 2);
    assert.equal(
      image.layers.reduce((sum, { uncompressed }) => sum + uncompressed, 0),
      image.uncompressed,
    );
  });

  it("is held against any image that the engine has", async () => {
    const [image] = await measure("--against", `${trial.repository}:other`);
    assert.deepEqual(image?.difference?.files, [{ path: "/etc/lua", before: 50, after: 0 }]);
  });

  it("of one that is not built is not known, and the command that builds it is named", async () => {
    const { status, stdout, stderr } = await ingot(folder(), ["size", "python:3.13.5-trixie*"]);
    assert.equal(status, 1);
    assert.match(stdout, new RegExp(`^${namespace}/python:3.13.5-trixie: 5\\.1 kB, `));
    assert.match(stderr, /python:3\.13\.5-trixie-dev is not built: run `ingot build "python:3\.13\.5-trixie-dev"`$/);
  });

  it("is not held against an image that nobody has: one line says so", async () => {
    const { status, stderr } = await ingot(folder(), ["size", "python:3.13.5-trixie", "--against", "127.0.0.1:9/x:1"]);
    assert.equal(status, 1);
    assert.match(stderr, /^ingot: docker cannot pull 127\.0\.0\.1:9\/x:1: /m);
  });
});
