import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openCatalog, select } from "../../src/commands/catalog.js";
import { createEngine } from "../../src/ports/engines.js";
import { createContentReader } from "../../src/ports/image-content.js";
import { checkContents } from "../../src/stages/check.js";
import { lockedPackages, makeAlpineDouble } from "../support/alpine-double.js";
import { copyCatalog } from "../support/catalog-copy.js";
import { useTemporaryFolder } from "../support/folders.js";
import { repository } from "../support/paths.js";
import { ingot, parseRun } from "../support/program.js";
import { removeNamespace, requireEngine } from "../support/require-engine.js";

const namespace = "ingot-double";
const branches = ["3.22", "3.23", "3.24"];
/** A part of the newest branch as a rule; `make alpine` does the same with all. */
const part = ["base", "go", "java", "lua", "node", "php", "python", "ruby"].map((name) => `${name}:*alpine3.24*`);
const selectors = process.env["ALPINE"]?.split(" ") ?? part;

// Alpine's mirror and its images are not asked here: a double stands in for the distribution, with an apk that knows the
// locked names and versions and installs stubs. What runs for real is every generated Dockerfile, and microroot.
describe("the Alpine pairs of the catalog, on a double of Alpine and not on Alpine", () => {
  const folder = useTemporaryFolder();

  before(async function () {
    await requireEngine(this);
  });
  after(() => removeNamespace(namespace));

  it(`all build, and their runtime images keep the promises that their files can show: ${selectors.join(" ")}`, async () => {
    copyCatalog(folder(), { namespace, edits: { "catalog.yaml": useDouble } });
    makeDoubles(folder());
    assert.equal((await ingot(folder(), ["generate"])).status, 0);
    const { status, stdout, stderr } = await ingot(folder(), ["build", "--strict", "--json", ...selectors]);
    const { events, report } = parseRun(stdout);
    assert.deepEqual(
      events.filter(({ type }) => type === "failed"),
      [],
      stderr,
    );
    assert.equal(status, 0, stderr);
    const opened = openCatalog(folder());
    assert.ok(opened.ok);
    const selected = select(opened.value, selectors);
    assert.ok(selected.ok && selected.value.length >= 2 * part.length);
    assert.equal(report.images.length, selected.value.length);
    // Artifacts are upstream's own, and the libraries that they load are stubs here.
    const ofArtifacts = /breaks shared-objects: \/(usr\/local|opt)\//;
    const breaches = await breachesOf(folder());
    assert.deepEqual(
      breaches.filter((breach) => !ofArtifacts.test(breach)),
      [],
    );
  });

  it("have one digest however often they are built", async () => {
    copyCatalog(folder(), { namespace, edits: { "catalog.yaml": useDouble } });
    makeDoubles(folder());
    assert.equal((await ingot(folder(), ["generate"])).status, 0);
    const { status, stdout, stderr } = await ingot(folder(), ["build", "--verify", "--json", "base:*alpine3.24*"]);
    assert.equal(status, 0, stderr);
    assert.equal(parseRun(stdout).events.filter(({ type }) => type === "verified").length, 4);
  });

  it("are refused by --verify, which names the file, where something in them is another each time", async () => {
    const microroot = (text: string) =>
      text.replace("  report\n}", '  cat /proc/sys/kernel/random/uuid >"$rootfs/etc/built"\n  report\n}');
    copyCatalog(folder(), { namespace, edits: { "catalog.yaml": useDouble, "templates/alpine/microroot": microroot } });
    makeDoubles(folder());
    assert.equal((await ingot(folder(), ["generate"])).status, 0);
    const { status, stdout } = await ingot(folder(), ["build", "--verify", "--json", "base:3.24-alpine3.24-static"]);
    const { events, report } = parseRun(stdout);
    assert.equal(status, 1);
    const [failure] = events.filter((event) => event.type === "failed");
    assert.ok(failure?.type === "failed" && failure.stage === "verify");
    assert.match(failure.reason, /it has two digests: \/etc\/built has other content$/);
    assert.deepEqual(
      report.images.filter(({ state }) => state === "failed").map(({ image }) => image),
      ["base/3.24/alpine3.24/static"],
    );
  });

  it("take one more library with the lines that a language's page shows", async () => {
    copyCatalog(folder(), { namespace, edits: { "catalog.yaml": useDouble } });
    makeDoubles(folder());
    assert.equal((await ingot(folder(), ["generate"])).status, 0);
    const { status, stderr } = await ingot(folder(), ["build", "node:26.*alpine3.24*"]);
    assert.equal(status, 0, stderr);
    const reference = `docker.io/${namespace}/node-with-libpq:26`;
    const recipe = recipeOf(readFileSync(join(folder(), "generated", "node", "README.md"), "utf8"));
    const onAlpine = recipe.replaceAll(/^(FROM \S+?:\S+?)(-dev)?(?= AS|$)/gm, "$1-alpine3.24$2");
    docker(["buildx", "build", "--load", "--tag", reference, "-"], onAlpine.replace("PACKAGE", "libpq"));
    const shown = docker(["run", "--rm", reference, "cat", "/usr/share/double/libpq", "/lib/apk/db/installed"]);
    assert.match(shown, /^libpq 18\.0-r0\n/);
    const listed = [...shown.matchAll(/^P:(.+)$/gm)].map(([, name]) => name);
    assert.ok(listed.includes("libpq") && listed.includes("nodejs-current") && listed.includes("libssl3"), stderr);
    assert.deepEqual(
      listed.filter((name) => /^(apk-tools|libapk|alpine-keys|ca-certificates)$/.test(name ?? "")),
      [],
    );
    assert.match(docker(["run", "--rm", reference, "node"]), /^double of nodejs-current /);
  });

  it("do not build with a version that the index does not have", async () => {
    const edits = {
      "catalog.yaml": useDouble,
      "catalog.lock.yaml": (text: string) => text.replaceAll(/nodejs: 22\.\d+\.\d+-r\d+/g, "nodejs: 22.99.0-r0"),
    };
    copyCatalog(folder(), { namespace, edits });
    makeDoubles(repository, folder());
    assert.equal((await ingot(folder(), ["generate"])).status, 0);
    const { status, stdout } = await ingot(folder(), ["build", "--json", "node:22-alpine3.22"]);
    assert.equal(status, 1);
    const [failure] = parseRun(stdout).events.filter(({ type }) => type === "failed");
    assert.match(JSON.stringify(failure), /nodejs/);
  });
});

