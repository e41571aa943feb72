import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLayoutRegistry } from "../../src/ports/layout-registry.js";
import { describeRegistry } from "../support/describe-registry.js";

describeRegistry("an OCI image layout", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ingot-layout-"));
  return {
    host: `oci:${folder}`,
    client: () => createLayoutRegistry(folder),
    onePool: true,
    stop: async () => rmSync(folder, { recursive: true, force: true }),
  };
});
