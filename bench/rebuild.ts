import { mkdirSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openCatalog, select } from "../src/commands/catalog.js";
import { Failure } from "../src/model/failure.js";
import { closureOf, folderOf, type Image, imagesOf, type Plan } from "../src/model/image.js";
import { debianSources, readHostMirror } from "../src/ports/debian-host.js";
import { createEngine } from "../src/ports/engines.js";
import { withTemporaryFolder, writeText } from "../src/ports/files.js";
import { hostPlatform } from "../src/ports/host.js";
import { openMirror } from "../src/ports/mirror.js";
import { output } from "../src/ports/process.js";
import { formatTable } from "../src/reporters/table.js";
import { createArtifactProvider } from "../src/stages/artifact.js";
import { bootstrapReference } from "../src/stages/distribution.js";
import { copyCatalog } from "../test/support/catalog-copy.js";
import { removeNamespace } from "../test/support/require-engine.js";
import { runBench } from "./peers.js";

const ingot = fileURLToPath(new URL("../../bin/ingot", import.meta.url));
const namespace = "ingot-bench";

/** One way to build the same Dockerfiles. */
interface Way {
  readonly name: string;
  /** With earlier results, or without any. */
  readonly build: (cold: boolean) => Promise<void>;
}

interface Measurement {
  readonly name: string;
  /** Seconds. */
  readonly cold?: number;
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
  /** Sources of packages. */
  readonly mirror: string;
  readonly bakeFile: string;
}

/** Compares `ingot up`, which builds and tests, with what only builds: `docker buildx bake`, and one `docker build` after the other. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: "boolean" },
      distribution: { type: "string", default: "trixie" },
      warm: { type: "boolean" },
    },
  });
  const selectors = positionals.length > 0 ? positionals : [`*:*${values.distribution}*`];
  await createEngine("docker").check();
  await withTemporaryFolder(async (folder) => {
    try {
      const world = await prepare(selectors, values.distribution, folder);
      const facts = await describeMachine(world);
      const measured = await measure(world, values.warm === true);
      console.log(
        values.json === true ? JSON.stringify({ ...facts, measured }, undefined, 2) : format(facts, measured),
      );
    } finally {
      await removeNamespace(namespace);
    }
  });
}

async function describeMachine({ images }: World): Promise<Facts> {
  const processor = cpus()[0]?.model ?? "unknown";
  const machine = { cores: availableParallelism(), processor, memoryGiB: Math.round(totalmem() / 2 ** 30) };
  const docker = (await output("docker", ["version", "--format", "{{.Server.Version}}"])).trim();
  return { machine, node: process.version, docker, images: images.length };
}

/** One way after the other, each from nothing and then with nothing to do: they share an engine, and its names. */
async function measure(world: World, warm: boolean): Promise<readonly Measurement[]> {
  const measured: Measurement[] = [];
  for (const { name, build } of waysOf(world)) {
    if (warm) await build(false);
    const cold = warm ? {} : { cold: await seconds(() => build(true)) };
    measured.push({ name, ...cold, again: await seconds(() => build(false)) });
    console.error(`measured: ${name}`);
  }
  return measured;
}

async function prepare(selectors: readonly string[], name: string, folder: string): Promise<World> {
  const root = join(folder, "catalog");
  mkdirSync(root);
  copyCatalog(root, { namespace });
  await output(ingot, ["--catalog", root, "generate"]);
  // The distribution's own image is made where it is not there yet, and no way to build is charged for it.
  await output(ingot, ["--catalog", root, "build", `base:${name}-dev`]);
  const opened = openCatalog(root);
  if (!opened.ok) throw new Failure(opened.diagnostics[0]?.message ?? "the catalog cannot be read");
  const selected = select(opened.value, selectors);
  if (!selected.ok) throw new Failure(selected.diagnostics[0]?.message ?? "nothing is selected");
  const { plan } = opened.value;
  const images = withParents(plan, selected.value);
  const mirror = join(folder, "sources");
  writeText(mirror, { text: await sourcesOf(name) });
  const contexts = { ...(await distributionContexts(plan, images)), ...(await artifactContexts(images, folder)) };
  const bakeFile = join(folder, "bake.json");
  const options = Object.entries(contexts).flatMap(([key, what]) => ["--context", `${key}=${what}`]);
  const planned = ["plan", "--format", "bake", "--platform", hostPlatform, "--mirror-file", mirror, ...options];
  writeText(bakeFile, { text: await output(ingot, ["--catalog", root, ...planned, ...selectors]) });
  return { root, images, selectors, contexts, mirror, bakeFile };
}

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

const waysOf = (world: World): readonly Way[] => [
  { name: "ingot up (builds and tests)", build: (cold) => up(world, cold) },
  { name: "docker buildx bake (builds)", build: (cold) => bake(world, cold) },
  { name: "docker build, one after another", build: (cold) => buildInTurn(world, cold) },
];

async function up({ root, selectors }: World, cold: boolean): Promise<void> {
  await output(ingot, ["--catalog", root, "up", ...(cold ? ["--force"] : []), ...selectors]);
}

async function bake({ root, bakeFile }: World, cold: boolean): Promise<void> {
  const options = ["--progress", "plain", ...(cold ? ["--no-cache"] : []), "--file", bakeFile];
  await output("docker", ["buildx", "bake", ...options], { cwd: root });
}

/** As a script does that has a list of folders. */
async function buildInTurn({ root, images, contexts, mirror }: World, cold: boolean): Promise<void> {
  const named = Object.entries(contexts).flatMap(([key, what]) => ["--build-context", `${key}=${what}`]);
  const options = ["--quiet", "--secret", `id=mirror,src=${mirror}`, ...(cold ? ["--no-cache"] : []), ...named];
  for (const image of images) {
    const tags = image.tags.flatMap((tag) => ["--tag", `${image.repository}:${tag}`]);
    const epoch = ["--build-arg", `SOURCE_DATE_EPOCH=${image.sourceDateEpoch}`];
    await output("docker", ["buildx", "build", ...options, ...epoch, ...tags, folderOf(image)], { cwd: root });
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
  const ratio = (theirs: number | undefined, own: number | undefined): string =>
    theirs === undefined || own === undefined ? "" : (theirs / own).toFixed(2);
  const rows = measured.map(({ name, cold, again }) => [
    ...[name, cold?.toFixed(1) ?? "", ratio(cold, ours?.cold), again.toFixed(1), ratio(again, ours?.again)],
  ]);
  return [
    `${images} images; ${machine.cores} cores (${machine.processor}), ${machine.memoryGiB} GiB, node ${node}, docker ${docker}`,
    "",
    formatTable(["", "from nothing s", "ratio", "nothing to do s", "ratio"], rows),
  ].join("\n");
}

await runBench(main);
