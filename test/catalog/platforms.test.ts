import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { platforms } from "../../src/model/platform.js";
import { hostPlatform } from "../../src/ports/host.js";
import { copyCatalog } from "../support/catalog-copy.js";
import { useTemporaryFolder } from "../support/folders.js";
import { ingot, parseRun } from "../support/program.js";
import { requireRegistry, startRegistry } from "../support/registry-server.js";
import { machines, otherPlatform, requireEmulation } from "../support/require-emulation.js";
import { requireEngine } from "../support/require-engine.js";

const env = { SOURCE_DATE_EPOCH: String(Date.parse("2026-11-21T12:00:00Z") / 1000) };

/** The base of the catalog with a dev image that holds microroot and no compilers, whose emulated installation takes minutes. */
const small = (definition: string): string =>
  definition
    .replace(/^ {4}dev: \[git,.*$/m, "    dev: [pkgconf]")
    .replace(/, commands: \[cc,.*\] }$/m, " }")
    .replace(/^ {2}dev: \[\{ run: .*$/m, "");

describe("the base on Debian 13 for two platforms, one of them emulated", () => {
  const folder = useTemporaryFolder();
  const namespace = "ingot-platforms";

  before(async function () {
    await requireEngine(this);
    requireRegistry(this);
    requireEmulation(this);
  });
  after(() => {
    const references = execFileSync("docker", ["images", "--format", "{{.Repository}}:{{.Tag}}"], { encoding: "utf8" });
    const own = references.split("\n").filter((each) => each.includes(namespace));
    if (own.length > 0) execFileSync("docker", ["rmi", ...own], { stdio: "pipe" });
  });

  it("is built and tested for both, and published as one reference that runs on both", async () => {
    copyCatalog(folder(), { namespace, edits: { "languages/base.yaml": small } });
    assert.equal((await ingot(folder(), ["generate"])).status, 0);
    const registry = await startRegistry();
    try {
      const publish = (...args: readonly string[]) =>
        ingot(folder(), ["publish", "--json", "--registry", `${registry.host}/acme`, ...args, "base:*trixie*"], env);
      const { status, stdout, stderr } = await publish();
      assert.equal(status, 0, stderr + stdout);
      const tested = parseRun(stdout).events.filter(({ type }) => type === "tested");
      assert.deepEqual(tested.map((event) => ("platform" in event ? event.platform : hostPlatform)).sort(), [
        ...platforms,
      ]);

      const reference = `${registry.host}/acme/base:13-trixie`;
      for (const platform of platforms) {
        const args = ["run", "--rm", "--pull", "always", "--quiet", "--platform", platform, reference, "uname", "-m"];
        assert.equal(execFileSync("docker", args, { encoding: "utf8" }).trim(), machines[platform]);
      }
      execFileSync("docker", ["rmi", reference], { stdio: "pipe" });

      const again = parseRun((await publish()).stdout).events;
      assert.deepEqual([...new Set(again.map(({ type }) => type))], ["kept"]);
      const narrowed = await publish("--platform", hostPlatform);
      assert.equal(narrowed.status, 1);
      assert.match(narrowed.stdout, new RegExp(`is for ${otherPlatform} too, and this is not; --allow-downgrade`));
    } finally {
      await registry.stop();
    }
  });
});
