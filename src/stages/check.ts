import { holdsPath } from "../model/artifact.js";
import type { ImageContent } from "../model/content.js";
import type { ImageTest } from "../model/definition.js";
import type { Image, ImageId, Pair } from "../model/image.js";
import { readPackageDatabase } from "../model/package-database.js";
import { matchesAny, pathsOfKind } from "../model/path-pattern.js";
import type { Breach, Subject } from "../model/promise.js";
import { checkContent, describeBreaches, withoutExceptions } from "../model/promises.js";
import type { Engine, EngineImage, RunResult } from "../ports/engine.js";
import type { ReadContent } from "../ports/image-content.js";
import type { TlsServer } from "../ports/tls-server.js";
import { overBudget } from "./budget.js";
import { inOnePart, localReference } from "./build.js";
import { askHello, helloFolder, withHello } from "./hello.js";
import { describeEnd, lastLine, runProbes } from "./probe.js";
import { readTemplate } from "./templates.js";

export interface CheckContext {
  readonly root: string;
  readonly engine: Engine;
  readonly readContent: ReadContent;
  readonly tlsServer: () => Promise<TlsServer>;
  /** What the engine tells images by that were built or found right. */
  readonly built: ReadonlyMap<ImageId, Pick<EngineImage, "id">>;
}

export interface CheckResult {
  /** How many promises and tests were tried. */
  readonly checks: number;
  /** `runtime breaks no-header: /usr/include/zlib.h` */
  readonly breaches: readonly string[];
}

/** Tries every promise of a pair's images: on their content, and by running them. Throws a Failure of the engine's. */
export async function checkPair(pair: Pair, context: CheckContext): Promise<CheckResult> {
  const results = [await checkContents(pair, context)];
  for (const image of pair.images) results.push(named(image, await runTests(image, context.engine)));
  // What is wrong above would only be wrong again.
  if (results.every(({ breaches }) => breaches.length === 0)) results.push(await runPair(pair, context));
  return added(results);
}

/** Tries the promises that need nothing to run. */
export async function checkContents(
  pair: Pair,
  { root, engine, readContent, built }: Pick<CheckContext, "root" | "engine" | "readContent" | "built">,
): Promise<CheckResult> {
  const contents = new Map<Image, ImageContent>();
  for (const image of pair.images)
    contents.set(image, await readContent(localReference(image), built.get(image.id)?.id));
  const results: CheckResult[] = [];
  for (const [image, content] of contents) {
    const checked = checkContent(subjectOf(pair, image, contents, root), pair.exceptions);
    const excess = await checkBudget(image, content, { engine, readContent });
    results.push(named(image, { ...checked, breaches: [...checked.breaches, ...excess] }));
  }
  return added(results);
}

/** The image that passed its tests last, to compare the next with: `localhost/ingot-last/ingot__python:3.13-trixie-dev` */
export const lastReference = ({ repository, line, distribution, variant }: Image): string =>
  `localhost/ingot-last/${inOnePart(repository)}:${line}-${distribution.name}-${variant}`;

async function checkBudget(
  image: Image,
  content: ImageContent,
  { engine, readContent }: Pick<CheckContext, "engine" | "readContent">,
): Promise<readonly string[]> {
  if (overBudget(image, content).length === 0) return [];
  const last = lastReference(image);
  const id = (await engine.inspect([last])).get(last)?.id;
  const previous = id === undefined ? undefined : await readContent(last, id);
  return overBudget(image, content, previous).map((line) => `breaks size-budget: ${line}`);
}

const added = (results: readonly CheckResult[]): CheckResult => ({
  checks: results.reduce((sum, { checks }) => sum + checks, 0),
  breaches: results.flatMap(({ breaches }) => breaches),
});

const named = ({ variant }: Image, { checks, breaches }: CheckResult): CheckResult => ({
  checks,
  breaches: breaches.map((breach) => `${variant} ${breach}`),
});

function subjectOf(pair: Pair, image: Image, contents: ReadonlyMap<Image, ImageContent>, root: string): Subject {
  const { family } = pair.distribution;
  const content = contents.get(image) as ImageContent;
  const runtime = contents.get(pair.images.find(({ variant }) => variant === "runtime") as Image);
  const rules = readTemplate(root, `${family}/microroot.rules`);
  return {
    variant: image.variant,
    family,
    content,
    database: readPackageDatabase(content),
    runtime: runtime === undefined ? undefined : readPackageDatabase(runtime),
    isGenerated: matchesAny(pathsOfKind(rules, "generated")),
    isArtifacts: (path) => image.artifacts.some((artifact) => holdsPath(artifact, path)),
    devCommands: pair.devCommands,
  };
}

/** The definition's own tests; on what is not dev, with as few rights as can be. */
async function runTests(image: Image, engine: Engine): Promise<CheckResult> {
  const confines = image.variant !== "dev";
  const breaches: string[] = [];
  for (const test of image.tests) {
    const run = (confined: boolean) => engine.run({ image: localReference(image), command: test.run, confined });
    const breach = breachOf(test, await run(confines));
    if (breach === undefined) continue;
    const worksElsewhere = confines && breachOf(test, await run(false)) === undefined;
    breaches.push(...describeBreaches(worksElsewhere ? "confined" : "own-tests", [breach]));
  }
  return { checks: image.tests.length, breaches };
}

function breachOf({ run, prints }: ImageTest, { exitCode, stdout, stderr }: RunResult): Breach | undefined {
  const about = run.join(" ").replace(/\s+/g, " ").slice(0, 200);
  if (exitCode !== 0) return { about, message: describeEnd({ exitCode, stdout, stderr }) };
  const printed = `${stdout}${stderr}`;
  return prints === undefined || printed.includes(prints)
    ? undefined
    : { about, message: `does not print ${JSON.stringify(prints)}: ${lastLine(printed)}` };
}

/** What dev and runtime only show together: the hello application, and the language's probes on its image. */
function runPair(pair: Pair, context: CheckContext): Promise<CheckResult> {
  const [dev, runtime] = ["dev", "runtime"].map((each) => pair.images.find(({ variant }) => variant === each));
  const references = { dev: localReference(dev as Image), runtime: localReference(runtime as Image) };
  if (pair.hello === undefined) return probe(pair, references.runtime, references.dev, context);
  const { engine, root } = context;
  const expected = { ...pair.hello, version: pair.version.text };
  const tag = temporaryReference("hello", pair);
  return withHello({ engine, folder: helloFolder(root, pair), ...references, tag }, async (image) => {
    const { application, stops } = await askHello(engine, image, expected);
    const probed = await probe(pair, image, references.dev, context);
    return {
      checks: probed.checks + 2,
      breaches: [
        ...describeBreaches("application", application),
        ...describeBreaches("stops", stops),
        ...probed.breaches,
      ],
    };
  });
}

async function probe(pair: Pair, image: string, dev: string, context: CheckContext): Promise<CheckResult> {
  const { engine, tlsServer } = context;
  const results = await runProbes(pair.probes, {
    engine,
    image,
    dev,
    trusting: temporaryReference("trust", pair),
    tlsServer,
  });
  return {
    checks: results.length,
    breaches: results.flatMap(({ promise, breaches }) =>
      describeBreaches(promise, withoutExceptions(promise, breaches, pair.exceptions)),
    ),
  };
}

/** `localhost/ingot-hello/ingot__python:3.13-trixie` */
const temporaryReference = (purpose: string, { images: [image], line, distribution }: Pair): string =>
  `localhost/ingot-${purpose}/${inOnePart(image?.repository ?? "")}:${line}-${distribution.name}`;
