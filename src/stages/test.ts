import { join } from "node:path";
import type { Say } from "../model/event.js";
import { Failure } from "../model/failure.js";
import type { Image, ImageId, Pair } from "../model/image.js";
import { contractVersion } from "../model/promises.js";
import { elapsed } from "../ports/clock.js";
import type { EngineImage } from "../ports/engine.js";
import { listFiles, readText } from "../ports/files.js";
import { hearEngine } from "../ports/heard-engine.js";
import { fingerprint } from "../support/fingerprint.js";
import { inOnePart, localReference } from "./build.js";
import { type CheckContext, checkPair, lastReference } from "./check.js";
import { helloFolder } from "./hello.js";

export interface TestContext extends CheckContext {
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
  const hear = (line: string): void => say({ type: "output", stage: "test", subject: pair.id, line });
  const { checks, breaches } = await checkPair(pair, { ...context, engine: hearEngine(context.engine, hear) });
  if (breaches.length > 0) throw new Failure(breaches[0] as string, breaches.slice(1));
  await replaceMark(pair, mark, context);
  say({ type: "tested", subject: pair.id, ms: elapsed(start), checks });
}

function markOf(pair: Pair, { root, built }: TestContext): string {
  const folder = helloFolder(root, pair);
  const hello = pair.hello === undefined ? [] : listFiles(folder).map((path) => [path, readText(join(folder, path))]);
  const images = pair.images.map(({ id, tests, budget }) => ({ id: built.get(id)?.id, tests, budget }));
  const { hello: answers, probes, exceptions, devCommands } = pair;
  const hash = fingerprint({ images, hello, answers, probes, exceptions, devCommands, contractVersion }).slice(0, 16);
  return `${markPrefix(pair)}${hash}`;
}

/** `localhost/ingot-tested/ingot__python:3.13-trixie-` */
const markPrefix = ({ images: [image], line, distribution }: Pair): string =>
  `localhost/ingot-tested/${inOnePart(image?.repository ?? "")}:${line}-${distribution.name}-`;

/** Marks of earlier images go: they would keep those from being removed. */
async function replaceMark(pair: Pair, mark: string, { engine, tested }: TestContext): Promise<void> {
  for (const image of pair.images) await engine.tag(localReference(image), lastReference(image));
  await engine.tag(localReference(pair.images[0] as Image), mark);
  await engine.untag([...tested].filter((old) => old.startsWith(markPrefix(pair)) && old !== mark));
}
