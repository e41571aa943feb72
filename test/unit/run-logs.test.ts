import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Event } from "../../src/model/event.js";
import { openRunLogs } from "../../src/ports/run-logs.js";
import { built, dev, failed, output, pair, started } from "../support/events.js";
import { readTree, useTemporaryFolder } from "../support/folders.js";

describe("the logs of a run", () => {
  const folder = useTemporaryFolder();
  const runs = (): readonly string[] => readdirSync(join(folder(), "build", "logs")).sort();

  it("have all that an image's build said in a file of its own, with the time, and name the file", () => {
    const logs = openRunLogs(folder());
    const events = [
      started("build", dev),
      output("one"),
      output("\u001b[31mtwo\u001b[0m\u0001"),
      failed("no", ["two"]),
    ];
    const [file = ""] = events.map(logs.hear).toReversed();
    assert.match(file, /build\/logs\/\d{8}T\d{6}Z-\d+\/lua\/5\.4\/trixie\/dev\.log$/);
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    for (const line of lines) assert.match(line, /^\[ +\d+\.\d{3} s\] /);
    assert.deepEqual(
      lines.map((line) => line.replace(/^.*?\] /, "")),
      ["build lua/5.4/trixie/dev", "one", "two�", "build failed: no"],
    );
  });

  it("have a pair's tests beside its images, with every breach, and another platform's apart", () => {
    const logs = openRunLogs(folder());
    logs.hear({ type: "failed", stage: "test", subject: pair, reason: "first breach", log: ["second breach"] });
    logs.hear({ ...built(dev), platform: "linux/arm64" });
    const tree = readTree(join(folder(), "build", "logs", runs()[0] ?? ""));
    assert.deepEqual(Object.keys(tree), ["lua/5.4/trixie.log", "lua/5.4/trixie/dev.arm64.log"]);
    assert.match(tree["lua/5.4/trixie.log"] ?? "", /second breach\n.*test failed: first breach\n$/);
  });

  it("are none of what is left alone: no folder is made", () => {
    const logs = openRunLogs(folder());
    const kept: Event = { type: "kept", stage: "build", subject: dev };
    assert.equal(logs.hear(kept), undefined);
    assert.deepEqual(readdirSync(folder()), []);
  });

  it("of the newest runs are kept, and other folders are left alone", () => {
    const logs = join(folder(), "build", "logs");
    const old = Array.from({ length: 8 }, (_, index) => `20260101T00000${index}Z-1`);
    for (const name of [...old, "mine"]) mkdirSync(join(logs, name), { recursive: true });
    openRunLogs(folder(), { time: new Date("2026-11-21T20:44:08.123Z") }).hear(started("build", dev));
    assert.deepEqual(runs(), [...old.slice(4), `20261121T204408Z-${process.pid}`, "mine"]);
  });

  it("that cannot be written are no reason to fail", () => {
    writeFileSync(join(folder(), "build"), "a file");
    const logs = openRunLogs(folder());
    assert.equal(logs.hear(started("build", dev)), undefined);
    assert.equal(logs.hear(output("one")), undefined);
  });
});
