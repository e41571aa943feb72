import assert from "node:assert/strict";
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openCatalog } from "../../src/commands/catalog.js";
import type { Image, Pair } from "../../src/model/image.js";
import { promises } from "../../src/model/promises.js";
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
const variants = ["runtime", "dev"];

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
    checkPair(checked, { root: repository, engine, readContent, tlsServer: tlsServer.get });

  /** The pair with one of its images spoiled by the Dockerfile of a case. */
  async function spoil(promise: string): Promise<Pair> {
    const variant = variants.find((each) => existsSync(join(cases, promise, `${each}.Dockerfile`)));
    assert.ok(variant, `there is no case for ${promise}`);
    const spoiled = `${namespace}/${promise}` as RepositoryName;
    const images = pair.images.map((image) => (image.variant === variant ? { ...image, repository: spoiled } : image));
    copyFileSync(join(cases, promise, `${variant}.Dockerfile`), join(folder(), "Dockerfile"));
    await engine.build({
      folder: folder(),
      tags: [localReference(images.find((image) => image.repository === spoiled) as Image)],
      buildArguments: { IMAGE: localReference(pair.images.find((image) => image.variant === variant) as Image) },
      labels: {},
      contexts: {},
      secrets: [],
      cache: true,
    });
    return { ...pair, images };
  }

  it("is kept by a pair as it is built", async () => {
    const { breaches, checks } = await check(pair);
    assert.deepEqual(breaches, []);
    assert.ok(checks > 30);
  });

  for (const promise of Object.keys(promises)) {
    it(`says of an image that breaks ${promise} what its page says`, async () => {
      const { breaches } = await check(await spoil(promise));
      assert.ok(
        breaches.some((breach) => exampleOf(promise).test(breach)),
        breaches.join("\n"),
      );
    });
  }
});
