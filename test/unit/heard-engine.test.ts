import assert from "node:assert/strict";
import type { BuildRequest, Engine } from "../../src/ports/engine.js";
import { hearEngine } from "../../src/ports/heard-engine.js";

describe("an engine that is heard", () => {
  const heard = async (work: (engine: Engine) => Promise<unknown>): Promise<readonly string[]> => {
    const lines: string[] = [];
    const engine = {
      build: async ({ onLine }: BuildRequest) => onLine?.("step 1"),
      run: async () => ({ exitCode: 3, stdout: "out\n\nmore\n", stderr: "oh no\n" }),
      serve: async () => ({ url: "", logs: async () => "GET /\n", stop: async () => lines.push("stopped") }),
    } as unknown as Engine;
    await work(hearEngine(engine, (line) => lines.push(line)));
    return lines;
  };

  it("says a command, what it wrote, and how it ended where that is not well", async () =>
    assert.deepEqual(await heard((engine) => engine.run({ image: "x", command: ["sh", "-c", "a\nb"] })), [
      "$ sh -c a b",
      "out",
      "more",
      "oh no",
      "exit status 3",
    ]));

  it("says what a build says", async () =>
    assert.deepEqual(await heard((engine) => engine.build({} as BuildRequest)), ["step 1"]));

  it("says what a service wrote before it is stopped", async () => {
    const lines = await heard(async (engine) => (await engine.serve({ image: "x", port: 1 })).stop());
    assert.deepEqual(lines, ["serve x", "GET /", "stopped"]);
  });
});
