import assert from "node:assert/strict";
import type { Event } from "../../src/model/event.js";
import { type Image, type ImageId, imagesOf, type PairId } from "../../src/model/image.js";
import type { Digest, Tag } from "../../src/model/reference.js";
import type { Report } from "../../src/model/report.js";
import { describeImage, formatList, formatPlan } from "../../src/reporters/listing.js";
import { formatEvent, formatReport } from "../../src/reporters/plain.js";
import { formatDuration, formatTable } from "../../src/reporters/table.js";
import { useTemporaryFolder } from "../support/folders.js";
import { openGood, writeResolvedCatalog } from "../support/resolved-catalog.js";

describe("a table", () => {
  it("has columns as wide as their widest cell, and no space at the end of a line", () => {
    assert.equal(
      formatTable(
        ["A", "LONG", "C"],
        [
          ["aaaa", "b", "c"],
          ["a", "b", ""],
        ],
      ),
      ["A     LONG  C", "aaaa  b     c", "a     b"].join("\n"),
    );
  });
  it("without rows is its head", () => assert.equal(formatTable(["A", "B"], []), "A  B"));
});

describe("a duration", () => {
  const cases = {
    0: "0 ms",
    850: "850 ms",
    999: "999 ms",
    1000: "1.0 s",
    12340: "12.3 s",
    59949: "59.9 s",
    59999: "1 min 0 s",
    60000: "1 min 0 s",
    119600: "2 min 0 s",
    250000: "4 min 10 s",
    3600000: "60 min 0 s",
  };
  for (const [ms, expected] of Object.entries(cases))
    it(`of ${ms} ms is ${expected}`, () => assert.equal(formatDuration(Number(ms)), expected));
});

describe("an event in a log", () => {
  const subject = "node/24/alpine3.24/dev" as ImageId;
  const pair = "node/24/alpine3.24" as PairId;
  const digest = (digit: string) => `sha256:${digit.repeat(64)}` as Digest;

  const cases: readonly (readonly [Event, string | undefined])[] = [
    [{ type: "started", stage: "build", subject }, "build   node/24/alpine3.24/dev …"],
    [
      { type: "built", subject, ms: 12_340, size: 47_400_000 },
      "built   node/24/alpine3.24/dev in 12.3 s, 47.4 MB on disk",
    ],
    [{ type: "tested", subject: pair, ms: 900, checks: 12 }, "tested  node/24/alpine3.24 in 900 ms, 12 checks"],
    [{ type: "note", text: "hello" }, "note    hello"],
    [{ type: "kept", stage: "build", subject }, undefined],
    [{ type: "skipped", stage: "build", subject, reason: "x" }, undefined],
    [{ type: "output", stage: "build", subject, line: "x" }, undefined],
  ];
  for (const [event, expected] of cases)
    it(`that is "${event.type}" is ${expected ?? "not shown"}`, () => assert.equal(formatEvent(event), expected));

  it("that is a failure has the reason first, then the last lines of the log", () => {
    const log = Array.from({ length: 30 }, (_, index) => `line ${index}`);
    const lines =
      formatEvent({ type: "failed", stage: "build", subject, reason: "exit status 1", log })?.split("\n") ?? [];
    assert.equal(lines[0], "FAILED  build node/24/alpine3.24/dev: exit status 1");
    assert.deepEqual(
      lines.slice(1),
      log.slice(10).map((line) => `        | ${line}`),
    );
  });

  it("that is a publication names each tag with where it was and where it is", () => {
    const move = { repository: "acme/node", tag: "24" as Tag, to: digest("b"), why: "new" };
    assert.equal(
      formatEvent({
        type: "published",
        subject: pair,
        ms: 1000,
        moves: [move, { ...move, tag: "lts" as Tag, from: digest("a"), why: "24.15.0 → 24.16.0" }],
      }),
      [
        "publish node/24/alpine3.24 in 1.0 s, 2 tags",
        "        acme/node:24 sha256:bbbbbbbbbbbb (new)",
        "        acme/node:lts sha256:aaaaaaaaaaaa → sha256:bbbbbbbbbbbb (24.15.0 → 24.16.0)",
      ].join("\n"),
    );
  });
});

