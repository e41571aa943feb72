import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Image, ImageId } from "../../src/model/image.js";
import type { BuildRecord, PlatformRecord } from "../../src/model/record.js";
import type { Digest, Tag } from "../../src/model/reference.js";
import {
  actionFor,
  formatReason,
  judge,
  type PublishedState,
  type Reason,
  type Standard,
} from "../../src/model/staleness.js";

const digest = `sha256:${"a".repeat(64)}` as Digest;
const amd64 = "linux/amd64";
const arm64 = "linux/arm64";

const image = {
  id: "tool/1/trixie/runtime",
  version: { text: "1.0.2" },
  tags: ["1.0.2-trixie", "1"],
  parent: { kind: "image", id: "base/13/trixie/runtime" as ImageId, reference: "acme/base:trixie" },
} as unknown as Image;

const onDistribution = {
  ...image,
  parent: {
    kind: "distribution",
    distribution: { image: "registry.example/debian:trixie" },
    reference: `registry.example/debian:trixie@sha256:${"2".repeat(64)}`,
  },
} as unknown as Image;

const platformRecord: PlatformRecord = {
  platform: amd64,
  id: "sha256:tool",
  parent: { reference: "acme/base:trixie", id: "sha256:base" },
  recipe: { Dockerfile: "d1", microroot: "m1" },
  packages: [
    ["libc6", "2.41-12"],
    ["zlib1g", "1:1.3"],
  ],
};

const recorded: BuildRecord = {
  schemaVersion: 1,
  version: "1.0.2",
  size: 100,
  platforms: [platformRecord],
};
const published: PublishedState = { digest, records: [recorded], missing: [], elsewhere: [] };

const standard: Standard = {
  platforms: [amd64],
  recipeOf: () => ({ Dockerfile: "d1", microroot: "m1" }),
  parentIdsOf: () => ["sha256:base"],
  newestOf: (name) => ({ libc6: "2.41-12", zlib1g: "1:1.3" })[name],
  isNewer: (version, than) => version > than,
  parentIsStale: false,
};

const sentences = (reasons: readonly Reason[]): readonly string[] => reasons.map(formatReason);
const judged = (state: Partial<PublishedState>, against: Partial<Standard>, of: Image = image) =>
  judge(of, { ...published, ...state }, { ...standard, ...against });