/** The Dockerfile of a page that adds a package. */
function recipeOf(page: string): string {
  const [, recipe] = /```dockerfile\n([^`]*microroot PACKAGE[^`]*)```/.exec(page) ?? [];
  assert.ok(recipe !== undefined);
  return recipe;
}

function docker(args: readonly string[], input = ""): string {
  return execFileSync("docker", args, { input, encoding: "utf8", stdio: ["pipe", "pipe", "pipe"] });
}

/** No image of the double's may be taken for Alpine's. */
const useDouble = (text: string): string =>
  text.replaceAll("docker.io/library/alpine:", `docker.io/${namespace}/alpine:`);

/** An image for each branch, whose apk knows the packages that a catalog's lock has. */
function makeDoubles(locked: string, folder = locked): void {
  for (const branch of branches) {
    const packages = `${lockedPackages(locked, `alpine${branch}`)}libpq 18.0-r0\n`;
    makeAlpineDouble({ branch, packages, folder, tag: `${namespace}/alpine:${branch}` });
  }
}

async function breachesOf(root: string): Promise<readonly string[]> {
  const opened = openCatalog(root);
  assert.ok(opened.ok);
  const selected = select(opened.value, selectors);
  assert.ok(selected.ok);
  const pairs = opened.value.plan.pairs.filter(({ id }) => selected.value.some(({ pair }) => pair === id));
  assert.ok(pairs.length >= part.length);
  const engine = createEngine("docker");
  const readContent = createContentReader(engine);
  const breaches: string[] = [];
  for (const pair of pairs) {
    const found = await checkContents(pair, { root, engine, readContent, built: new Map() });
    // The stubs of dev are no compilers.
    const shown = found.breaches.filter((breach) => !breach.startsWith("dev "));
    breaches.push(...shown.map((breach) => `${pair.id} ${breach}`));
  }
  return breaches;
}
