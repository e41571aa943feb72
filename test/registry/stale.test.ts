import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeSyntheticCatalog } from "../../bench/synthetic.js";
import { type OpenCatalog, openCatalog } from "../../src/commands/catalog.js";
import { type StaleResult, stale } from "../../src/commands/stale.js";
import { type Image, imagesOf } from "../../src/model/image.js";
import { type BuildRecord, formatRecord } from "../../src/model/record.js";
import type { Tag } from "../../src/model/reference.js";
import { formatReason } from "../../src/model/staleness.js";
import { formatMatrix, formatStale, formatStaleJson } from "../../src/reporters/stale.js";
import { fillRegistry, type Seed } from "../support/fill-registry.js";
import { startMemoryRegistry } from "../support/memory-registry.js";
import { writeAlpineMirror, writeDebianMirror } from "../support/mirror-folder.js";
import { repository } from "../support/paths.js";
import { requireRegistry, startRegistry } from "../support/registry-server.js";

const names = Array.from({ length: 100 }, (_, index) => `libexample-part${String(index).padStart(3, "0")}-1`);
const packages = new Map(names.map((name) => [name, "1.0-r1"]));
const [older = "", other = ""] = names;

/** The record with one package that is older on a platform, or on all. */
function withOlder(record: BuildRecord, name: string, where?: string): string {
  const aged = record.platforms.map((each) =>
    where === undefined || each.platform === where
      ? {
          ...each,
          packages: each.packages.map(([known, version]) => [known, known === name ? "0.9-r1" : version] as const),
        }
      : each,
  );
  return formatRecord({ ...record, platforms: aged });
}

const edited = (record: BuildRecord, edit: (text: string) => string): string => edit(formatRecord(record));
const movedParent = `sha256:${"f".repeat(64)}`;
const tag = (text: string): Tag => text as Tag;

interface Case {
  readonly seed: (image: Image, record: BuildRecord) => Seed;
  /** What is to be done, and why. */
  readonly expected: readonly string[];
}

const unrecorded = "what it was made from is not recorded";

/** By image: what is wrong with what is published of it. */
const cases: Readonly<Record<string, Case>> = {
  "language00000/2.1/trixie/runtime": {
    seed: (_, record) => ({ records: [withOlder(record, older)] }),
    expected: ["rebuild", `${older} 0.9-r1 → 1.0-r1`],
  },
  "language00000/2.1/alpine3.24/runtime": {
    seed: (_, record) => ({ records: [withOlder(record, other, "linux/arm64")] }),
    expected: ["rebuild", `${other} 0.9-r1 → 1.0-r1 (linux/arm64)`],
  },
  "language00000/1.9/trixie/runtime": {
    seed: ({ id, parent }, record) => {
      assert.ok(parent.kind === "image", id);
      const platforms = record.platforms.map((each) => ({ ...each, parent: { ...parent, id: movedParent } }));
      return { records: [formatRecord({ ...record, platforms })] };
    },
    expected: [
      "rebuild",
      // Which one it is differs by platform; that it is another is said once.
      "bench/base:trixie is another image",
    ],
  },
  "language00000/1.9/trixie/dev": {
    seed: (_, record) => ({ records: [edited(record, (text) => text.replace('["Dockerfile","', '["Dockerfile","0'))] }),
    expected: ["rebuild", "definition, lock or template changed: Dockerfile (linux/amd64)"],
  },
  "language00001/2.1/trixie/runtime": {
    seed: ({ tags }) => ({ missing: [tag(tags[2] ?? "")] }),
    expected: ["retag", "the tag 2.1.5 is missing"],
  },
  "language00001/2.1/trixie/dev": {
    seed: ({ tags }) => ({ missing: [tag(tags[0] ?? "")] }),
    expected: ["retag", "the tag 2.1.5-trixie-dev is missing"],
  },
  "language00001/1.9/trixie/runtime": {
    seed: ({ tags }) => ({ elsewhere: [tag(tags.at(-1) ?? "")] }),
    expected: ["retag", "the tag 1 is at another image"],
  },
  "language00001/1.9/trixie/dev": { seed: () => ({ unpublished: true }), expected: ["rebuild", "not published"] },
  // Of the version before it are the line's tags.
  "language00002/2.1/trixie/runtime": {
    seed: ({ tags }, record) => ({
      missing: tags.slice(0, 1),
      unique: tag("2.1.4-trixie-20261101"),
      records: [edited({ ...record, version: "2.1.4" }, (text) => text)],
    }),
    expected: ["rebuild", "version 2.1.4 → 2.1.5", "the tag 2.1.5-trixie is missing"],
  },
  "language00002/2.1/trixie/dev": {
    seed: () => ({ records: [] }),
    expected: ["rebuild", `${unrecorded}: there is none`],
  },
  "language00002/1.9/trixie/runtime": {
    seed: (_, record) => ({ records: [edited(record, (text) => text.slice(0, -1))] }),
    expected: ["rebuild", `${unrecorded}: it is no record of a build`],
  },
  "language00002/1.9/trixie/dev": {
    seed: (_, record) => ({ records: [edited(record, (text) => text.replace("1.0-r1", "\\u001b[31m1.0"))] }),
    expected: ["rebuild", `${unrecorded}: it is no record of a build: platforms.0.packages.0.1 is not as it should be`],
  },
  "language00003/2.1/trixie/runtime": {
    seed: (_, record) => {
      const [first] = record.platforms;
      const many = Array.from({ length: 20_001 }, (_each, index) => [`p${index}`, "1"] as const);
      return {
        records: [formatRecord({ ...record, platforms: first === undefined ? [] : [{ ...first, packages: many }] })],
      };
    },
    expected: ["rebuild", `${unrecorded}: it is no record of a build: platforms.0.packages is not as it should be`],
  },
  // As each build of one content recorded it, and somebody else.
  "language00003/2.1/trixie/dev": {
    seed: (_, record) => ({ records: [withOlder(record, older), "hello", formatRecord(record)] }),
    expected: ["none"],
  },
  // What all dev images on that distribution are built on.
  "base/3.24/alpine3.24/dev": {
    seed: (_, record) => ({ records: [withOlder(record, older)] }),
    expected: ["rebuild", `${older} 0.9-r1 → 1.0-r1`],
  },
};

