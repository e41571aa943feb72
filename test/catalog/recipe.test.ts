import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openCatalog } from "../../src/commands/catalog.js";
import type { ImageContent } from "../../src/model/content.js";
import type { Pair } from "../../src/model/image.js";
import { readPackageDatabase } from "../../src/model/package-database.js";
import type { RepositoryName } from "../../src/model/reference.js";
import { debianSources, readHostMirror } from "../../src/ports/debian-host.js";
import { createEngine } from "../../src/ports/engines.js";
import { createContentReader } from "../../src/ports/image-content.js";
import { openMirror } from "../../src/ports/mirror.js";
import { localReference } from "../../src/stages/build.js";
import { checkContents } from "../../src/stages/check.js";
import { useTemporaryFolder, writeFiles } from "../support/folders.js";
import { repository } from "../support/paths.js";
import { ingot } from "../support/program.js";
import { removeNamespace, requireEngine } from "../support/require-engine.js";

const namespace = "ingot-recipe";

// As a reader of a language's README does it, on Debian 13. Where no registry answers, the dev image is made of packages and
// does not know where to get more: it is given the sources that Debian's own image would have.
describe("one more system library in a runtime image, by the README's recipe", () => {
  const folder = useTemporaryFolder();
  const engine = createEngine("docker");
  const readContent = createContentReader(engine);

  before(async function () {
    this.timeout(1_200_000);
    await requireEngine(this);
    const { status, stderr } = await ingot(repository, ["build", "python:*trixie*", "node:24*trixie*"]);
    assert.equal(status, 0, stderr);
  });
  after(() => removeNamespace(namespace));

  function pairOf(id: string): Pair {
    const opened = openCatalog(repository);
    assert.ok(opened.ok);
    return opened.value.plan.pairs.find((pair) => pair.id === id) as Pair;
  }

  const image = (pair: Pair, variant: string): string =>
    localReference(pair.images.find((each) => each.variant === variant) as Pair["images"][number]);

  /** The dev image, with package sources. */
  async function sourced(pair: Pair): Promise<string> {
    const mirror = await readHostMirror();
    assert.ok(mirror !== undefined);
    const has = async (url: string) => (await openMirror(url).get("")) !== undefined;
    const tag = `docker.io/${namespace}/${pair.language}:dev`;
    writeFiles(join(folder(), "sourced"), {
      Dockerfile: `FROM ${image(pair, "dev")}\nCOPY sources.list /etc/apt/sources.list\n`,
      "sources.list": await debianSources(pair.distribution.branch, mirror, has),
    });
    await build(join(folder(), "sourced"), tag, {});
    return tag;
  }

  async function build(context: string, tag: string, contexts: Readonly<Record<string, string>>): Promise<void> {
    const rest = { buildArguments: {}, labels: {}, secrets: [], cache: true };
    await engine.build({ folder: context, tags: [tag], contexts, ...rest });
  }

  /** Builds the recipe for a library; gives the pair with the result as its runtime image. */
  async function follow(pair: Pair, library: string): Promise<Pair> {
    const readme = readFileSync(join(repository, "generated", pair.language, "README.md"), "utf8");
    const recipe = [...readme.matchAll(/```dockerfile\n([\s\S]+?)```/g)].find(([, text]) =>
      text?.includes("microroot"),
    );
    const [, text = ""] = recipe ?? [];
    assert.match(text, /microroot PACKAGE/);
    const [base = "", dev = ""] = [...text.matchAll(/^FROM (\S+:\S+) AS/gm)].map(([, name]) => name ?? "");
    const extended = `${namespace}/${pair.language}` as RepositoryName;
    const images = pair.images.map((each) => (each.variant === "runtime" ? { ...each, repository: extended } : each));
    writeFiles(join(folder(), "recipe"), { Dockerfile: text.replace("PACKAGE", library) });
    const result = { ...pair, images };
    await build(join(folder(), "recipe"), image(result, "runtime"), {
      [base]: image(pair, "runtime"),
      [dev]: await sourced(pair),
    });
    return result;
  }

  const packagesOf = (content: ImageContent): readonly string[] =>
    readPackageDatabase(content)?.packages.map(({ name }) => name) ?? [];

  for (const { id, library, command, prints } of [
    {
      id: "python/3.13/trixie",
      library: "libpq5",
      command: ["python3", "-c", "import ctypes; print(ctypes.CDLL('libpq.so.5').PQlibVersion())"],
      prints: /^17\d{4}$/m,
    },
    {
      id: "node/24/trixie",
      library: "libxml2",
      // Node calls no library by itself, but it loads one, with all that it needs, before it finds that it is no module.
      command: [
        "node",
        "-e",
        "try { process.dlopen({ exports: {} }, 'libxml2.so.2') } catch ({ message }) { console.log(message) }",
      ],
      prints: /did not self-register/,
    },
  ]) {
    it(`adds ${library} to ${id}: it loads, and the image keeps its promises`, async () => {
      const pair = pairOf(id);
      const before = await readContent(image(pair, "runtime"));
      const result = await follow(pair, library);
      const after = await readContent(image(result, "runtime"));
      assert.ok(packagesOf(after).includes(library));
      assert.deepEqual(
        packagesOf(before).filter((name) => !packagesOf(after).includes(name)),
        [],
      );
      assert.equal(after.layers.length, before.layers.length + 1);
      const { breaches } = await checkContents(result, { root: repository, engine, readContent, built: new Map() });
      assert.deepEqual(
        breaches.filter((breach) => breach.startsWith("runtime ") && !breach.includes("size-budget")),
        [],
      );
      const { stdout, stderr } = await engine.run({ image: image(result, "runtime"), command, confined: true });
      assert.match(stdout, prints, stderr);
    });
  }
});
