import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { execa } from "execa";
import type { Failure } from "../../src/model/failure.js";
import type { RunRequest, RunResult } from "../../src/ports/engine.js";
import { readText } from "../../src/ports/files.js";
import { failing, type Trial } from "./engine-trial.js";
import { repository } from "./paths.js";

/** What an engine must do with containers. */
export function describeContainers(trial: () => Trial): void {
  const sh = (script: string, request: Partial<RunRequest> = {}): Promise<RunResult> =>
    trial().engine.run({ image: trial().tools, command: ["sh", "-c", script], ...request });

  describe("a command in a container", () => {
    it("gives its exit status, and what it wrote", async () => {
      const result = await sh("echo out; echo err >&2; exit 3");
      assert.equal(result.exitCode, 3);
      assert.equal(result.stdout.trim(), "out");
      assert.equal(result.stderr.trim(), "err");
    });

    it("leaves no container", async () => {
      await sh("exit 0");
      await sh("exit 1");
      assert.deepEqual(trial().containers(), []);
    });

    it("has the environment that it is given, and the words of its command", async () => {
      const value = `it's "so" $HOME = a\\b, ü`;
      const { engine, tools } = trial();
      const command = ["sh", "-c", 'echo "$VALUE"; echo "$1"', "sh", "--help  me"];
      const { stdout } = await engine.run({ image: tools, command, env: { VALUE: value } });
      assert.equal(stdout.trimEnd(), `${value}\n--help  me`);
    });

    it("is the image's user, or the one that is asked for", async () => {
      const image = await trial().build(["FROM tools", "USER 65532:65533"]);
      assert.equal((await sh("id -u; id -g", { image })).stdout.trim(), "65532\n65533");
      assert.equal((await sh("id -u; id -g", { image, user: "1234:5678" })).stdout.trim(), "1234\n5678");
    });

    it("finds the image's list of users as it is, also as one who is not in it", async () => {
      const users = "root:x:0:0::/:/bin/sh";
      const image = await trial().build(["FROM tools", `RUN mkdir -p /etc && echo ${users} >/etc/passwd`]);
      assert.equal((await sh("cat /etc/passwd", { image, user: "1234:5678" })).stdout.trim(), users);
    });

    it("writes to the root file system, but not where that is read-only, not even to /tmp", async () => {
      const write = "touch /file /tmp/file 2>/dev/null; ls /file /tmp/file 2>/dev/null; true";
      assert.equal((await sh(write)).stdout.trim(), "/file\n/tmp/file");
      assert.equal((await sh(write, { confined: true })).stdout.trim(), "");
    });

    it("has no capability where it is confined, also as root, and none to get", async () => {
      const rights = "grep -E '^(CapEff|CapBnd|NoNewPrivs)' /proc/self/status";
      const { stdout } = await sh(rights, { confined: true, user: "0:0" });
      assert.deepEqual(
        stdout
          .trim()
          .split(/\s+/)
          .filter((word) => /^\d+$/.test(word))
          .map(Number),
        [0, 0, 1],
      );
    });

    it("has no network, but where it is asked for", async () => {
      const routes = "tail -n +2 /proc/net/route | wc -l";
      assert.equal((await sh(routes)).stdout.trim(), "0");
      assert.ok(Number((await sh(routes, { network: "bridge" })).stdout) > 0);
    });

    it("that the image does not have is an answer, not a failure", async () => {
      const { engine, tools } = trial();
      const { exitCode } = await engine.run({ image: tools, command: ["no-such-command"] });
      assert.equal(exitCode, 127);
      assert.deepEqual(trial().containers(), []);
    });

    it("of an image that is not there is a failure that names it, and nothing is pulled", async () => {
      const { engine, name, repository } = trial();
      const image = `${repository}:missing`;
      const { message } = await failing(engine.run({ image, command: ["true"] }));
      assert.match(message, new RegExp(`^${name} cannot run ${image}: `));
    });

    it("that does not end in its time is a failure, and is ended with its container", async () => {
      const { message } = await failing(sh("echo begun; sleep 600", { timeout: 3000 }));
      assert.match(message, new RegExp(`^${trial().name} run ${trial().tools} did not end within 3 s$`));
      assert.deepEqual(trial().containers(), []);
    });
  });

  it("a container is gone when its client was killed", async () => {
    const { tools } = trial();
    const run = failing(sh("echo begun; sleep 600", { timeout: 60_000 }));
    while (trial().containers().length === 0) await wait(50);
    for (const pid of processesWith(["run", "--rm", trial().engine.name === "docker" ? tools.slice(10) : tools]))
      process.kill(pid, "SIGKILL");
    assert.match((await run).message, /was stopped by SIGKILL/);
    assert.deepEqual(trial().containers(), []);
  });

  it("containers are gone when a signal has ended the program that started them", async () => {
    const { name, tools, containers } = trial();
    const module = (path: string): string => JSON.stringify(join(repository, "dist", "src", "ports", path));
    const script = `
import { createEngine } from ${module("engines.js")};
import { endOnSignals } from ${module("interruption.js")};
endOnSignals({ begins: () => {}, ended: () => {} });
const engine = createEngine("${name}");
const request = { image: "${tools}", command: ["sh", "-c", "sleep 600"] };
await engine.serve({ image: "${await trial().build(["FROM tools", 'CMD ["sleep", "600"]'])}", port: 8080 });
await engine.run(request);
console.log("not reached");`;
    const program = execa(process.execPath, ["--input-type=module", "--eval", script], { reject: false });
    while (containers().length < 2) await wait(50);
    process.kill(program.pid ?? 0, "SIGTERM");
    const { exitCode, stdout, stderr } = await program;
    assert.deepEqual([exitCode, stdout, stderr], [143, "", ""]);
    assert.deepEqual(containers(), []);
  });

  describe("a service", () => {
    afterEach(() => trial().removeContainers());

    const server = "httpd -f -p 8080 -h /www";
    const build = (script: string): Promise<string> =>
      trial().build(["FROM tools", "COPY www /www", `CMD ["sh", "-c", "${script}"]`], {
        files: { "www/greeting": "hello\n" },
      });

    it("answers on loopback, says its logs, and ends by itself when it is told to", async () => {
      const image = await build(`echo out; echo err >&2; trap 'echo ending; exit 7' TERM; ${server} & wait`);
      const service = await trial().engine.serve({ image, port: 8080 });
      assert.match(service.url, /^http:\/\/127\.0\.0\.1:\d+$/);
      assert.equal(await answerOf(`${service.url}/greeting`), "hello\n");
      const logs = await service.logs();
      assert.match(logs, /^out$/m);
      assert.match(logs, /^err$/m);
      const [container = ""] = trial().containers();
      assert.match(trial().ask("inspect", "--format", "{{json .Config.Labels}}", container), /"ingot\.test":"true"/);
      const { ran, exitCode, ms } = await service.stop();
      assert.deepEqual([ran, exitCode], [true, 7]);
      assert.ok(ms > 0 && ms < 10_000, `${ms} ms`);
      assert.deepEqual(trial().containers(), []);
    });

    it("has the environment that it is given", async () => {
      const image = await build(`echo $GREETING >/www/greeting; trap 'exit 0' TERM; ${server} & wait`);
      const service = await trial().engine.serve({ image, port: 8080, env: { GREETING: "good day" } });
      assert.equal(await answerOf(`${service.url}/greeting`), "good day\n");
      assert.equal((await service.stop()).exitCode, 0);
    });

    it("that does not hear is ended after ten seconds, and its status says so", async () => {
      const image = await build(`trap '' TERM; ${server}`);
      const service = await trial().engine.serve({ image, port: 8080 });
      assert.equal(await answerOf(`${service.url}/greeting`), "hello\n");
      const { exitCode, ms } = await service.stop();
      assert.equal(exitCode, 137);
      assert.ok(ms >= 9_500, `${ms} ms`);
      assert.deepEqual(trial().containers(), []);
    });

    it("that ended before it was told to says its own status", async () => {
      const image = await trial().build(["FROM tools", 'CMD ["sh", "-c", "echo Error: sorry >&2; exit 5"]']);
      const service = await trial()
        .engine.serve({ image, port: 8080 })
        .catch((error: unknown) => error as Error);
      // An engine may be too late to say the port of what has ended.
      if (service instanceof Error) {
        assert.match(service.message, /ended at once with status 5, and has no port: Error: sorry$/);
        assert.ok((service as Failure).log.includes("Error: sorry"));
      } else {
        assert.equal((await service.logs()).trim(), "Error: sorry");
        const { ran, exitCode } = await service.stop();
        assert.deepEqual([ran, exitCode], [false, 5]);
      }
      assert.deepEqual(trial().containers(), []);
    });

    it("that ended later, and before it was told to, did not run any more", async () => {
      const image = await trial().build(["FROM tools", 'CMD ["sh", "-c", "sleep 2; exit 5"]']);
      const service = await trial().engine.serve({ image, port: 8080 });
      await wait(4000);
      const { ran, exitCode } = await service.stop();
      assert.deepEqual([ran, exitCode], [false, 5]);
      assert.deepEqual(trial().containers(), []);
    });

    it("of an image that is not there is a failure that names it", async () => {
      const { engine, name, repository } = trial();
      const image = `${repository}:missing`;
      const { message } = await failing(engine.serve({ image, port: 8080 }));
      assert.match(message, new RegExp(`^${name} cannot run ${image}: `));
    });
  });
}

/** Ids of the processes that have all of these words among theirs. */
function processesWith(words: readonly string[]): readonly number[] {
  const ids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const has = (id: string): boolean => {
    const said = readText(`/proc/${id}/cmdline`)?.split("\0") ?? [];
    return words.every((word) => said.includes(word));
  };
  return ids.filter(has).map(Number);
}

/** Asks until the server is there. */
async function answerOf(url: string): Promise<string> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    try {
      return await (await fetch(url)).text();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await wait(50);
    }
  }
}
