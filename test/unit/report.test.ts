import assert from "node:assert/strict";
import type { Event } from "../../src/model/event.js";
import type { Image, ImageId, Pair, PairId } from "../../src/model/image.js";
import { hasFailed, makeReport } from "../../src/model/report.js";

const pair = (id: string): Pair =>
  ({
    id,
    images: ["dev", "runtime"].map((variant) => ({ id: `${id}/${variant}`, variant }) as unknown as Image),
  }) as unknown as Pair;
const pairs = [pair("base/13/trixie"), pair("node/20/trixie")];
const image = (id: string) => id as ImageId;
const failed = (stage: "build" | "test" | "publish", subject: string): Event => ({
  type: "failed",
  stage,
  subject: subject as ImageId,
  reason: "no network",
  log: ["a line"],
});
const reportOf = (...events: readonly Event[]) => makeReport(pairs, events, new Map([["base/13/trixie/dev", 1000]]), 5);

describe("the report of a run", () => {
  it("has what became of each image, in the order of the plan, and nothing of those that were not asked for", () => {
    const { images } = reportOf(
      { type: "built", subject: image("node/20/trixie/dev"), ms: 1, size: 7 },
      { type: "kept", stage: "build", subject: image("base/13/trixie/dev") },
      { type: "skipped", stage: "build", subject: image("base/13/trixie/runtime"), reason: "needs debian" },
    );
    assert.deepEqual(
      images.map(({ image: { id }, state, size, reason }) => [id, state, size, reason]),
      [
        ["base/13/trixie/dev", "kept", 1000, undefined],
        ["base/13/trixie/runtime", "skipped", undefined, "needs debian"],
        ["node/20/trixie/dev", "built", undefined, undefined],
      ],
    );
  });

  it("tells an image of one platform from that of another", () => {
    const { images, failures } = reportOf(
      { type: "kept", stage: "build", subject: image("node/20/trixie/dev") },
      { ...failed("build", "node/20/trixie/dev"), platform: "linux/arm64" },
    );
    assert.deepEqual(
      images.map(({ platform, state }) => [platform, state]),
      [
        [undefined, "kept"],
        ["linux/arm64", "failed"],
      ],
    );
    assert.equal(failures[0]?.platform, "linux/arm64");
  });

  it("takes nothing that happens in a test or a publication for what became of an image", () => {
    const { images, failedPairs } = reportOf(
      { type: "kept", stage: "test", subject: "node/20/trixie" as PairId },
      { type: "skipped", stage: "publish", subject: "node/20/trixie" as PairId, reason: "x" },
      { type: "started", stage: "build", subject: image("node/20/trixie/dev") },
    );
    assert.deepEqual([images, failedPairs], [[], []]);
  });

  it("names the pairs that failed a test or a publication", () => {
    assert.deepEqual(reportOf(failed("test", "node/20/trixie"), failed("publish", "base/13/trixie")).failedPairs, [
      "node/20/trixie",
      "base/13/trixie",
    ]);
  });
});

describe("a run has failed", () => {
  const skip: Event = { type: "skipped", stage: "build", subject: image("node/20/trixie/dev"), reason: "x" };
  it("where a build failed", () =>
    assert.equal(hasFailed(reportOf(failed("build", "node/20/trixie/dev")), false), true));
  it("where a test failed", () => assert.equal(hasFailed(reportOf(failed("test", "node/20/trixie")), false), true));
  it("where a publication failed", () =>
    assert.equal(hasFailed(reportOf(failed("publish", "node/20/trixie")), false), true));
  it("where something was skipped only if that is asked for", () =>
    assert.deepEqual(
      [false, true].map((strict) => hasFailed(reportOf(skip), strict)),
      [false, true],
    ));
  it("not where all is right", () =>
    assert.equal(
      hasFailed(reportOf({ type: "built", subject: image("node/20/trixie/dev"), ms: 1, size: 1 }), true),
      false,
    ));
});
