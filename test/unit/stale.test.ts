import assert from "node:assert/strict";
import { type Image, imagesOf } from "../../src/model/image.js";
import type { BuildRecord } from "../../src/model/record.js";
import type { Digest } from "../../src/model/reference.js";
import type { PublishedState } from "../../src/model/staleness.js";
import { recipeOf } from "../../src/stages/recipe.js";
import { findStale } from "../../src/stages/stale.js";
import { useTemporaryFolder } from "../support/folders.js";
import { openGood, writeResolvedCatalog } from "../support/resolved-catalog.js";

const platform = "linux/amd64";
const digest = `sha256:${"a".repeat(64)}` as Digest;

describe("what of a registry is to be rebuilt", () => {
  const folder = useTemporaryFolder();

  /** The catalog's images, those named never published; of all others each has the package, and the index another version. */
  async function find(...unpublished: readonly string[]) {
    writeResolvedCatalog(folder());
    const { plan, tree } = openGood(folder());
    const images = imagesOf(plan).filter(({ distribution }) => distribution.name === "trixie");
    const stateOf = (image: Image): PublishedState => {
      const recipe = recipeOf(image, { tree, platform });
      const record: BuildRecord = {
        ...{ schemaVersion: 1, version: image.version.text, size: 1 },
        platforms: [{ platform, id: image.id, recipe, packages: [["libc6", "2.41-11"]] }],
      };
      const isThere = !unpublished.includes(image.id);
      return { records: isThere ? [record] : [], missing: [], elsewhere: [], ...(isThere ? { digest } : {}) };
    };
    const { images: judged, ...report } = await findStale({
      ...{ plan, tree, images, platforms: [platform], today: "2026-06-18" },
      read: async (image) => stateOf(image),
      index: async () => ({ version: "13.7", packages: new Map([["libc6", "2.41-12"]]) as never }),
    });
    return { actions: new Set(judged.map(({ action }) => action)), judged, ...report };
  }

  it("takes no earlier result for what is published, whose packages may be newer than they, and any for what never was", async () => {
    const [never] = ["python/3.13/trixie/runtime"] as const;
    const { actions, judged, outdated, fresh } = await find(never);
    assert.deepEqual([[...actions], fresh.size], [["rebuild"], 0]);
    assert.ok(judged.some(({ image }) => image.id === never));
    assert.deepEqual(
      judged.filter(({ image }) => !outdated.has(image.id)).map(({ image }) => image.id),
      [never],
    );
  });
});
