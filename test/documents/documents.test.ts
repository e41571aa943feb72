import assert from "node:assert/strict";
import { requireCosign } from "../support/cosign.js";
import { type DocumentWorld, startDocumentWorld } from "../support/document-world.js";
import { followShown, isFollowed, type Place } from "../support/follow-shown.js";
import { requireProgram, requireRegistry } from "../support/registry-server.js";
import { requireEngine } from "../support/require-engine.js";
import { pages, readShown, type Shown } from "../support/shown.js";

const advice =
  "Every command of the documents is run by this test. Change the page, or say in test/support/documented.ts what stands for it, or which test does it.";

// What two pages show is done once.
const followed = new Set<string>();
const isNew = (shown: Shown): boolean => {
  const text = "command" in shown ? shown.command.replace(/ +# .*$/, "") : "text" in shown ? shown.text : "";
  const isKnown = followed.has(text);
  followed.add(text);
  return !isKnown;
};

describe("what the documents show", () => {
  let world: DocumentWorld;

  before(async function () {
    await requireEngine(this);
    requireRegistry(this);
    requireCosign(this);
    for (const program of ["git", "jq", "make"]) requireProgram(this, program);
    world = await startDocumentWorld();
  });
  after(() => world?.stop());

  for (const page of pages()) {
    const all = readShown(page).filter((shown) => isFollowed(page, shown) && isNew(shown));
    if (all.length === 0) continue;
    it(`is done as it stands there, and prints what it should: ${page}, ${all.length} commands and Dockerfiles`, async () => {
      // Who reads the first page has published nothing.
      const registry = `${world.registry}/${page === "README.md" ? "first" : "acme"}`;
      const place = { folder: world.clone(), registry, env: world.env };
      for (const shown of all) await follow(page, shown, place);
    });
  }
});

async function follow(page: string, shown: Shown, place: Place): Promise<void> {
  try {
    await followShown(shown, place);
  } catch (error) {
    assert.fail(`${page}:${shown.line}: ${error instanceof Error ? error.message : error}\n\n${advice}`);
  }
}
