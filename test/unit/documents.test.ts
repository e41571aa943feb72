import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { trustDockerfile } from "../../src/stages/probe.js";
import { repository } from "../support/paths.js";

describe("the documented way to add a certificate authority", () => {
  for (const document of ["generated/python/README.md", "generated/java/README.md", "docs/images.md"]) {
    it(`is what the probe of TLS does: ${document}`, () => {
      const text = readFileSync(join(repository, document), "utf8");
      const [, shown = ""] =
        [...text.matchAll(/```dockerfile\n([\s\S]+?)```/g)].find(([, each]) =>
          each?.includes("update-ca-certificates"),
        ) ?? [];
      const [dev, image] = [...shown.matchAll(/^FROM (\S+)/gm)].map(([, name]) => name ?? "");
      const done = trustDockerfile
        .replace(/^ARG .*\n/gm, "")
        .replace("$DEV", dev ?? "")
        .replace("$IMAGE", image ?? "");
      assert.equal(done, shown);
    });
  }
});
