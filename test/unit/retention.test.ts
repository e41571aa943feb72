import assert from "node:assert/strict";
import type { Digest, Tag } from "../../src/model/reference.js";
import { expiredTags, type TaggedDigest } from "../../src/model/retention.js";

const at = (tag: string, digit: string): TaggedDigest => ({
  tag: tag as Tag,
  digest: `sha256:${digit.repeat(64)}` as Digest,
});
const builds = ["20260101", "20260201", "20260301", "20260301.2", "20260401"].map((day, index) =>
  at(`24.16.0-trixie-${day}`, String(index)),
);

describe("the rule of retention", () => {
  it("lets go what is neither among the newest three builds of an image nor young, oldest first", () =>
    assert.deepEqual(expiredTags(builds.toReversed(), "20261121"), [
      "24.16.0-trixie-20260101",
      "24.16.0-trixie-20260201",
    ]));
  it("keeps what is not 90 days old", () =>
    assert.deepEqual(expiredTags(builds, "20260402"), ["24.16.0-trixie-20260101"]));
  it("keeps what another tag points at", () =>
    assert.deepEqual(expiredTags([...builds, at("24.16.0-trixie", "0")], "20261121"), ["24.16.0-trixie-20260201"]));
  it("counts each variant and distribution by itself", () => {
    const others = ["24.16.0-trixie-dev-20250101", "24.16.0-bookworm-20250101"].map((tag) => at(tag, "9"));
    assert.deepEqual(expiredTags(others, "20261121"), []);
  });
  it("counts the builds of a version's patches together", () => {
    const later = ["24.16.1-trixie-20260501", "24.16.2-trixie-20260601", "24.16.3-trixie-20260701"];
    assert.equal(expiredTags([...builds, ...later.map((tag) => at(tag, "a"))], "20261121").length, builds.length);
  });
  it("never names a tag that moves", () =>
    assert.deepEqual(
      expiredTags(
        ["24", "latest", "24-trixie-dev"].map((tag) => at(tag, "b")),
        "20261121",
      ),
      [],
    ));
});