describe("what is shown of a catalog", () => {
  const folder = useTemporaryFolder();
  const open = () => {
    writeResolvedCatalog(folder());
    const { plan } = openGood(folder());
    const some = imagesOf(plan).filter(({ id }) => id.startsWith("python/3.13/"));
    return { plan, some };
  };

  it("by list is a line for each image, with how long its release line is supported and the tags that the row does not say", () => {
    const rows = formatList(open().some).split("\n");
    assert.deepEqual(
      rows.map((line) => line.split(/ {2,}/).join(" | ")),
      [
        "LANGUAGE | LINE | DISTRIBUTION | VARIANT | VERSION | SUPPORT | FURTHER TAGS",
        "python | 3.13 | trixie | dev | 3.13.5 | 2029-10-31 | 3.13.5-debian-dev 3.13.5-dev 3.13-debian-dev 3.13-dev 3-debian-dev debian-dev",
        "python | 3.13 | trixie | runtime | 3.13.5 | 2029-10-31 | 3.13.5-debian 3.13.5 3.13-debian 3.13 3-debian debian",
      ],
    );
  });

  it("by list says of a line that upstream supports no longer since when, and until when its distribution does", () => {
    const { plan } = open();
    const node = imagesOf(plan).filter(({ id }) => id === "node/20/trixie/runtime");
    assert.match(formatList(node), / {2}20\.19\.2 {2}upstream ended 2026-04-30, trixie until 2030-06-30 {2}/);
    assert.match(JSON.stringify(node.map(describeImage)), /"support":\{[^}]*"ended":"upstream"\}/);
  });

  it("by plan is what each image is built on, holds and is called", () => {
    const { plan, some } = open();
    const [runtime] = formatPlan(
      plan,
      some.filter(({ variant }) => variant === "runtime"),
    ).split("\n\n");
    assert.equal(
      runtime?.split("\n").slice(0, 3).join("\n"),
      [
        "acme/python:3.13.5-trixie",
        "  from      acme/base:trixie, made in acme/base:trixie-dev",
        "  packages  python3.13=3.13.5-* python3",
      ].join("\n"),
    );
  });

  it("by plan and to a program names what upstream published, with its version", () => {
    const { plan, some } = open();
    const artifact = {
      name: "python",
      version: "3.13.5",
      reference: "acme/artifact:python-3.13.5",
      strip: 1,
      files: {},
      links: {},
      downloads: {},
    };
    const images = some.map((image) => ({ ...image, artifacts: [artifact] }));
    const pairs = plan.pairs.slice(0, 1).map((pair) => ({ ...pair, images }));
    assert.match(formatPlan({ ...plan, pairs }, images), /^ {2}artifacts python=3\.13\.5$/m);
    const described: object[] = images.map(describeImage);
    assert.match(JSON.stringify(described), /"artifacts":\[\{"name":"python","version":"3\.13\.5"\}\]/);
  });

  it("to a program is JSON, with the images that it needs by their ids", () => {
    const { plan, some } = open();
    const described = JSON.parse(JSON.stringify(some.map(describeImage))) as { id: string; needs: string[] }[];
    const ids = new Set<string>(imagesOf(plan).map(({ id }) => id));
    assert.deepEqual(
      described.map(({ id }) => id),
      some.map(({ id }) => id),
    );
    for (const { needs } of described) assert.ok(needs.length > 0 && needs.every((id) => ids.has(id)));
  });
});

describe("the report at the end of a run", () => {
  const row = (id: string, state: Report["images"][number]["state"], more: object = {}): Report["images"][number] => ({
    image: { id, repository: "acme/node", version: { text: "24.16.0" }, tags: [`${id}-tag`, "24"] } as unknown as Image,
    state,
    ...more,
  });
  const report = (
    images: Report["images"],
    failedPairs: readonly string[] = [],
    failures: Report["failures"] = [],
  ): string => formatReport({ report: { images, failedPairs: failedPairs as PairId[], failures, ms: 61_000 } });

  it("has a row for each image that is there, and counts them all", () => {
    assert.equal(
      report([row("a", "built", { size: 1_000_000 }), row("b", "kept")]),
      [
        "IMAGE            VERSION  ON DISK  STATE  TAGS",
        "acme/node:a-tag  24.16.0  1.0 MB   built  24",
        "acme/node:b-tag  24.16.0           kept   24",
        "",
        "1 built, 1 already right, 0 skipped, in 1 min 1 s",
      ].join("\n"),
    );
  });

  it("gives each reason for skipping once, with all that it keeps from being built", () => {
    const text = report([
      row("a", "skipped", { reason: "no network" }),
      row("b", "skipped", { reason: "no network" }),
      row("c", "skipped", { reason: "no disk" }),
    ]);
    assert.equal(
      text,
      [
        "skipped: no network",
        "  a",
        "  b",
        "",
        "skipped: no disk",
        "  c",
        "",
        "0 built, 0 already right, 3 skipped, in 1 min 1 s",
      ].join("\n"),
    );
  });

  it("names every failure at the end once more, as its log is far above", () => {
    const failures = [
      { stage: "build", subject: "a" as ImageId, reason: "exit status 1" },
      { stage: "test", subject: "node/24/trixie" as PairId, reason: "stops: it did not" },
    ] as const;
    const lines = report([row("a", "failed", { reason: "exit status 1" })], ["node/24/trixie"], failures).split("\n");
    assert.deepEqual(lines.slice(0, 3), [
      "FAILED:",
      "  build a: exit status 1",
      "  test node/24/trixie: stops: it did not",
    ]);
    assert.match(lines.at(-1) ?? "", /, 2 FAILED, in 1 min 1 s$/);
  });

  it("counts failures of builds, tests and publications loudly", () =>
    assert.match(
      report([row("a", "failed", { reason: "x" }), row("b", "built")], ["node/24/trixie"]),
      /1 built, 0 already right, 0 skipped, 2 FAILED, in 1 min 1 s$/,
    ));
});
