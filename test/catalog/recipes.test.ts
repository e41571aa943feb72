import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openCatalog } from "../../src/commands/catalog.js";
import { lockedPackages, makeAlpineDouble } from "../support/alpine-double.js";
import { copyCatalog } from "../support/catalog-copy.js";
import { useTemporaryFolder } from "../support/folders.js";
import { followPage, namedBy, readPage, type Step } from "../support/page.js";
import { repository } from "../support/paths.js";
import { ingot } from "../support/program.js";
import { removeNamespace, requireEngine } from "../support/require-engine.js";
import { writeSources } from "../support/sources.js";

const pageOf = (name: string): readonly Step[] =>
  readPage(readFileSync(join(repository, "docs", "recipes", `${name}.md`), "utf8"));

// What a page shows is done as it stands there: its files, its Dockerfile, its commands, and what they print.
describe("a recipe of docs/recipes, followed to the letter", () => {
  const folder = useTemporaryFolder();

  before(async function () {
    await requireEngine(this);
    const { status, stderr } = await ingot(repository, [
      "build",
      "base:*trixie*",
      "go:*trixie*",
      "node:24*trixie*",
      "python:*trixie*",
    ]);
    assert.equal(status, 0, stderr);
  });

  for (const { name, shows } of [
    {
      name: "node-native-module",
      shows:
        "npm fetches a native module with git, node-gyp compiles it without network, and the runtime image loads it",
    },
    {
      name: "python-postgresql",
      shows:
        "a driver compiled against libpq-dev loads on the runtime image with libpq5, and says in libpq's words that no server is there",
    },
    {
      name: "go-on-scratch",
      shows: "a server on an empty image knows time zones and its user, as it does on base:static",
    },
    { name: "one-layer", shows: "an application as one layer runs unprivileged, and nothing became writable" },
    { name: "debian-instead-of-alpine", shows: "the Dockerfile for both families builds and runs on Debian" },
  ]) {
    it(`${name}: ${shows}`, async () => {
      const steps = pageOf(name);
      try {
        followPage(steps, { folder: folder(), env: { MIRROR: await writeMirror(folder(), steps) } });
      } finally {
        cleanUp(steps);
      }
    });
  }
});

/** Removes the images that a page's commands make, and containers that a failure left. */
function cleanUp(steps: readonly Step[]): void {
  const names = namedBy(steps, "--name");
  for (const name of names) execFileSync("docker", ["rm", "--force", name], { stdio: "pipe" });
  execFileSync("docker", ["image", "rm", "--force", ...namedBy(steps, "--tag")], { stdio: "pipe" });
}

/** The file that a page calls $MIRROR, outside of what it builds. */
async function writeMirror(folder: string, steps: readonly Step[]): Promise<string> {
  const isAsked = steps.some((step) => step.type === "command" && step.command.includes("$MIRROR"));
  return isAsked ? writeSources(folder) : "";
}

const namespace = "ingot-recipe-double";

// Not Alpine: neither its packages nor musl. What is shown is that one Dockerfile fits the images of either family.
describe("the recipe debian-instead-of-alpine, on a double of Alpine and not on Alpine", () => {
  const folder = useTemporaryFolder();

  before(async function () {
    await requireEngine(this);
  });
  after(() => removeNamespace(namespace));

  it("builds with the build argument that the page names, and its result starts what stands for python", async () => {
    const catalog = join(folder(), "catalog");
    const python = await buildOnDouble(catalog);
    const steps = pageOf("debian-instead-of-alpine");
    const files = steps.filter(({ type }) => type === "file");
    const ours = files.map((step) => ({
      ...step,
      ...("text" in step && step.path === "Dockerfile"
        ? { text: step.text.replaceAll("ingot/", `${namespace}/`) }
        : {}),
    }));
    const commands: readonly Step[] = [
      { type: "command", command: "sh on-alpine.sh", output: `double of python3 ${python}` },
    ];
    try {
      followPage([...ours, ...commands], { folder: join(folder(), "recipe") });
    } finally {
      execFileSync("docker", ["image", "rm", "--force", "acme/on-alpine"], { stdio: "pipe" });
    }
  });
});

/** Builds the catalog's newest python pair of Alpine on the double; gives its version. */
async function buildOnDouble(catalog: string): Promise<string> {
  const edits = {
    "catalog.yaml": (text: string) => text.replaceAll("docker.io/library/alpine:", `docker.io/${namespace}/alpine:`),
  };
  copyCatalog(catalog, { namespace, edits });
  const opened = openCatalog(catalog);
  assert.ok(opened.ok);
  const pair = opened.value.plan.pairs.find(
    ({ language, images }) =>
      language === "python" && images.some(({ tags }) => tags.some((tag) => String(tag) === "3-alpine")),
  );
  assert.ok(pair !== undefined);
  const { branch, name } = pair.distribution;
  const packages = lockedPackages(catalog, name);
  makeAlpineDouble({
    branch: branch.slice(1),
    packages,
    folder: catalog,
    tag: `${namespace}/alpine:${branch.slice(1)}`,
  });
  assert.equal((await ingot(catalog, ["generate"])).status, 0);
  const { status, stderr } = await ingot(catalog, ["build", "python:3-alpine", "python:3-alpine-dev"]);
  assert.equal(status, 0, stderr);
  return /^python3 (\S+)$/m.exec(packages)?.[1] ?? "";
}
