import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { platforms } from "../../src/model/platform.js";
import { hostPlatform } from "../../src/ports/host.js";
import { repository } from "../support/paths.js";
import { ingot, parseRun } from "../support/program.js";
import { type RegistryServer, requireRegistry, startRegistry } from "../support/registry-server.js";
import { machines, otherPlatform, requireEmulation } from "../support/require-emulation.js";
import { requireEngine } from "../support/require-engine.js";

const env = { SOURCE_DATE_EPOCH: String(Date.parse("2026-11-21T12:00:00Z") / 1000) };

describe("the pair of python on Debian 13 for two platforms, one of them emulated", () => {
  let registry: RegistryServer;

  before(async function () {
    await requireEngine(this);
    requireRegistry(this);
    requireEmulation(this);
    registry = await startRegistry();
  });
  after(() => registry?.stop());

  const publish = (...args: readonly string[]) =>
    ingot(
      repository,
      ["publish", "--json", "--registry", `${registry.host}/acme`, ...args, "base:*trixie*", "python:*trixie*"],
      env,
    );

  it("is built and tested for both, and published as one reference that runs on both", async () => {
    const { status, stdout, stderr } = await publish();
    assert.equal(status, 0, stderr + stdout.slice(-4000));
    for (const tag of ["3-trixie", "3-trixie-dev"]) {
      const reference = `${registry.host}/acme/python:${tag}`;
      for (const platform of platforms) {
        const args = ["run", "--rm", "--pull", "always", "--quiet", "--platform", platform, reference];
        const command = ["python3", "-c", "import platform; print(platform.machine())"];
        assert.equal(execFileSync("docker", [...args, ...command], { encoding: "utf8" }).trim(), machines[platform]);
      }
      execFileSync("docker", ["rmi", reference], { stdio: "pipe" });
    }
  });

  it("is left alone by a second run, and not narrowed to one platform by a third", async () => {
    await publish();
    const again = parseRun((await publish()).stdout).events;
    assert.deepEqual([...new Set(again.map(({ type }) => type))], ["kept"]);
    const narrowed = await publish("--platform", hostPlatform);
    assert.equal(narrowed.status, 1);
    assert.match(narrowed.stdout, new RegExp(`is for ${otherPlatform} too, and this is not; --allow-downgrade`));
  });
});
