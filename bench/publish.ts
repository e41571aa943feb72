import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pLimit from "p-limit";
import type { Image, ImageId, Pair, PairId } from "../src/model/image.js";
import type { Tag } from "../src/model/reference.js";
import { createEngine } from "../src/ports/engines.js";
import { hostPlatform } from "../src/ports/host.js";
import { output } from "../src/ports/process.js";
import { createRegistry } from "../src/ports/registry.js";
import { formatTable } from "../src/reporters/table.js";
import { localReference } from "../src/stages/build.js";
import { publishPair } from "../src/stages/publish.js";
import { startRegistry } from "../test/support/registry-server.js";

const pairs = 30;
const tagsOfEach = 10;
const jobs = 2;
const namespace = "ingot-bench";

/** A pair as far as publishing looks at it. */
function makePair(index: number): Pair {
  const language = `lang${index}`;
  const images = ["dev", "runtime"].map((variant) => {
    const suffix = variant === "dev" ? "-dev" : "";
    const tags = Array.from({ length: tagsOfEach }, (_, tag) => `1.${tag}${suffix}` as Tag);
    const labels = { "org.opencontainers.image.version": "1.0" };
    const id = `${language}/1/trixie/${variant}` as ImageId;
    return { id, language, variant, labels, tags, repository: `${namespace}/${language}` } as unknown as Image;
  });
  return { id: `${language}/1/trixie` as PairId, language, images } as unknown as Pair;
}

/** Builds an image of one small file for each of the images, and gives them their local references. */
async function buildAll(images: readonly Image[], folder: string): Promise<void> {
  writeFileSync(join(folder, "file"), "content\n".repeat(1000));
  writeFileSync(join(folder, "Dockerfile"), "FROM scratch\nARG ID\nLABEL id=$ID\nCOPY file /\n");
  for (const image of images) {
    const options = [
      "--output",
      "type=docker,oci-mediatypes=true",
      "--provenance=false",
      "--build-arg",
      `ID=${image.id}`,
    ];
    await output("docker", ["buildx", "build", ...options, "--tag", localReference(image), folder]);
  }
}

const seconds = async (work: () => Promise<void>): Promise<number> => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
};

/** Each tag of each image, one push for each, as a script would. */
async function pushAll(
  host: string,
  images: readonly Image[],
  tags: (image: Image) => readonly string[],
): Promise<void> {
  const limit = pLimit(jobs);
  await limit.map([...images], async (image) => {
    for (const tag of tags(image)) {
      const target = `${host}/${image.repository}:${tag}`;
      await output("docker", ["tag", localReference(image), target]);
      await output("docker", ["push", "--quiet", target]);
      await output("docker", ["rmi", target]);
    }
  });
}

async function publishAll(host: string, all: readonly Pair[]): Promise<void> {
  const engine = createEngine("docker");
  const registry = createRegistry({ host });
  const images = all.flatMap((pair) => pair.images);
  const present = await engine.inspect(images.map(localReference));
  const built = new Map(
    images.flatMap((image) => {
      const found = present.get(localReference(image));
      return found === undefined ? [] : [[image.id, found] as const];
    }),
  );
  const platforms = [{ platform: hostPlatform, engine, built }];
  const how = { dryRun: false, allowDowngrade: false, attach: async () => {}, say: () => {} };
  const limit = pLimit(jobs);
  await limit.map([...all], (pair) =>
    publishPair(pair, { registry, path: namespace, base: "base", platforms, day: "20261121", ...how }),
  );
}

const all = Array.from({ length: pairs }, (_, index) => makePair(index));
const images = all.flatMap((pair) => pair.images);
const folder = mkdtempSync(join(tmpdir(), "ingot-bench-"));
const [theirs, ours] = [await startRegistry(), await startRegistry()];
try {
  await buildAll(images, folder);
  // The content is there already, under a tag that neither is to move.
  for (const { host } of [theirs, ours]) await pushAll(host, images, ({ variant }) => [`seed-${variant}`]);
  const moved = await seconds(() => publishAll(ours.host, all));
  const nothing = await seconds(() => publishAll(ours.host, all));
  const pushed = await seconds(() => pushAll(theirs.host, images, ({ tags }) => tags));
  const ratio = (value: number) => (pushed / value).toFixed(1);
  const rows = [
    ["docker push of each tag", pushed.toFixed(1), "1.0"],
    ["ingot publish", moved.toFixed(1), ratio(moved)],
    ["ingot publish, nothing to do", nothing.toFixed(1), ratio(nothing)],
  ];
  const head = `${images.length} images with ${images.length * tagsOfEach} tags, content already there, ${jobs} at a time:\n`;
  process.stdout.write(`${head}${formatTable(["", "SECONDS", "TIMES FASTER"], rows)}\n`);
} finally {
  await Promise.all([theirs.stop(), ours.stop()]);
  await output("docker", ["rmi", ...images.map(localReference)]);
  rmSync(folder, { recursive: true, force: true });
}
