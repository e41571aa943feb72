import assert from "node:assert/strict";
import { imagesOf } from "../../src/model/image.js";
import { formatRecord, recordAnnotation, recordType } from "../../src/model/record.js";
import type { RepositoryName } from "../../src/model/reference.js";
import { createRegistry } from "../../src/ports/registry.js";
import { attachNote } from "../../src/stages/attach.js";
import { runInProcess } from "../support/command-line.js";
import { readTree, useTemporaryFolder } from "../support/folders.js";
import { type TestRepository, useRepository } from "../support/published.js";
import type { Content } from "../support/push.js";
import { type RegistryServer, requireRegistry, startRegistry } from "../support/registry-server.js";
import { openGood, writeResolvedCatalog } from "../support/resolved-catalog.js";

describe("the site of what is published, in Debian's docker-registry", () => {
  const folder = useTemporaryFolder();
  let registry: RegistryServer;
  let python: TestRepository;

  before(async function () {
    requireRegistry(this);
    registry = await startRegistry();
    python = useRepository(registry.host, "acme/python");
  });
  after(() => registry?.stop());
  beforeEach(() => writeResolvedCatalog(folder()));

  const site = (where: string) => runInProcess(folder(), ["site", "--out", `${folder()}/web`, "--registry", where]);

  async function record(image: Content, size: number, packages: readonly (readonly [string, string])[]): Promise<void> {
    const client = createRegistry({ host: registry.host });
    const { mediaType, digest, bytes } = image;
    const subject = { mediaType, digest, size: bytes.length };
    const place = { registry: client, repository: python.repository as RepositoryName, subject };
    const platforms = [{ platform: "linux/amd64", id: "sha256:1", recipe: {}, packages }];
    const text = formatRecord({ schemaVersion: 1, version: "3.13.5", size, platforms });
    await attachNote(place, recordType, { [recordAnnotation]: text });
  }

  it("has digests, days, sizes over time, packages and changes, and says which tags are elsewhere", async () => {
    const [runtime] = imagesOf(openGood(folder()).plan).filter(({ id }) => id === "python/3.13/trixie/runtime");
    assert.ok(runtime !== undefined);
    const before = await python.image();
    await record(before, 15_000_000, [["libc6", "2.41-11"]]);
    for (const tag of ["3.13.4-trixie-20260101", runtime.tags.at(-1) ?? ""]) await python.tag(tag, before);
    const now = await python.image();
    const entries = (version: string) => [{ name: "libc6", version, architecture: "amd64" }];
    await python.tell(now, entries("2.41-11"), entries("2.41-12"));
    await record(now, 16_000_000, [["libc6", "2.41-12"]]);
    for (const tag of ["3.13.5-trixie-20260202", ...runtime.tags.slice(0, -1)]) await python.tag(tag, now);

    const { status, stdout, stderr } = await site(`${registry.host}/acme`);
    assert.deepEqual([status, stderr], [0, ""]);
    assert.match(stdout, / images, 1 published, 1 with all their packages\n$/);
    const files = readTree(`${folder()}/web`);
    const page = files["languages/python/index.html"] ?? "";
    assert.ok(page.includes(`docker pull ${registry.host}/acme/python:3.13`));
    assert.ok(page.includes(`<code class="digest">${now.digest}</code>`));
    assert.ok(page.includes(`<code class="astray">${runtime.tags.at(-1)}</code>`));
    assert.match(page, /data-label="To pull" class="number">16\.0 MB</);
    assert.match(page, /data-label="Date" class="day">2026-02-02</);
    assert.match(
      page,
      /aria-label="3\.13 trixie runtime: 15\.0 MB on 2026-01-01, 16\.0 MB on 2026-02-02, in 2 builds"/,
    );
    assert.equal(
      page.match(/not published/g)?.length,
      (page.match(/<tbody role="rowgroup" id=/g)?.length as number) - 1,
    );
    assert.match(files["languages/python/packages.html"] ?? "", /<li>libc6 <i>2\.41-12<\/i><\/li>/);
    const changes = files["languages/python/changes.html"] ?? "";
    assert.match(changes, /<code>3\.13\.5-trixie-20260202<\/code>/);
    assert.match(changes, /<b>libc6<\/b> 2\.41-11 → 2\.41-12/);
  });

  it("is not written where the registry does not answer", async () => {
    const { status, stderr } = await site("127.0.0.1:1/acme");
    assert.equal(status, 1);
    assert.match(stderr, /^ingot: cannot use the registry 127\.0\.0\.1:1: /);
    assert.deepEqual(readTree(`${folder()}/web`), {});
  });
});
