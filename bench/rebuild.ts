import { cpSync, mkdirSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openCatalog, select } from "../src/commands/catalog.js";
import { Failure } from "../src/model/failure.js";
import { closureOf, folderOf, type Image, imagesOf, narrowestReference, type Plan } from "../src/model/image.js";
import { debianSources, readHostMirror } from "../src/ports/debian-host.js";
import { createEngine } from "../src/ports/engines.js";
import { withTemporaryFolder, writeText } from "../src/ports/files.js";
import { hostPlatform } from "../src/ports/host.js";
import { openMirror } from "../src/ports/mirror.js";
import { output } from "../src/ports/process.js";
import { formatTable } from "../src/reporters/table.js";
import { createArtifactProvider } from "../src/stages/artifact.js";
import type { BakeFile } from "../src/stages/bake.js";
import { bootstrapReference } from "../src/stages/distribution.js";
import { copyCatalog } from "../test/support/catalog-copy.js";
import { repository } from "../test/support/paths.js";
import { startRegistry } from "../test/support/registry-server.js";
import { removeNamespace } from "../test/support/require-engine.js";
import { bakeAtOnce, bakeInParts } from "./bake.js";
import { runBench } from "./peers.js";

const ingot = fileURLToPath(new URL("../../bin/ingot", import.meta.url));
const namespace = "ingot-bench";

/** How many images at a time; `up` takes as many where it is told nothing. */
const jobs = availableParallelism() + 2;

/** One way to build the same Dockerfiles. */
interface Way {
  readonly name: string;
  /** From what is there: nothing, at first. */
  readonly build: () => Promise<void>;
  /** What is done once between the first measure and the second, and is in neither. */
  readonly settle?: () => Promise<void>;
  /** With nothing to do. */
  readonly again: () => Promise<void>;
}

interface Measurement {
  readonly name: string;
  /** Seconds. */
  readonly cold: number;
  readonly again: number;
}

interface World {
  /** A copy of the catalog under another namespace. */
  readonly root: string;
  /** In an order in which each can be built after those before it. */
  readonly images: readonly Image[];
  readonly selectors: readonly string[];
  /** What names in Dockerfiles stand for: of distributions and artifacts. */
  readonly contexts: Readonly<Record<string, string>>;
  /** Sources of packages, by distribution. */
  readonly mirrors: ReadonlyMap<string, string>;
  readonly bakeFile: string;
  /** `127.0.0.1:5000/bench` */
  readonly registry: string;
}

/**
 * Compares `ingot up`, which builds and tests, with what only builds: `docker buildx bake` with as many images at a time, and, where
 * asked for, with all at once, and one `docker build` after the other. Empties the engine's build cache before each.
 */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: "boolean" }, "all-at-once": { type: "boolean" }, "one-by-one": { type: "boolean" } },
  });
  await createEngine("docker").check();
  const registry = await startRegistry();
  try {
    await withTemporaryFolder(async (folder) => {
      const world = await prepare(positionals, `${registry.host}/bench`, folder);
      const facts = await describeMachine(world);
      const more = { allAtOnce: values["all-at-once"] === true, oneByOne: values["one-by-one"] === true };
      const ways = waysOf(world, more);
      const measured = await measure(ways, world);
      console.log(
        values.json === true ? JSON.stringify({ ...facts, measured }, undefined, 2) : format(facts, measured),
      );
    });
  } finally {
    await registry.stop();
    await removeNamespace(namespace);
  }
}

async function describeMachine({ images }: World): Promise<Facts> {
  const processor = cpus()[0]?.model ?? "unknown";
  const machine = { cores: availableParallelism(), processor, memoryGiB: Math.round(totalmem() / 2 ** 30) };
  const docker = (await output("docker", ["version", "--format", "{{.Server.Version}}"])).trim();
  return { machine, node: process.version, docker, images: images.length };
}

