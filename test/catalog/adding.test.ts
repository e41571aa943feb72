import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { openCatalog } from "../../src/commands/catalog.js";
import { createEngine } from "../../src/ports/engines.js";
import { lockedPackages } from "../support/alpine-double.js";
import { copyCatalog } from "../support/catalog-copy.js";
import { readTree, useTemporaryFolder } from "../support/folders.js";
import { followPage, readPage } from "../support/page.js";
import { repository } from "../support/paths.js";
import { ingot } from "../support/program.js";
import { requireEngine } from "../support/require-engine.js";

const engine = createEngine("docker");
// The catalog's own namespace: on its base images, which need not be built for this again.
const made = ["docker.io/ingot/tcl", "localhost/ingot-tested/ingot__tcl", "localhost/ingot-last/ingot__tcl"];

describe("a language that is added as docs/adding-a-language.md says", () => {
  const folder = useTemporaryFolder();

  before(async function () {
    await requireEngine(this);
  });
  afterEach(async () => {
    for (const pattern of made) await engine.untag([...(await engine.list(pattern)).keys()]);
  });

  it("is one definition and one folder: its pair builds and keeps every promise, and the other family's lines resolve", async () => {
    const steps = readPage(readFileSync(join(repository, "docs", "adding-a-language.md"), "utf8"));
    copyCatalog(folder(), {});
    assert.equal((await ingot(folder(), ["generate"])).status, 0);
    symlinkSync(join(repository, "bin"), join(folder(), "bin"));
    const before = Object.keys(readTree(folder()));
    await writeAlpineMirror(join(folder(), "alpine"));
    followPage(steps, { folder: folder(), env: { ALPINE: join(folder(), "alpine") } });

    const written = Object.keys(readTree(folder())).filter((path) => !before.includes(path));
    const others = written.filter((path) => !/^(alpine|build|generated|languages\/tcl)\b/.test(path));
    assert.deepEqual(others, []);
    assert.ok(written.includes("languages/tcl.yaml") && written.includes("languages/tcl/hello/Dockerfile"));
    assert.ok(readdirSync(join(folder(), "build", "sbom", "tcl", "8.6", "trixie")).length >= 2);
    const opened = openCatalog(folder());
    assert.ok(opened.ok);
    const pairs = opened.value.plan.pairs.filter(({ language }) => language === "tcl");
    assert.deepEqual(pairs.map(({ id }) => String(id)).sort(), ["tcl/8.6/alpine3.24", "tcl/8.6/trixie"]);
  });
});

/** A mirror that has what the lock has of Alpine, and the packages that the page adds: not Alpine's own index. */
async function writeAlpineMirror(mirror: string): Promise<void> {
  for (const branch of ["3.22", "3.23", "3.24"]) {
    const packages = `${lockedPackages(repository, `alpine${branch}`)}tcl 8.6.17-r1\ntcl-dev 8.6.17-r1\ntcl-tls 1.7.22-r6\n`;
    const index = packages.replace(/^(\S+) (\S+)$/gm, "P:$1\nV:$2\n");
    for (const architecture of ["x86_64", "aarch64"]) {
      for (const [name, text] of Object.entries({ main: index, community: "" })) {
        const path = join(mirror, `v${branch}`, name, architecture);
        mkdirSync(path, { recursive: true });
        writeFileSync(join(path, "APKINDEX.tar.gz"), gzipSync(await tarOf("APKINDEX", text)));
      }
    }
  }
}

async function tarOf(name: string, text: string): Promise<Buffer> {
  const archive = pack();
  archive.entry({ name }, text);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