describe("whether a published image is fresh", () => {
  it("is so while nothing that it was made from has moved", () => {
    assert.deepEqual(judged({}, {}), []);
    assert.equal(actionFor([]), "none");
  });

  it("is not where it is not published, or nobody recorded what it was made from", () => {
    assert.deepEqual(sentences(judge(image, { records: [], missing: [], elsewhere: [] }, standard)), ["not published"]);
    const reasons = judge(image, { ...published, records: [], problem: "it is no record" }, standard);
    assert.deepEqual(sentences(reasons), ["what it was made from is not recorded: it is no record"]);
    assert.equal(actionFor(reasons), "rebuild");
  });

  it("is so where one of several records of the same content says so, whatever engines built it", () => {
    const parent = { reference: "acme/base:trixie", id: "sha256:base elsewhere" };
    const elsewhere = { ...recorded, platforms: [{ ...platformRecord, parent, recipe: {} }] };
    assert.deepEqual(judged({ records: [elsewhere, recorded], problem: "a third is none" }, {}), []);
    const ids = ["sha256:base", "sha256:base elsewhere"];
    const records = [{ ...recorded, platforms: [{ ...platformRecord, parent }] }];
    assert.deepEqual(judged({ records }, { parentIdsOf: () => ids }), []);
    assert.equal(judged({ records }, {}).length, 1);
  });

  it("names each part of the recipe that differs, those that are new or gone too, and the version that moved", () => {
    const recipeOf = () => ({ Dockerfile: "d2", other: "o" });
    const reasons = judged({ records: [{ ...recorded, version: "1.0.1" }] }, { recipeOf });
    assert.deepEqual(sentences(reasons), [
      "definition, lock or template changed: Dockerfile, microroot, other; version 1.0.1 → 1.0.2",
    ]);
  });

  it("names each package that is newer, and none that the index does not have or has older", () => {
    const newest: Record<string, string> = { libc6: "2.41-13", zlib1g: "1:1.2", elsewhere: "9" };
    const reasons = judged({}, { newestOf: (name) => newest[name] });
    assert.deepEqual(reasons, [{ kind: "package", name: "libc6", from: "2.41-12", to: "2.41-13" }]);
    assert.equal(actionFor(reasons), "rebuild");
  });

  it("says that what it is built on is another image, or is to be rebuilt", () => {
    const moved = judged({}, { parentIdsOf: () => ["sha256:other"] });
    assert.deepEqual(moved, [{ kind: "base", reference: "acme/base:trixie", from: "sha256:base", to: "sha256:other" }]);
    const below = judged({}, { parentIsStale: true });
    assert.deepEqual(sentences(below), ["built on base/13/trixie/runtime, which is to be rebuilt"]);
    assert.deepEqual([actionFor(moved), actionFor(below)], ["rebuild", "rebuild"]);
  });

  it("says of a distribution's digest that moved just that, although the Dockerfile holds it", () => {
    const parent = { reference: `registry.example/debian:trixie@sha256:${"1".repeat(64)}` };
    const platforms = [{ ...platformRecord, parent }];
    const recipeOf = () => ({ Dockerfile: "d2", microroot: "m1" });
    const reasons = judged({ records: [{ ...recorded, platforms }] }, { recipeOf }, onDistribution);
    assert.deepEqual(sentences(reasons), [
      "registry.example/debian:trixie is another image: sha256:111111111111 → sha256:222222222222",
    ]);
  });

  it("asks for tags alone where nothing else is wrong, and for a build where something is", () => {
    const missing = ["1" as Tag];
    const reasons = judged({ missing, elsewhere: ["1.0.2-trixie" as Tag] }, {});
    assert.deepEqual(sentences(reasons), ["the tag 1 is missing", "the tag 1.0.2-trixie is at another image"]);
    assert.equal(actionFor(reasons), "retag");
    assert.equal(actionFor(judged({ missing }, { parentIsStale: true })), "rebuild");
  });

  it("is not once it is older than the catalog allows, and is on the last day", () => {
    assert.deepEqual(judged({}, { age: 30, maximumAge: 30 }), []);
    assert.deepEqual(judged({}, { age: 31, maximumAge: 30 }), [{ kind: "age", days: 31, limit: 30 }]);
    assert.deepEqual(judged({}, { age: 1000 }), []);
  });

  it("tells of an end of life that the lock does not know, which is no cause to build before it does", () => {
    const reasons = judged({}, { ended: "upstream" });
    assert.deepEqual(sentences(reasons), [
      "upstream supports it no longer since the lock was made: run `ingot resolve`",
    ]);
    assert.equal(actionFor(reasons), "none");
  });

  it("says once what is so on all platforms, and where what is so on one", () => {
    const both = [platformRecord, { ...platformRecord, platform: arm64, packages: [["libc6", "2.41-11"] as const] }];
    const platforms = [amd64, arm64] as const;
    const records = [{ ...recorded, platforms: both }];
    const all = judged({ records }, { platforms, recipeOf: () => ({ Dockerfile: "d2", microroot: "m1" }) });
    assert.deepEqual(sentences(all), [
      "definition, lock or template changed: Dockerfile",
      "libc6 2.41-11 → 2.41-12 (linux/arm64)",
    ]);
    assert.deepEqual(sentences(judged({}, { platforms })), ["not published (linux/arm64)"]);
  });

  it("says once that a base moved, although it is an image of its own on each platform", () => {
    const other = { reference: "acme/base:trixie", id: "sha256:base-arm" };
    const records = [
      { ...recorded, platforms: [platformRecord, { ...platformRecord, platform: arm64, parent: other }] },
    ];
    const platforms = [amd64, arm64] as const;
    const moved = (platform: string) => [`sha256:new-${platform}`];
    assert.deepEqual(judged({ records }, { platforms, parentIdsOf: moved }), [
      { kind: "base", reference: "acme/base:trixie" },
    ]);
    const onOne = judged(
      { records },
      { platforms, parentIdsOf: (each) => (each === amd64 ? moved(each) : [other.id]) },
    );
    assert.deepEqual(onOne, [
      ...[
        {
          kind: "base",
          reference: "acme/base:trixie",
          from: "sha256:base",
          to: "sha256:new-linux/amd64",
          platforms: [amd64],
        },
      ],
    ]);
    assert.deepEqual(sentences(judged({ records }, { platforms, parentIdsOf: moved })), [
      "acme/base:trixie is another image",
    ]);
  });
});
