import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { copyCatalog } from "../support/catalog-copy.js";
import { readTree, useTemporaryFolder } from "../support/folders.js";
import { repository } from "../support/paths.js";
import { ingot } from "../support/program.js";
import { removeNamespace, requireEngine } from "../support/require-engine.js";

const stackLine = /^\s+at .+:\d+:\d+\)?$/m;

describe("a world that does not do what it is asked", () => {
  const folder = useTemporaryFolder();

  it("has no engine: one line says so, and what to do", async () => {
    const { status, stderr } = await ingot(repository, ["build"], { DOCKER_HOST: "unix:///nonexistent/docker.sock" });
    assert.equal(status, 1);
    assert.match(stderr, /^ingot: docker does not answer: .*nonexistent.*; start it \(ingot doctor says how\)$/m);
    assert.doesNotMatch(stderr, stackLine);
  });

  it("has no client of an engine: one line says so", async () => {
    mkdirSync(join(folder(), "bin"));
    const { status, stderr } = await ingot(repository, ["build"], { PATH: join(folder(), "bin") });
    assert.equal(status, 1);
    assert.match(stderr, /^ingot: docker is not installed/m);
    assert.doesNotMatch(stderr, stackLine);
  });

  it("has a registry that does not answer: nothing is built, and one line names it", async function () {
    await requireEngine(this);
    const { status, stderr, stdout } = await ingot(repository, [
      "publish",
      "--registry",
      "127.0.0.1:9/acme",
      "go:*trixie*",
    ]);
    assert.equal(status, 1);
    assert.match(stderr, /^ingot: .*127\.0\.0\.1:9/m);
    assert.doesNotMatch(stderr, stackLine);
    assert.equal(stdout, "");
  });

  it("has a full disk: one line says so, and the files that were there are whole", async function () {
    if (process.getuid?.() !== 0) this.skip();
    const disk = join(folder(), "disk");
    mkdirSync(disk);
    copyCatalog(folder(), { namespace: "ingot-full" });
    assert.equal((await ingot(folder(), ["generate"])).status, 0);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", disk]);
    try {
      for (const path of ["catalog.yaml", "catalog.lock.yaml", "languages", "templates"]) {
        execFileSync("cp", ["-r", join(folder(), path), disk]);
      }
      const { status, stderr } = await ingot(disk, ["generate"]);
      assert.equal(status, 1);
      assert.match(stderr, /^ingot: cannot write .*: no space left on device$/m);
      assert.doesNotMatch(stderr, stackLine);
      const whole = readTree(join(folder(), "generated"));
      const written = Object.entries(readTree(join(disk, "generated")));
      assert.ok(written.length > 0);
      for (const [path, text] of written) assert.equal(text, whole[path], path);
    } finally {
      execFileSync("umount", [disk]);
    }
  });
});

describe("the mirror that packages come from", () => {
  const folder = useTemporaryFolder();
  const namespace = "ingot-mirror";
  const password = "e5c9a1-not-to-be-seen";

  before(async function () {
    await requireEngine(this);
    if (!existsSync("/usr/bin/apt-get")) this.skip();
  });
  after(() => removeNamespace(namespace));

  it("is in no layer, no history and no label of what is built, and in no output", async () => {
    copyCatalog(folder(), { namespace });
    await ingot(folder(), ["generate"]);
    const url = mirrorOfHost().replace("://", `://ingot:${password}@`);
    const { status, stdout, stderr } = await ingot(folder(), [
      "build",
      "--json",
      "--force",
      "--mirror",
      `debian=${url}`,
      "base:trixie",
    ]);
    assert.equal(status, 0, stderr);
    assert.ok(!`${stdout}${stderr}`.includes(password), "the output names it");
    for (const image of ["base:trixie-dev", "base:trixie"]) {
      const reference = `${namespace}/${image}`;
      const config = execFileSync("docker", ["image", "inspect", reference]).toString();
      const history = execFileSync("docker", ["history", "--no-trunc", reference]).toString();
      assert.ok(!`${config}${history}`.includes(hostOf(url)), `${reference}: config or history`);
      assert.deepEqual(layersWith(reference, password), [], `${reference}: layers`);
    }
  });
});

function mirrorOfHost(): string {
  const uris = execFileSync("apt-get", ["update", "--print-uris"]).toString();
  const [, url] = /^'(https?:\/\/[^']+)\/dists\/[a-z]+\/InRelease'/m.exec(uris) ?? [];
  assert.ok(url !== undefined);
  return url;
}

const hostOf = (url: string): string => new URL(url).host;

/** Files of an image, in any of its layers, that hold a text. */
function layersWith(reference: string, text: string): readonly string[] {
  // Layers are compressed one by one: each is unpacked before it is searched.
  const script = `
set -eu
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
docker save "$1" | tar -x -C "$folder"
for blob in "$folder"/blobs/sha256/*; do
  if gzip -t "$blob" 2>/dev/null; then gzip -dc "$blob"; else cat "$blob"; fi | grep -aF -c -- "$2" || true
done`;
  const counts = execFileSync("sh", ["-c", script, "sh", reference, text], { maxBuffer: 1 << 26 }).toString();
  const lines = counts.trim().split("\n");
  assert.ok(lines.length > 2, "there are layers to search");
  return lines.filter((count) => count !== "0");
}
