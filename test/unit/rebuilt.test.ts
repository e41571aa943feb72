import assert from "node:assert/strict";
import type { Changes } from "../../src/model/changes.js";
import { type Image, type ImageId, imagesOf } from "../../src/model/image.js";
import type { Rebuilt } from "../../src/model/rebuilt.js";
import type { Digest } from "../../src/model/reference.js";
import type { Report } from "../../src/model/report.js";
import type { Reason, Staleness } from "../../src/model/staleness.js";
import { createJsonReporter, finishRebuiltJson } from "../../src/reporters/jsonl.js";
import { formatRebuilt } from "../../src/reporters/rebuilt.js";
import { captured } from "../support/captured.js";
import { useTemporaryFolder } from "../support/folders.js";
import { openGood, writeResolvedCatalog } from "../support/resolved-catalog.js";

const [before, after] = ["1", "2"].map((digit) => `sha256:${digit.repeat(64)}` as Digest) as [Digest, Digest];
const update: Reason = { kind: "package", name: "libssl3t64", from: "3.5.1-1", to: "3.5.4-1" };
const changes: Changes = {
  platform: "linux/amd64",
  previous: { digest: before, size: 16_000_000 },
  current: { digest: after, size: 16_400_000 },
  reasons: [],
  packages: { added: [], removed: [], updated: [{ name: "libssl3t64", from: "3.5.1-1", to: "3.5.4-1" }] },
} as unknown as Changes;
const done: Report = { images: [], failedPairs: [], failures: [], ms: 61_000 };

