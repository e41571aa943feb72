import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCliEngine } from "../../src/ports/cli-engine.js";
import { failing } from "../support/engine-trial.js";
import { writeFakeClient } from "../support/fake-client.js";
import { useTemporaryFolder } from "../support/folders.js";

describe("an engine behind its client", () => {
  const folder = useTemporaryFolder();

  it("tells no part of a secret, also where its reason is cut", async () => {
    const secret = "https://mirror.example.org/a-long-path-of-which-nothing-may-be-seen";
    const secretFile = join(folder(), "mirror");
    writeFileSync(secretFile, `${secret}\n`);
    for (const length of [320, 340, 350, 360, 370, 380, 400]) {
      const { cli } = writeFakeClient(folder(), [`echo "ERROR: ${"x".repeat(length)} ${secret} failed"`, "exit 1"]);
      const { message, log } = await failing(
        createCliEngine(cli).build({
          folder: folder(),
          tags: ["docker.io/x/y:1"],
          buildArguments: {},
          labels: {},
          contexts: {},
          secrets: [{ id: "mirror", file: secretFile }],
          cache: true,
        }),
      );
      for (const line of [message, ...log]) assert.doesNotMatch(line, /https|mirror|example|path/, line);
    }
  });
});
