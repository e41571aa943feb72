import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { hostPlatform } from "../../src/ports/host.js";
import { cosign, type KeyPair, makeKeys, requireCosign } from "../support/cosign.js";
import { useTemporaryFolder } from "../support/folders.js";
import { repository } from "../support/paths.js";
import { ingot, parseRun } from "../support/program.js";
import { type RegistryServer, requireRegistry, startRegistry } from "../support/registry-server.js";
import { requireEngine } from "../support/require-engine.js";

const day = (date: string) => ({ SOURCE_DATE_EPOCH: String(Date.parse(`${date}T12:00:00Z`) / 1000) });
const password = "sesame-53";
const env = { ...day("2026-11-21"), COSIGN_PASSWORD: password };

describe("publishing the pair of lua on Debian 13, signed", () => {
  let registry: RegistryServer;
  let keys: KeyPair;
  const folder = useTemporaryFolder();

  before(async function () {
    await requireEngine(this);
    requireRegistry(this);
    requireCosign(this);
    registry = await startRegistry();
  });
  after(() => registry?.stop());

  const publish = (...args: readonly string[]) =>
    ingot(repository, ["publish", "--json", "--platform", hostPlatform, ...args, "lua:*trixie*"], env);
  const toRegistry = () => publish("--registry", `${registry.host}/acme`, "--sign", keys.privateKey);

  beforeEach(async () => {
    keys = await makeKeys(folder(), password);
  });

  it("says what it would move and changes nothing, as long as it is only tried", async () => {
    const before = (await registry.requests()).length;
    const { status, stdout, stderr } = await publish("--registry", `${registry.host}/dry`, "--dry-run");
    assert.equal(status, 0, stderr);
    const planned = parseRun(stdout).events.filter(({ type }) => type === "planned");
    assert.equal(planned.length, 1);
    assert.match(JSON.stringify(planned[0]), /"tag":"5\.4-trixie-dev","to":"sha256:[0-9a-f]{64}","why":"new"/);
    const writes = (await registry.requests()).slice(before).filter(({ method }) => !["GET", "HEAD"].includes(method));
    assert.deepEqual(writes, []);
  });

  it("is accepted by cosign itself and by ingot verify, and tells what changed", async () => {
    const { status, stderr, stdout } = await toRegistry();
    assert.equal(status, 0, stderr);
    assert.doesNotMatch(`${stderr}${stdout}`, new RegExp(password));
    for (const tag of ["5.4-trixie", "5.4-trixie-dev"]) {
      const reference = `${registry.host}/acme/lua:${tag}`;
      const options = ["--insecure-ignore-tlog=true", `--key=${keys.publicKey}`];
      assert.equal((await cosign(["verify", ...options, reference], { cwd: folder() })).status, 0, tag);
      const verified = await ingot(repository, ["verify", reference, "--key", keys.publicKey]);
      assert.equal(verified.status, 0, verified.stderr + verified.stdout);
    }
    const changes = await ingot(repository, ["changes", `${registry.host}/acme/lua:5.4-trixie`]);
    assert.equal(changes.status, 0, changes.stderr);
    assert.match(changes.stdout, /first under its tags/);
  });

  it("does nothing a second time, and signs with another key what one has signed already", async () => {
    await toRegistry();
    const again = await toRegistry();
    assert.ok(parseRun(again.stdout).events.every(({ type }) => type === "kept"));
    mkdirSync(join(folder(), "other"));
    const other = await makeKeys(join(folder(), "other"), password);
    const signed = await publish("--registry", `${registry.host}/acme`, "--sign", other.privateKey);
    assert.equal(signed.status, 0, signed.stderr);
    for (const { publicKey } of [keys, other]) {
      const reference = `${registry.host}/acme/lua:5.4-trixie-dev`;
      const verified = await ingot(repository, ["verify", reference, "--key", publicKey]);
      assert.equal(verified.status, 0, verified.stdout);
    }
  });

  it("is read by skopeo, from a registry and from a folder, and by podman from the registry", async () => {
    await toRegistry();
    const layout = join(folder(), "layout");
    assert.equal((await publish("--registry", `oci:${layout}`)).status, 0);
    const inspect = (...args: readonly string[]) =>
      (JSON.parse(execFileSync("skopeo", ["inspect", ...args], { encoding: "utf8" })) as { Digest: string }).Digest;
    const there = inspect("--tls-verify=false", `docker://${registry.host}/acme/lua:5.4-trixie`);
    assert.equal(inspect(`oci:${layout}:ingot/lua:5.4-trixie`), there);
    assert.deepEqual(readdirSync(layout).sort(), ["blobs", "index.json", "oci-layout"]);
    const reference = `${registry.host}/acme/lua@${there}`;
    execFileSync("podman", ["pull", "--quiet", "--tls-verify=false", reference], { stdio: "pipe" });
    execFileSync("podman", ["rmi", reference], { stdio: "pipe" });
  });

  it("is refused before anything is uploaded where the key cannot be read", async () => {
    const before = (await registry.requests()).length;
    const { status, stderr } = await publish("--registry", `${registry.host}/acme`, "--sign", join(folder(), "no.key"));
    assert.equal(status, 1);
    assert.match(stderr, /^ingot: cannot sign: .*no\.key/m);
    const writes = (await registry.requests()).slice(before).filter(({ method }) => !["GET", "HEAD"].includes(method));
    assert.deepEqual(writes, []);
  });
});
