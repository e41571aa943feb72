import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { useTemporaryFolder, writeFiles } from "../support/folders.js";
import { repository } from "../support/paths.js";

/** A stand-in for the command: what the script asks of it and makes of its answers is what these tests are about. */
const command = (lines: readonly string[]): string => `#!/bin/sh\necho "$@" >> asked\n${lines.join("\n")}\n`;

describe("the script for cron", () => {
  const folder = useTemporaryFolder();
  const write = (...lines: readonly string[]): void => {
    writeFiles(folder(), { ingot: command(lines) });
    chmodSync(join(folder(), "ingot"), 0o755);
  };
  const run = (env: Readonly<Record<string, string>> = {}, ...args: readonly string[]) =>
    execa(join(repository, "scripts", "nightly.sh"), args, {
      cwd: folder(),
      env: { REGISTRY: "registry.example.com/acme", INGOT: join(folder(), "ingot"), ...env },
      reject: false,
    });
  const asked = (): readonly string[] => readFileSync(join(folder(), "asked"), "utf8").trim().split("\n");

  it("resolves, generates, and rebuilds what is stale by that lock", async () => {
    write("echo of $3");
    const { exitCode, stdout } = await run({}, "base:*", "lua");
    assert.equal(exitCode, 0);
    assert.deepEqual(asked(), [
      "--catalog . resolve",
      "--catalog . generate",
      "--catalog . up --stale --locked --registry registry.example.com/acme -- base:* lua",
    ]);
    assert.equal(stdout, "## The lock\n\n    of resolve\n\nof up");
  });

  it("hands over a mirror and platforms where they are named", async () => {
    write();
    await run({ DEBIAN_MIRROR: "https://mirror.example.com/debian", PLATFORMS: "linux/amd64" });
    const mirror = "--mirror debian=https://mirror.example.com/debian";
    assert.equal(asked()[0], `--catalog . resolve ${mirror}`);
    assert.ok(asked()[2]?.includes(`--platform linux/amd64 ${mirror} --`));
  });

  it("ends with the status of what failed, does nothing after it, and shows the end of its log", async () => {
    write('[ "$3" != generate ] || { echo "no such thing" >&2; exit 2; }');
    const { exitCode, stderr } = await run();
    assert.equal(exitCode, 2);
    assert.equal(asked().length, 2);
    assert.match(stderr, /exit status 2; the log, .*\.log, ends with\nno such thing$/);
  });

  it("shows why the lock could not be refreshed", async () => {
    write('[ "$3" != resolve ] || { echo "no such package" >&2; exit 2; }');
    const { exitCode, stderr } = await run();
    assert.deepEqual([exitCode, asked().length], [2, 1]);
    assert.match(stderr, /\nno such package$/);
  });

  it("puts what the lock keeps, as it could not be asked, into the summary", async () => {
    write('[ "$3" != resolve ] || { echo "kept    index" >&2; echo "nothing moved"; }');
    assert.equal((await run()).stdout.trim(), "## The lock\n\n    kept    index\n    nothing moved");
  });

  it("prints the summary of a run in which something failed, and keeps it beside the log", async () => {
    write('[ "$3" != up ] || { echo "**1 FAILED**"; exit 1; }');
    const { exitCode, stdout } = await run();
    assert.equal(exitCode, 1);
    assert.match(stdout, /\*\*1 FAILED\*\*$/);
    assert.deepEqual(
      readdirSync(join(folder(), "build", "nightly")).map((name) => name.replace(/^.*Z/, "")),
      [".log", ".md"],
    );
  });

  it("does nothing while the run before it still goes on", async () => {
    write();
    mkdirSync(join(folder(), "build"));
    const held = execa("flock", [join(folder(), "build", "nightly.lock"), "sh", "-c", "echo held; read -r _"]);
    await new Promise((resolve) => held.stdout?.once("data", resolve));
    const { exitCode, stderr } = await run();
    held.stdin?.end("\n");
    await held;
    assert.deepEqual([exitCode, stderr], [75, "nightly: the run before this one still goes on in ."]);
    assert.equal((await run()).exitCode, 0);
  });

  it("needs to know the registry", async () => {
    const { exitCode, stderr } = await run({ REGISTRY: "" });
    assert.deepEqual([exitCode, stderr], [2, "nightly: name a registry: REGISTRY=registry.example.com/acme"]);
  });
});