const onAlpine = ["rebuild", "built on base/3.24/alpine3.24/dev, which is to be rebuilt"];

const registries: Readonly<
  Record<string, () => Promise<{ readonly host: string; readonly stop: () => Promise<void> }>>
> = {
  "without the referrers endpoint, which Debian's is": () => startRegistry(),
  "with the referrers endpoint": () => startMemoryRegistry({ referrers: "of a type" }),
};

for (const [what, start] of Object.entries(registries))
  describe(`what is stale in a registry ${what}`, function () {
    this.timeout(120_000);
    let folder: string;
    let catalog: OpenCatalog;
    let result: StaleResult;
    let stop: () => Promise<void> = async () => {};

    before(async function () {
      requireRegistry(this);
      folder = mkdtempSync(join(tmpdir(), "ingot-test-"));
      writeSyntheticCatalog(folder, repository, 5);
      const opened = openCatalog(folder);
      assert.ok(opened.ok);
      catalog = opened.value;
      writeDebianMirror(join(folder, "debian"), "trixie", packages);
      await writeAlpineMirror(join(folder, "alpine"), "v3.24", packages);
      const registry = await start();
      stop = registry.stop;
      const seedOf = (image: Image, record: BuildRecord): Seed => cases[image.id]?.seed(image, record) ?? {};
      await fillRegistry({ catalog, host: registry.host, path: "acme", day: "20261121", packages, seedOf });
      const mirrors = { debian: join(folder, "debian"), alpine: join(folder, "alpine") };
      const where = { registry: `${registry.host}/acme`, plainHttp: true, platforms: undefined };
      const found = await stale(folder, { selectors: [], ...where, mirrors, everyTag: false });
      assert.ok(found.ok);
      result = found.value;
    });
    after(async () => {
      await stop();
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    });

    it("is just what is wrong there, with every reason", () => {
      const expected = imagesOf(catalog.plan).map((image) => {
        const own = cases[image.id]?.expected ?? ["none"];
        return [image.id, image.language !== "base" && /alpine.*\/dev$/.test(image.id) ? onAlpine : own];
      });
      const judged = result.images.map(({ image, action, reasons }) => [
        image.id,
        [action, ...reasons.map((reason) => formatReason(reason).replace(/ → sha256:[0-9a-f]{12}/, ""))],
      ]);
      assert.deepEqual(judged, expected);
      assert.deepEqual(result.unknown, []);
    });

    it("takes at most 4 requests for each image to know", () => {
      assert.equal(result.images.length, 44);
      assert.ok(result.requests <= 4 * 44, `${result.requests} requests`);
      assert.ok(result.requests >= 2 * 44, `${result.requests} requests`);
    });

    it("is told in text, as JSON and as a matrix, with nothing that controls a terminal", () => {
      const text = formatStale(result);
      assert.match(text, /^rebuild bench\/language00000:2\.1\.5-trixie\n {8}libexample-part000-1 0\.9-r1 → 1\.0-r1$/m);
      assert.match(text, new RegExp(`\\d+ fresh, \\d+ to rebuild, 3 to tag again; ${result.requests} requests`));
      const json = formatStaleJson(result);
      assert.equal((JSON.parse(json) as { images: unknown[] }).images.length, 44);
      const matrix = formatMatrix(result.legs);
      const { include } = JSON.parse(matrix) as { include: { name: string; selectors: string }[] };
      // All that is built on the base of Alpine is one leg.
      assert.ok(include.some(({ name }) => name === "base/3.24/alpine3.24 and 10 more"));
      for (const each of [text, json, matrix]) assert.doesNotMatch(each, /[\p{Cc}](?<!\n)/u);
    });
  });