/** One way after the other, each from nothing and then with nothing to do: they share an engine, and its names. */
async function measure(ways: readonly Way[], world: World): Promise<readonly Measurement[]> {
  const measured: Measurement[] = [];
  for (const { name, build, settle, again } of ways) {
    await removeBuilt(world);
    const cold = await seconds(build);
    console.error(`${name}: ${world.images.length} images from nothing in ${cold.toFixed(1)} s`);
    await settle?.();
    measured.push({ name, cold, again: await medianOfThree(() => seconds(again)) });
    console.error(`${name}: nothing to do in ${measured.at(-1)?.again.toFixed(2)} s`);
  }
  return measured;
}

/** What takes seconds differs from one time to the next. */
async function medianOfThree(measureOnce: () => Promise<number>): Promise<number> {
  const times = [await measureOnce(), await measureOnce(), await measureOnce()];
  return times.sort((a, b) => a - b)[1] as number;
}

/** All but the distributions' own images, and the build cache. */
async function removeBuilt({ contexts }: World): Promise<void> {
  const keep = Object.values(contexts).map((context) => context.replace("docker-image://docker.io/", ""));
  await removeNamespace(namespace, keep);
  await output("docker", ["buildx", "prune", "--all", "--force"]);
}

async function prepare(named: readonly string[], registry: string, folder: string): Promise<World> {
  const root = join(folder, "catalog");
  mkdirSync(root);
  copyCatalog(root, { namespace });
  // What images weigh gives the first run its order.
  cpSync(join(repository, "catalog.sizes.yaml"), join(root, "catalog.sizes.yaml"));
  await output(ingot, ["--catalog", root, "generate"]);
  const opened = openCatalog(root);
  if (!opened.ok) throw new Failure(opened.diagnostics[0]?.message ?? "the catalog cannot be read");
  const { plan } = opened.value;
  const debian = distributionsOf(imagesOf(plan).filter(({ distribution }) => distribution.family === "debian"));
  const selectors = named.length > 0 ? named : debian.map((name) => `*:*${name}*`);
  const selected = select(opened.value, selectors);
  if (!selected.ok) throw new Failure(selected.diagnostics[0]?.message ?? "nothing is selected");
  const images = withParents(plan, selected.value);
  const mirrors = new Map<string, string>();
  for (const name of distributionsOf(images)) {
    // The distribution's own image is made where it is not there yet, and no way to build is charged for it.
    await output(ingot, ["--catalog", root, "build", `base:${name}-dev`]);
    mirrors.set(name, join(folder, `${name}.sources`));
    writeText(join(folder, `${name}.sources`), { text: await sourcesOf(name) });
  }
  const contexts = { ...(await distributionContexts(plan, images)), ...(await artifactContexts(images, folder)) };
  const bakeFile = join(folder, "bake.json");
  const world = { root, images, selectors, contexts, mirrors, bakeFile, registry };
  writeText(bakeFile, { text: JSON.stringify(await planBake(world)) });
  return world;
}

const distributionsOf = (images: readonly Image[]): readonly string[] => [
  ...new Set(images.map(({ distribution }) => distribution.name)),
];

/** One file for all distributions; each has its own sources of packages. */
async function planBake({ root, images, contexts, mirrors }: World): Promise<object> {
  const targets: Record<string, object> = {};
  const group: string[] = [];
  for (const [name, mirror] of mirrors) {
    const own = images.filter(({ distribution }) => distribution.name === name);
    const named = Object.entries(contexts).filter(([context]) => own.some((image) => isNamedBy(image, context)));
    const options = named.flatMap(([key, what]) => ["--context", `${key}=${what}`]);
    const planned = ["plan", "--format", "bake", "--platform", hostPlatform, "--mirror-file", mirror, ...options];
    const references = own.map((image) => narrowestReference(image));
    const file = JSON.parse(await output(ingot, ["--catalog", root, ...planned, ...references])) as BakeFile;
    Object.assign(targets, file.target);
    group.push(...(file.group["default"]?.targets ?? []));
  }
  return { group: { default: { targets: group } }, target: targets };
}

const isNamedBy = ({ parent, artifacts }: Image, context: string): boolean =>
  (parent.kind === "distribution" && parent.reference === context) ||
  artifacts.some(({ reference }) => reference === context);

function withParents(plan: Plan, selected: readonly Image[]): readonly Image[] {
  const needed = closureOf(selected, new Map(imagesOf(plan).map((image) => [image.id, image])));
  return imagesOf(plan).filter(({ id }) => needed.has(id));
}

