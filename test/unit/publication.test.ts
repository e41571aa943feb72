import assert from "node:assert/strict";
import { downgradeOf, isNewer, reasonOfMove, standingOf } from "../../src/model/publication.js";
import type { Digest } from "../../src/model/reference.js";

const digest = `sha256:${"0".repeat(64)}` as Digest;
const standing = (version: string, created: string, platforms: readonly string[] = ["linux/amd64"]) =>
  standingOf(
    digest,
    { "org.opencontainers.image.version": version, "org.opencontainers.image.created": created },
    platforms,
  );
const [may, november] = ["2026-05-01T00:00:00Z", "2026-11-21T00:00:00Z"] as const;

describe("a tag", () => {
  it("does not go back to an older version, and says which stands there", () =>
    assert.equal(
      downgradeOf(standing("3.14.7", may), standing("3.14.6", november)),
      "is at 3.14.7, which is newer than 3.14.6",
    ));
  it("does not go back to an older build of the same version", () =>
    assert.equal(
      downgradeOf(standing("3.14.7", november), standing("3.14.7", may)),
      "is at a build of 2026-11-21, which is newer than that of 2026-05-01",
    ));
  it("does not lose a platform", () =>
    assert.equal(
      downgradeOf(standing("3.14.6", may, ["linux/amd64", "linux/arm64"]), standing("3.14.7", november)),
      "is for linux/arm64 too, and this is not",
    ));
  it("is at nothing newer where all that it would lose is a platform", () => {
    const there = standing("3.14.6", may, ["linux/amd64", "linux/arm64"]);
    assert.equal(isNewer(there, standing("3.14.7", november)), false);
    assert.equal(isNewer(standing("3.14.7", november), standing("3.14.7", may)), true);
  });
  it("goes to a newer version although that was built earlier, and says from which to which", () => {
    const [there, wanted] = [standing("3.9.1", november), standing("3.10.0", may)];
    assert.equal(downgradeOf(there, wanted), undefined);
    assert.equal(reasonOfMove(there, wanted), "3.9.1 → 3.10.0");
  });
  it("goes to a newer build of the same version", () => {
    const [there, wanted] = [standing("21.0.8_p9", may), standing("21.0.8+9", november)];
    assert.equal(downgradeOf(there, wanted), undefined);
    assert.equal(reasonOfMove(there, wanted), "rebuilt, 2026-05-01 → 2026-11-21");
  });
  it("goes from what says no version to anything: it is not ours", () => {
    for (const there of [standingOf(digest, {}, ["linux/amd64"]), standing("latest", "yesterday")]) {
      assert.equal(downgradeOf(there, standing("3.14.7", may)), undefined);
      assert.equal(reasonOfMove(there, standing("3.14.7", may)), "other content");
    }
  });
  it("goes to the same build for more platforms", () =>
    assert.equal(
      reasonOfMove(standing("1.0", may), standing("1.0", may, ["linux/amd64", "linux/arm64"])),
      "more platforms",
    ));
});
