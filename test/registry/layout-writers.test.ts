import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { withLock } from "../../src/ports/layout-lock.js";
import { createLayoutRegistry } from "../../src/ports/layout-registry.js";
import { failureOf } from "../support/failures.js";
import { useTemporaryFolder } from "../support/folders.js";
import { tag, tinyImage, upload } from "../support/push.js";

const program = fileURLToPath(new URL("../support/layout-writer.js", import.meta.url));
const repository = "acme/node";

describe("several who write a layout", () => {
  const folder = useTemporaryFolder();

  const start = (name: string, count: number): ChildProcess =>
    spawn(process.execPath, [program, join(folder(), "layout"), name, String(count)], { stdio: "inherit" });
  const ended = (child: ChildProcess): Promise<number | null> =>
    new Promise((resolve) => child.once("close", (status) => resolve(status)));
  const names = (name: string, count: number): readonly string[] =>
    Array.from({ length: count }, (_, index) => `${name}${index}`);

  it("lose no tag of each other, as programs of their own", async () => {
    const children = ["a", "b", "c"].map((name) => start(name, 25));
    assert.deepEqual(await Promise.all(children.map(ended)), [0, 0, 0]);
    const registry = createLayoutRegistry(join(folder(), "layout"));
    const expected = ["a", "b", "c"].flatMap((name) => names(name, 25)).sort();
    assert.deepEqual(await registry.tags(repository), expected);
  });

  it("leave it whole wherever they are killed, and the next one goes on", async () => {
    const layout = join(folder(), "layout");
    const registry = createLayoutRegistry(layout);
    for (let run = 0; run < 8; run += 1) {
      const before = (await registry.tags(repository)).length;
      const child = start("a", 1000);
      // After another number of tags each time, and wherever the program is then.
      while ((await registry.tags(repository)).length <= before + run) await sleep(1 + run);
      child.kill("SIGKILL");
      await ended(child);
      for (const name of await registry.tags(repository)) {
        const found = await registry.manifest(repository, name);
        assert.ok(found?.config);
        for (const each of [found.config, ...found.layers])
          assert.equal((await registry.blob(repository, each.digest, 4096)).length, each.size);
      }
      await upload(registry, repository, tag(`after${run}`), tinyImage(`after ${run}`));
    }
    const tags = await registry.tags(repository);
    assert.deepEqual(tags.filter((each) => each.startsWith("after")).length, 8);
    assert.ok(tags.includes(tag("a0")));
  });

  describe("with a lock", () => {
    const fast = { poll: 5, staleAfter: 60, patience: 200 };
    let path: string;
    beforeEach(() => {
      path = join(folder(), "lock");
    });
    const leave = (pid: number, host = hostname()): void =>
      writeFileSync(path, JSON.stringify({ pid, host, token: "x" }));
    const dead = async (): Promise<number> => {
      const child = spawn(process.execPath, ["-e", ""]);
      await ended(child);
      return child.pid ?? 0;
    };

    it("take it from one that is not alive, at once", async () => {
      for (const pid of [await dead(), process.pid]) {
        leave(pid);
        assert.equal(await withLock(path, (isHeld) => isHeld(), { ...fast, staleAfter: 1e9, patience: 0 }), true);
        assert.equal(existsSync(path), false);
      }
    });

    it("take it from another machine's, or from a file without a word, when that has stood for long", async () => {
      for (const text of [JSON.stringify({ pid: 1, host: "elsewhere", token: "x" }), ""]) {
        writeFileSync(path, text);
        assert.equal(await withLock(path, (isHeld) => isHeld(), fast), true);
        assert.equal(existsSync(path), false);
      }
    });

    it("leave it to one that is alive, and say which file it is", async () => {
      leave(process.ppid);
      const never = { ...fast, staleAfter: 1e9 };
      assert.equal(
        await failureOf(withLock(path, () => assert.fail("it was held"), never)),
        `others hold ${path} all the time; if none does, remove it`,
      );
      assert.equal(JSON.parse(readFileSync(path, "utf8")).pid, process.ppid);
    });

    it("give it back where the work fails, and only what is their own", async () => {
      await assert.rejects(
        withLock(path, () => {
          throw new Error("no");
        }),
        /^Error: no$/,
      );
      assert.equal(existsSync(path), false);
      const held = await withLock(path, (isHeld) => {
        leave(1, "elsewhere");
        return isHeld();
      });
      assert.equal(held, false);
      assert.equal(existsSync(path), true);
    });

    it("are inside one after the other", async () => {
      const inside: string[] = [];
      const enter = (name: string) => withLock(path, () => inside.push(`${name}+`, `${name}-`));
      await Promise.all(["a", "b", "c", "d"].map(enter));
      assert.equal(inside.length, 8);
      for (let index = 0; index < 8; index += 2) assert.equal(inside[index]?.[0], inside[index + 1]?.[0]);
    });
  });
});
