import assert from "node:assert/strict";
import { chmodSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { RepositoryName } from "../../src/model/reference.js";
import type { SbomEntry } from "../../src/model/sbom-reader.js";
import { signImage } from "../../src/ports/cosign.js";
import { makeKeys, pathOfCosign, requireCosign } from "../support/cosign.js";
import { withEnvironment } from "../support/environment.js";
import { useTemporaryFolder, writeFiles } from "../support/folders.js";
import { followPage, readPage } from "../support/page.js";
import { repository } from "../support/paths.js";
import { ingot } from "../support/program.js";
import { type TestRepository, useRepository } from "../support/published.js";
import type { Content } from "../support/push.js";
import { type RegistryServer, requireRegistry, startRegistry } from "../support/registry-server.js";

const password = "s3cr3t-not-to-be-seen";

const packagesFor = (architecture: string) => {
  const entry = (name: string, version: string): SbomEntry => ({ name, version, architecture });
  return {
    before: [entry("libc6", "2.41-12"), entry("lua5.4", "5.4.6-3")],
    after: [entry("libedit2", "3.1-1"), entry("lua5.4", "5.4.7-1")],
  };
};

describe("what was published, for who reads it", () => {
  const folder = useTemporaryFolder();
  let registry: RegistryServer;

  before(async function () {
    requireRegistry(this);
    requireCosign(this);
    registry = await startRegistry();
  });
  after(() => registry?.stop());

  /** An index for two platforms, with all that belongs to it but signatures. */
  async function publish(name: string): Promise<{ readonly lua: TestRepository; readonly index: Content }> {
    const lua = useRepository(registry.host, name);
    const image = async (architecture: string): Promise<Content> => {
      const { before, after } = packagesFor(architecture);
      const made = await lua.image({ architecture });
      await lua.describe(made, after, architecture);
      await lua.tell(made, before, after);
      return made;
    };
    const images = { "linux/amd64": await image("amd64"), "linux/arm64/v8": await image("arm64") };
    return { lua, index: await lua.index("5.4", images) };
  }

  const sign = ({ lua, index }: Awaited<ReturnType<typeof publish>>, key: string): Promise<void> =>
    withEnvironment({ COSIGN_PASSWORD: password }, () => {
      const { host, repository: name } = lua;
      return signImage({ host, repository: name as RepositoryName, digest: index.digest }, { key });
    });

  const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => ingot(folder(), args, env);

  it("is found as docs/verifying.md shows it, command by command", async () => {
    const steps = readPage(readFileSync(join(repository, "docs", "verifying.md"), "utf8"));
    const published = await publish("page/lua");
    writeFiles(folder(), {
      // The registry of the page speaks HTTPS.
      "home/.config/containers/registries.conf": `[[registry]]\nlocation = "${registry.host}"\ninsecure = true\n`,
      "bin/ingot": `#!/bin/sh\nexec "${join(repository, "bin", "ingot")}" "$@"\n`,
      "work/.keep": "",
    });
    chmodSync(join(folder(), "bin/ingot"), 0o755);
    const env = {
      IMAGE: `${registry.host}/page/lua`,
      HOME: join(folder(), "home"),
      PATH: `${join(folder(), "bin")}${delimiter}${process.env["PATH"]}`,
      COSIGN_PASSWORD: password,
    };
    const made = steps.findIndex((step) => step.type === "command" && step.command.includes("generate-key-pair"));
    assert.ok(made >= 0 && steps.length > made + 8);
    followPage(steps.slice(0, made + 1), { folder: join(folder(), "work"), env });
    await sign(published, join(folder(), "work", "cosign.key"));
    followPage(steps.slice(made + 1), { folder: join(folder(), "work"), env });
  });

  it("is wrong with another's key: exit status 1, and a line for the index and each image", async () => {
    const published = await publish("other/lua");
    writeFiles(folder(), { "own/.keep": "", "others/.keep": "" });
    await sign(published, (await makeKeys(join(folder(), "own"), password)).privateKey);
    const { publicKey } = await makeKeys(join(folder(), "others"), "");
    const { status, stdout, stderr } = await run(["verify", "--key", publicKey, `${registry.host}/other/lua:5.4`]);
    assert.deepEqual([status, stderr], [1, ""]);
    const lines = stdout.trimEnd().split("\n");
    assert.equal(lines.length, 3);
    for (const line of lines)
      assert.match(line, /^wrong {2}\S+@sha256:[0-9a-f]{64}.*: it is signed, and not with this key$/);
  });

  it("is wrong without a signature, for programs as well", async () => {
    await publish("bare/lua");
    const { publicKey } = await makeKeys(folder(), "");
    const name = `${registry.host}/bare/lua:5.4`;
    const { status, stdout } = await run(["verify", "--json", "--key", publicKey, name]);
    assert.equal(status, 1);
    const { findings, images } = JSON.parse(stdout) as { findings: string[]; images: { findings: string[] }[] };
    assert.deepEqual(
      [findings, images.map((each) => each.findings)],
      [["it is not signed"], [["it is not signed"], ["it is not signed"]]],
    );
    const told = await run(["changes", "--json", name]);
    assert.equal(told.status, 0, told.stderr);
    const all = JSON.parse(told.stdout) as { platform: string; changes: { packages: { added: SbomEntry[] } }[] }[];
    assert.deepEqual(
      all.map(({ platform, changes }) => [platform, changes[0]?.packages.added[0]?.architecture]),
      [
        ["linux/amd64", "amd64"],
        ["linux/arm64", "arm64"],
      ],
    );
  });

  it("has no changes to tell where nobody attached them: exit status 1, and a line says so", async () => {
    const lua = useRepository(registry.host, "silent/lua");
    await lua.tag("5.4", await lua.image());
    const { status, stdout, stderr } = await run(["changes", `${registry.host}/silent/lua:5.4`]);
    assert.deepEqual([status, stdout], [1, ""]);
    assert.match(
      stderr,
      /^127\.0\.0\.1:\d+\/silent\/lua@sha256:[0-9a-f]{64} \(linux\/amd64\): nobody attached what changed$/,
    );
  });

  it("cannot be verified without cosign: one line says where to get it", async () => {
    await publish("missing/lua");
    const key = join(folder(), "cosign.pub");
    const env = { PATH: join(folder(), "nothing") };
    assert.ok(pathOfCosign() !== undefined);
    const { status, stdout, stderr } = await run(["verify", "--key", key, `${registry.host}/missing/lua:5.4`], env);
    assert.deepEqual([status, stdout], [1, ""]);
    assert.match(stderr, /^ingot: cosign is not installed, [^\n]*$/);
  });

  it("is asked for with a reference that is one, which leads to something, and with a key", async () => {
    const wrong = await run(["verify", "--key", "k", "not a reference"]);
    assert.equal(wrong.status, 2);
    assert.match(wrong.stderr, /REF must be an image's reference, such as \S+, and is "not a reference"/);
    const missing = await run(["changes", `${registry.host}/nobody/lua`]);
    assert.equal(missing.status, 1);
    assert.match(missing.stderr, /^ingot: 127\.0\.0\.1:\d+\/nobody\/lua:latest is not there$/);
    const keyless = await run(["verify", "a/b:c"]);
    assert.equal(keyless.status, 2);
    assert.match(keyless.stderr, /required option '--key <key>' not specified/);
  });
});