async function sourcesOf(branch: string): Promise<string> {
  const mirror = await readHostMirror();
  if (mirror === undefined) throw new Failure("this bench builds from the packages that this host's apt has");
  return debianSources(branch, mirror, async (url) => (await openMirror(url).get("")) !== undefined);
}

async function distributionContexts(plan: Plan, images: readonly Image[]): Promise<Record<string, string>> {
  const contexts: Record<string, string> = {};
  for (const { parent } of images) {
    if (parent.kind !== "distribution") continue;
    const made = bootstrapReference(plan.namespace, parent.distribution);
    const present = await createEngine("docker").inspect([made]);
    if (present.has(made)) contexts[parent.reference] = `docker-image://${made}`;
  }
  return contexts;
}

async function artifactContexts(images: readonly Image[], folder: string): Promise<Record<string, string>> {
  const unpacked = join(folder, "unpacked");
  mkdirSync(unpacked);
  const provide = createArtifactProvider({ folder: unpacked, platform: hostPlatform });
  const contexts: Record<string, string> = {};
  for (const { artifacts } of images)
    for (const artifact of artifacts) contexts[artifact.reference] ??= await provide(artifact);
  return contexts;
}

function waysOf(world: World, { allAtOnce, oneByOne }: { allAtOnce: boolean; oneByOne: boolean }): readonly Way[] {
  const publish = () => up(world, ["--registry", world.registry, "--platform", hostPlatform]);
  const inTurn = () => buildInTurn(world);
  const { root, bakeFile } = world;
  const baked = () => bakeAtOnce(root, bakeFile);
  return [
    { name: "ingot up (builds and tests; published)", build: () => up(world, []), settle: publish, again: publish },
    { name: `docker buildx bake, ${jobs} at a time`, build: () => bakeInParts(root, bakeFile, jobs), again: baked },
    ...(allAtOnce ? [{ name: "docker buildx bake, all at once", build: baked, again: baked }] : []),
    ...(oneByOne ? [{ name: "docker build, one after another", build: inTurn, again: inTurn }] : []),
  ];
}

async function up({ root, selectors }: World, options: readonly string[]): Promise<void> {
  await output(ingot, ["--catalog", root, "up", "--quiet", "--jobs", `${jobs}`, ...options, ...selectors]);
}

/** As a script does that has a list of folders. */
async function buildInTurn({ root, images, contexts, mirrors }: World): Promise<void> {
  const named = Object.entries(contexts).flatMap(([key, what]) => ["--build-context", `${key}=${what}`]);
  for (const image of images) {
    const secret = ["--secret", `id=mirror,src=${mirrors.get(image.distribution.name)}`];
    const tags = image.tags.flatMap((tag) => ["--tag", `${image.repository}:${tag}`]);
    const epoch = ["--build-arg", `SOURCE_DATE_EPOCH=${image.sourceDateEpoch}`];
    const options = ["--quiet", ...secret, ...named, ...epoch, ...tags];
    await output("docker", ["buildx", "build", ...options, folderOf(image)], { cwd: root });
  }
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

interface Facts {
  readonly machine: { readonly cores: number; readonly processor: string; readonly memoryGiB: number };
  readonly node: string;
  readonly docker: string;
  readonly images: number;
}

function format({ machine, node, docker, images }: Facts, measured: readonly Measurement[]): string {
  const [ours] = measured;
  const ratio = (theirs: number, own: number | undefined): string =>
    own === undefined ? "" : (theirs / own).toFixed(2);
  const rows = measured.map(({ name, cold, again }) => [
    ...[name, cold.toFixed(1), ratio(cold, ours?.cold), again.toFixed(2), ratio(again, ours?.again)],
  ]);
  return [
    `${images} images; ${machine.cores} cores (${machine.processor}), ${machine.memoryGiB} GiB, node ${node}, docker ${docker}`,
    "",
    formatTable(["", "from nothing s", "ratio", "nothing to do s (median of 3)", "ratio"], rows),
  ].join("\n");
}

await runBench(main);
