import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openCatalog } from "../../src/commands/catalog.js";
import type { Image, Pair } from "../../src/model/image.js";
import { contentPromises, promises } from "../../src/model/promises.js";
import type { RepositoryName } from "../../src/model/reference.js";
import { createEngine } from "../../src/ports/engines.js";
import { createContentReader } from "../../src/ports/image-content.js";
import { createTlsServer } from "../../src/ports/tls-server.js";
import { localReference } from "../../src/stages/build.js";
import { checkPair } from "../../src/stages/check.js";
import { useTemporaryFolder } from "../support/folders.js";
import { repository } from "../support/paths.js";
import { ingot } from "../support/program.js";
import { removeNamespace, requireEngine } from "../support/require-engine.js";

const namespace = "ingot-contract";
const cases = join(repository, "test", "contract");
/** Of these, each other case would be a breach as well, and of many only the first are named. */
const alone = ["stray-file", "nothing-twice"];
/** What can be spoiled in one image, as neither hides another. What content alone shows: the last has the last word on the user. */
const content = contentPromises
  .map(({ id }) => id)
  .filter((id) => !alone.includes(id))
  .sort((a, b) => Number(a === "non-root") - Number(b === "non-root"));
/** What the application and the probes on its image show. */
const probed = ["time-zone", "unicode", "tls", "standard-library", "application", "stops"];

/** What is said of an image that breaks the promise: the example on the promise's page, where … stands for anything. */
function exampleOf(promise: string): RegExp {
  const page = readFileSync(join(repository, "docs", "rules", `${promise}.md`), "utf8");
  const [, example = ""] = /```\n([\s\S]+?)\n```/.exec(page) ?? [];
  assert.match(example, new RegExp(`breaks ${promise}: .`));
  const parts = example.split("…").map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}

describe("the contract of images", () => {
  const folder = useTemporaryFolder();
  const engine = createEngine("docker");
  const read = createContentReader(engine);
  const known = new Map<string, ReturnType<typeof read>>();
  /** Remembers what it read: the images that are not spoiled are the same in every case. */
  const readContent = (reference: string) => {
    const content = known.get(reference) ?? read(reference);
    known.set(reference, content);
    return content;
  };
  const tlsServer = createTlsServer("trusted");
  let pair: Pair;

  before(async function () {
    await requireEngine(this);
    const { status, stderr } = await ingot(repository, ["build", "python:*trixie*"]);
    assert.equal(status, 0, stderr);
    const opened = openCatalog(repository);
    assert.ok(opened.ok);
    pair = opened.value.plan.pairs.find(({ id }) => id === "python/3.13/trixie") as Pair;
  });
  after(async () => {
    await tlsServer.close();
    await removeNamespace(namespace);
  });

  const check = (checked: Pair) =>
    checkPair(checked, { root: repository, engine, readContent, tlsServer: tlsServer.get, built: new Map() });

  /** The pair with its images spoiled by the Dockerfiles of cases, one after the other. */
  async function spoil(name: string, spoilers: readonly string[]): Promise<Pair> {
    const images: Image[] = [];
    for (const image of pair.images) {
      const steps = spoilers.flatMap((promise) => stepsOf(promise, image.variant));
      const spoiled = { ...image, repository: `${namespace}/${name}` as RepositoryName };
      images.push(steps.length === 0 ? image : spoiled);
      if (steps.length > 0) await build(spoiled, [`FROM ${localReference(image)}`, ...steps, ""].join("\n"));
    }
    assert.notDeepEqual(images, pair.images, `there is no case for ${spoilers.join(" and ")}`);
    return { ...pair, images };
  }

  async function build(image: Image, dockerfile: string): Promise<void> {
    writeFileSync(join(folder(), "Dockerfile"), dockerfile);
    const nothing = { buildArguments: {}, labels: {}, contexts: {}, secrets: [] };
    await engine.build({ folder: folder(), tags: [localReference(image)], ...nothing, cache: true });
  }

  it("is kept by a pair as it is built", async () => {
    const { breaches, checks } = await check(pair);
    assert.deepEqual(breaches, []);
    assert.ok(checks > 30);
  });

  async function isTold(promise: string, checked: ReturnType<typeof check>): Promise<void> {
    const { breaches } = await checked;
    assert.ok(
      breaches.some((breach) => exampleOf(promise).test(breach)),
      breaches.join("\n"),
    );
  }

  for (const [name, spoiled] of Object.entries({ content, probed })) {
    let checked: ReturnType<typeof check> | undefined;
    for (const promise of spoiled)
      it(`says of images that break ${promise} and others what its page says`, () => {
        checked ??= spoil(name, spoiled).then(check);
        return isTold(promise, checked);
      });
  }

  for (const promise of Object.keys(promises).filter((each) => ![...content, ...probed].includes(each)))
    it(`says of an image that breaks ${promise} what its page says`, () =>
      isTold(promise, spoil(promise, [promise]).then(check)));
});

/** What a case's Dockerfile does to the image that it is for. */
function stepsOf(promise: string, variant: string): readonly string[] {
  const path = join(cases, promise, `${variant}.Dockerfile`);
  if (!existsSync(path)) return [];
  const [argument, from, ...steps] = readFileSync(path, "utf8").trimEnd().split("\n");
  assert.deepEqual([argument, from], ["ARG IMAGE", "FROM $IMAGE"]);
  return steps;
}
