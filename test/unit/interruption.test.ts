import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { execa } from "execa";
import { writeFakeClient } from "../support/fake-client.js";
import { useTemporaryFolder } from "../support/folders.js";
import { repository } from "../support/paths.js";
import { writeResolvedCatalog } from "../support/resolved-catalog.js";

describe("a run that a signal ends", () => {
  const folder = useTemporaryFolder();

  for (const [signal, status] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)
    it(`${signal} stops its processes, leaves no folder, reports no failure, and ends with ${status}`, async () => {
      const [catalog, temporary, bin] = ["catalog", "temporary", "bin"].map((name) => join(folder(), name)) as [
        string,
        string,
        string,
      ];
      for (const each of [catalog, temporary, bin]) mkdirSync(each);
      writeResolvedCatalog(catalog);
      const { path, calls } = writeFakeClient(bin, [
        'case "$*" in',
        "*version*) echo 28.5.0 ;;",
        "*inspect*) echo '[]' ;;",
        `pull*) trap 'touch ${bin}/ended; exit 1' TERM; touch ${bin}/begun; while :; do sleep 0.1; done ;;`,
        "esac",
      ]);
      const args = [join(repository, "bin", "ingot"), "--catalog", catalog, "up", "--jobs", "1"];
      const env = { PATH: path, TMPDIR: temporary };
      const program = execa(process.execPath, args, { env, reject: false, stdin: "ignore" });
      while (!existsSync(join(bin, "begun"))) await wait(20);
      assert.equal(readdirSync(temporary).length, 1);
      process.kill(program.pid ?? 0, signal);
      const { exitCode, stdout, stderr } = await program;
      assert.equal(exitCode, status);
      assert.equal(stderr.split("\n").at(-1), `ingot: ended by ${signal}`);
      assert.doesNotMatch(`${stdout}${stderr}`, /fail|skip/i);
      assert.ok(existsSync(join(bin, "ended")));
      assert.deepEqual(readdirSync(temporary), []);
      assert.match(calls().at(-1) ?? "", /^pull/);
    });

  it("ends as well what a process has started and waits for", async () => {
    const module = (path: string): string => JSON.stringify(join(repository, "dist", "src", "ports", path));
    const waiting = `trap : TERM; sh -c 'touch ${folder()}/begun; sleep 600'; touch ${folder()}/cleaned`;
    const script = `
import { endOnSignals } from ${module("interruption.js")};
import { run } from ${module("process.js")};
endOnSignals(() => {});
await run("sh", ["-c", ${JSON.stringify(waiting)}], { group: true });`;
    const program = execa(process.execPath, ["--input-type=module", "--eval", script], { reject: false });
    while (!existsSync(join(folder(), "begun"))) await wait(20);
    process.kill(program.pid ?? 0, "SIGTERM");
    assert.equal((await program).exitCode, 143);
    assert.ok(existsSync(join(folder(), "cleaned")));
  });
});
