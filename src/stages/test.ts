import { join } from "node:path";
import type { ImageTest } from "../model/definition.js";
import type { Say } from "../model/event.js";
import { Failure } from "../model/failure.js";
import type { Image, ImageId, Pair } from "../model/image.js";
import { contentPromises } from "../model/promise.js";
import { elapsed } from "../ports/clock.js";
import type { Engine, EngineImage } from "../ports/engine.js";
import { listFiles, readText } from "../ports/files.js";
import { createContentReader } from "../ports/image-content.js";
import { fingerprint } from "../support/fingerprint.js";
import { localReferences } from "./build.js";
import { helloFolder, testHello } from "./hello.js";

export interface TestContext {
  readonly root: string;
  readonly engine: Engine;
  readonly say: Say;
  readonly built: ReadonlyMap<ImageId, EngineImage>;
  /** Local references under `testedPattern` when the run began. */
  readonly tested: ReadonlySet<string>;
  readonly force: boolean;
}

/** Tests that passed are marked in the engine: a reference that names the pair and a hash of images and tests. */
export const testedPattern = "localhost/ingot-tested/*";

/** Leaves a pair alone whose images passed the same tests; otherwise runs all of them and names every breach. Throws a Failure. */
export async function testPair(pair: Pair, context: TestContext): Promise<void> {
  const { say, tested } = context;
  const mark = markOf(pair, context);
  if (!context.force && tested.has(mark)) {
    say({ type: "kept", stage: "test", subject: pair.id });
    return;
  }
  const start = elapsed();
  say({ type: "started", stage: "test", subject: pair.id });
  const breaches: string[] = [];
  let checks = 0;
  for (const image of pair.images) {
    const result = await testImage(image, context);
    checks += result.checks;
    breaches.push(...result.breaches);
  }
  if (pair.hello !== undefined && breaches.length === 0) {
    checks += 1;
    breaches.push(...(await testHello(pair, pair.hello, context)));
  }
  if (breaches.length > 0) throw new Failure(breaches[0] as string, breaches.slice(1));
  await replaceMark(pair, mark, context);
  say({ type: "tested", subject: pair.id, ms: elapsed(start), checks });
}

interface ImageResult {
  readonly checks: number;
  readonly breaches: readonly string[];
}

async function testImage(image: Image, context: TestContext): Promise<ImageResult> {
  const promises = contentPromises.filter(({ holdsFor }) => holdsFor(image.variant));
  const content = await createContentReader(context.engine)(referenceOf(image));
  const broken = promises.flatMap(({ id, breaches }) =>
    breaches(content)
      .slice(0, 5)
      .map((breach) => `${image.variant} breaks ${id}: ${breach}`),
  );
  const failures: string[] = [];
  for (const test of image.tests) failures.push(...(await runTest(image, test, context)));
  return { checks: promises.length + image.tests.length, breaches: [...broken, ...failures] };
}

async function runTest(image: Image, { run, prints }: ImageTest, { engine }: TestContext): Promise<readonly string[]> {
  const { exitCode, stdout, stderr } = await engine.run({
    image: referenceOf(image),
    command: run,
    confined: image.variant !== "dev",
  });
  const command = `${image.variant}: ${run.join(" ")}`;
  if (exitCode !== 0) return [`${command} ends with ${exitCode}: ${lastLine(stderr) || lastLine(stdout)}`];
  const printed = `${stdout}${stderr}`;
  return prints === undefined || printed.includes(prints)
    ? []
    : [`${command} does not print ${JSON.stringify(prints)}: ${lastLine(printed)}`];
}

const lastLine = (text: string): string => text.trim().split("\n").at(-1) ?? "";
const referenceOf = (image: Image): string => localReferences(image)[0] as string;

function markOf(pair: Pair, { root, built }: TestContext): string {
  const folder = helloFolder(root, pair);
  const hello = pair.hello === undefined ? [] : listFiles(folder).map((path) => [path, readText(join(folder, path))]);
  const images = pair.images.map((image) => ({
    id: built.get(image.id)?.id,
    tests: image.tests,
    promises: contentPromises.map(({ id }) => id),
  }));
  const hash = fingerprint({ images, hello, answers: pair.hello }).slice(0, 16);
  return `${markPrefix(pair)}${hash}`;
}

/** `localhost/ingot-tested/ingot__python:3.13-trixie-` */
const markPrefix = ({ images: [image], line, distribution }: Pair): string =>
  `localhost/ingot-tested/${image?.repository.replaceAll("/", "__")}:${line}-${distribution.name}-`;

/** Marks of earlier images go: they would keep those from being removed. */
async function replaceMark(pair: Pair, mark: string, { engine, tested }: TestContext): Promise<void> {
  await engine.tag(referenceOf(pair.images[0] as Image), mark);
  await engine.untag([...tested].filter((old) => old.startsWith(markPrefix(pair)) && old !== mark));
}