describe("the summary of a rebuild", () => {
  const folder = useTemporaryFolder();

  function imageOf(id: string): Image {
    writeResolvedCatalog(folder());
    const image = imagesOf(openGood(folder()).plan).find((each) => each.id === id);
    assert.ok(image !== undefined, id);
    return image;
  }
  const rebuild = (id: string, reasons: readonly Reason[] = [update]): Staleness => ({
    ...{ image: imageOf(id), digest: before, reasons, action: "rebuild" },
  });
  const fresh = (id: string): Staleness => ({ image: imageOf(id), digest: before, reasons: [], action: "none" });
  const summary = (rebuilt: Partial<Rebuilt>): string =>
    formatRebuilt({ moves: [], unknown: [], images: [], unmoved: [], published: new Map(), ...rebuilt });
  const [dev, runtime, base] = ["python/3.13/trixie/dev", "python/3.13/trixie/runtime", "base/13/trixie/dev"] as const;

  it("is one line where all is fresh", () =>
    assert.equal(summary({ images: [fresh(runtime)] }), "1 fresh, 0 rebuilt (0 changed), 0 tagged again"));

  it("says of each image why, what is in it now, how its size and its packages changed, and what moved in the lock", () =>
    assert.equal(
      summary({
        images: [rebuild(runtime), fresh(dev)],
        report: done,
        published: new Map([[runtime as ImageId, { digest: after, changes: [changes] }]]),
        moves: ["python 3.13 on trixie: 3.13.4 → 3.13.5"],
      }),
      `1 fresh, 1 rebuilt (1 changed), 0 tagged again, in 1 min 1 s

## acme/python:3.13.5-trixie

    why
      libssl3t64 3.5.1-1 → 3.5.4-1

    ${after}

    linux/amd64 16.4 MB compressed, before 16.0 MB (+400.0 kB)

      ~ libssl3t64  3.5.1-1 → 3.5.4-1

      0 added, 0 removed, 1 updated

## The lock moved

    python 3.13 on trixie: 3.13.4 → 3.13.5`,
    ));

  it("says of one that came out the same that no tag moved", () =>
    assert.match(
      summary({
        images: [rebuild(runtime)],
        report: done,
        published: new Map([[runtime as ImageId, { digest: before, changes: [] }]]),
      }),
      /^0 fresh, 1 rebuilt \(0 changed\), .*\n[\s\S]*\n {4}sha256:1{64}: the same as before, so no tag moved$/,
    ));

  it("lists every failure with its reason first, and what of it is not published: the other image of the pair too", () => {
    const failures = [{ stage: "build", subject: dev as ImageId, reason: "no `libfoo` <b>here</b>" }] as const;
    const images = [{ image: imageOf(dev), state: "failed", reason: "no" }] as const;
    const told = summary({ images: [rebuild(dev), rebuild(runtime)], report: { ...done, failures, images } });
    assert.match(told, /^0 fresh, 0 rebuilt \(0 changed\), 0 tagged again, \*\*1 FAILED\*\*/);
    assert.match(told, /\n## Failed\n\n- build python\/3\.13\/trixie\/dev: `no 'libfoo' <b>here<\/b>`\n/);
    assert.match(told, /\n## Not published\n\n- acme\/python:3\.13\.5-trixie-dev\n- acme\/python:3\.13\.5-trixie$/);
  });

  it("takes nothing for rebuilt that could not start, as what it is built on failed", () => {
    const failures = [{ stage: "build", subject: base as ImageId, reason: "no" }] as const;
    const images = [
      { image: imageOf(base), state: "failed", reason: "no" },
      { image: imageOf(dev), state: "skipped", reason: "needs base/13/trixie/dev: no" },
    ] as const;
    const told = summary({ images: [rebuild(base), rebuild(dev)], report: { ...done, failures, images } });
    assert.match(told, /^0 fresh, 0 rebuilt/);
    assert.match(told, /\n- acme\/python:3\.13\.5-trixie-dev: `needs base\/13\/trixie\/dev: no`$/);
  });

  it("lists the tags that were put back, those that could not be, and what is not known", () => {
    const [, wide] = imageOf(runtime).tags;
    assert.ok(wide !== undefined);
    const reasons: readonly Reason[] = [{ kind: "tag", tag: wide, problem: "missing" }];
    const told = summary({
      images: [{ image: imageOf(runtime), digest: before, reasons, action: "retag" }],
      unmoved: [{ stage: "publish", subject: imageOf(base).pair, reason: "it is gone" }],
      unknown: ["the mirror does not answer"],
    });
    assert.match(told, /^0 fresh, 0 rebuilt \(0 changed\), 1 tagged again, \*\*1 FAILED\*\*\n/);
    assert.match(told, /\n- publish base\/13\/trixie: `it is gone`\n/);
    assert.match(told, new RegExp(`\n## Tags put back\n\n- acme/python:${wide} \\(missing\\)\n`));
    assert.match(told, /\n## Not known\n\n {4}the mirror does not answer$/);
  });

  it("keeps other people's text in its block: no name of a package is more than text there, or ends it", () => {
    const name = "x\n\n# Ingot\n</code>\u001b[31m```";
    const hostile = { ...changes, packages: { added: [{ name, version: "1" }], removed: [], updated: [] } } as Changes;
    const told = summary({
      images: [rebuild(runtime, [{ kind: "package", name, from: "1", to: "2\r\n- [ ] done" }])],
      report: done,
      published: new Map([[runtime as ImageId, { digest: after, changes: [hostile] }]]),
    });
    const lines = told.split("\n");
    const own = lines.filter((line) => line.includes("Ingot") || line.includes("done"));
    assert.equal(own.length, 2);
    for (const line of own) assert.match(line, /^ {4}/);
    for (const line of lines) assert.doesNotMatch(line, /\p{Cc}/u);
    assert.deepEqual(
      lines.filter((line) => line !== "" && !line.startsWith("    ")),
      ["0 fresh, 1 rebuilt (1 changed), 0 tagged again, in 1 min 1 s", "## acme/python:3.13.5-trixie"],
    );
  });

  it("is lines of JSON to the end for programs: the report, then each image with its reasons and what is published now", () => {
    const rebuilt: Rebuilt = {
      ...{
        images: [rebuild(runtime), fresh(dev)],
        report: done,
        moves: ["lua 5.4.7 → 5.4.8"],
        unknown: [],
        unmoved: [],
      },
      published: new Map([[runtime as ImageId, { digest: after, changes: [changes] }]]),
    };
    const tell = (told: Rebuilt) =>
      captured(() => finishRebuiltJson(createJsonReporter(), told))
        .stdout.trimEnd()
        .split("\n");
    const lines = tell(rebuilt).map((line) => JSON.parse(line));
    assert.deepEqual(
      lines.map(({ type }) => type),
      ["report", "rebuilt"],
    );
    const { images, moves } = lines[1];
    assert.deepEqual(moves, ["lua 5.4.7 → 5.4.8"]);
    assert.deepEqual(images, [
      {
        ...{ id: runtime, reference: "acme/python:3.13.5-trixie", digest: before, action: "rebuild", now: after },
        reasons: [{ ...update, text: "libssl3t64 3.5.1-1 → 3.5.4-1" }],
      },
      { id: dev, reference: "acme/python:3.13.5-trixie-dev", digest: before, action: "none", reasons: [] },
    ]);
    const { report: _, ...nothingBuilt } = rebuilt;
    assert.deepEqual(
      tell(nothingBuilt).map((line) => JSON.parse(line).type),
      ["rebuilt"],
    );
  });
});
