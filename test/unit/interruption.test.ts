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
      assert.deepEqual(stderr.split("\n").slice(-2), [
        `ingot: ${signal}: stopping what runs; once more ends it at once`,
        `ingot: ended by ${signal}`,
      ]);
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
endOnSignals({ begins: () => {}, ended: () => {} });
await run("sh", ["-c", ${JSON.stringify(waiting)}], { group: true });`;
    const program = execa(process.execPath, ["--input-type=module", "--eval", script], { reject: false });
    while (!existsSync(join(folder(), "begun"))) await wait(20);
    process.kill(program.pid ?? 0, "SIGTERM");
    assert.equal((await program).exitCode, 143);
    assert.ok(existsSync(join(folder(), "cleaned")));
  });
});

describe("work that must not be left half done", () => {
  const folder = useTemporaryFolder();
  const start = (milliseconds: number) => {
    const module = JSON.stringify(join(repository, "dist", "src", "ports", "interruption.js"));
    const script = `
import { writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { endOnSignals, finishOnSignal } from ${module};
endOnSignals({ begins: () => writeFileSync("heard", ""), ended: () => writeFileSync("ended", "") });
const work = finishOnSignal(async () => {
  writeFileSync("begun", "");
  await wait(${milliseconds});
  writeFileSync("done", "");
});
await work;
await finishOnSignal(async () => writeFileSync("next", ""));
await wait(60_000);`;
    return execa(process.execPath, ["--input-type=module", "--eval", script], { cwd: folder(), reject: false });
  };
  const appears = async (name: string): Promise<void> => {
    while (!existsSync(join(folder(), name))) await wait(10);
  };

  it("ends when a signal has come, and what would follow does not begin", async () => {
    const program = start(500);
    await appears("begun");
    program.kill("SIGINT");
    assert.equal((await program).exitCode, 130);
    assert.deepEqual(readdirSync(folder()).sort(), ["begun", "done", "ended", "heard"]);
  });

  it("is left where a second signal comes", async () => {
    const program = start(30_000);
    await appears("begun");
    program.kill("SIGINT");
    await appears("heard");
    program.kill("SIGINT");
    assert.equal((await program).exitCode, 130);
    assert.deepEqual(readdirSync(folder()).sort(), ["begun", "ended", "heard"]);
  });
});

describe("a run whose reader has seen enough", () => {
  const folder = useTemporaryFolder();

  for (const stream of ["stdout", "stderr"] as const)
    it(`of ${stream} ends without a word and leaves no folder`, async () => {
      const module = (path: string): string => JSON.stringify(join(repository, "dist", "src", path));
      const script = `
import { setTimeout as wait } from "node:timers/promises";
import { withTemporaryFolder } from ${module("ports/files.js")};
import { endUnread } from ${module("ports/interruption.js")};
import { endWithReader } from ${module("reporters/output.js")};
endWithReader(endUnread);
await withTemporaryFolder(async () => {
  for (;;) { process.${stream}.write("x".repeat(1000)); await wait(1); }
});`;
      const options = { env: { TMPDIR: folder() }, reject: false, buffer: false } as const;
      const program = execa(process.execPath, ["--input-type=module", "--eval", script], options);
      program[stream].once("data", () => program[stream].destroy());
      const other: Buffer[] = [];
      program[stream === "stdout" ? "stderr" : "stdout"].on("data", (chunk: Buffer) => other.push(chunk));
      assert.equal((await program).exitCode, 0);
      assert.equal(Buffer.concat(other).toString(), "");
      assert.deepEqual(readdirSync(folder()), []);
    });

  it("is so for the program too: what is left of a list is no error", async () => {
    writeResolvedCatalog(folder());
    const args = [join(repository, "bin", "ingot"), "--catalog", folder(), "list"];
    const program = execa(process.execPath, args, { reject: false, buffer: false });
    program.stdout.destroy();
    const said: Buffer[] = [];
    program.stderr.on("data", (chunk: Buffer) => said.push(chunk));
    assert.deepEqual([(await program).exitCode, Buffer.concat(said).toString()], [0, ""]);
  });
});
