import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import fc from "fast-check";
import { type OpenCatalog, openCatalog } from "../../src/commands/catalog.js";
import { formatLock } from "../../src/commands/resolve.js";
import { type Diagnostic, ok, type Result } from "../../src/model/diagnostic.js";
import { Failure } from "../../src/model/failure.js";
import { type Image, imagesOf } from "../../src/model/image.js";
import { rules } from "../../src/model/rules.js";
import { formatDiagnostic } from "../../src/reporters/diagnostics.js";
import { type LoadedCatalog, loadCatalog, loadLock } from "../../src/stages/load.js";
import { makePlan } from "../../src/stages/plan.js";
import { compileTemplates, renderTree, type Templates } from "../../src/stages/render.js";
import { readDockerfile, shellWords } from "../support/dockerfile.js";
import { type Mutation, textMutation, valueMutation } from "../support/mutations.js";
import { inventLock, smallCatalog, writeCatalog } from "../support/small-catalog.js";

const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const numRuns = Number(process.env["RUNS"] ?? 10_000);

const lockFile = "catalog.lock.yaml";
const definitions = ["catalog.yaml", "languages/base.yaml", "languages/python.yaml", "catalog.sizes.yaml"];
const templates = Object.keys(smallCatalog).filter((path) => path.endsWith(".hbs"));

interface Case {
  readonly path: string;
  readonly mutations: readonly Mutation[];
}

const several = (mutation: fc.Arbitrary<Mutation>): fc.Arbitrary<readonly Mutation[]> =>
  fc.array(mutation, { minLength: 1, maxLength: 3 });
const inYaml = fc.record({
  path: fc.constantFrom(...definitions, lockFile),
  mutations: fc.oneof(
    { weight: 2, arbitrary: several(valueMutation) },
    { weight: 1, arbitrary: several(textMutation) },
  ),
});
const inTemplate = fc.record({ path: fc.constantFrom(...templates), mutations: several(textMutation) });
const mutated: fc.Arbitrary<Case> = fc.oneof({ weight: 5, arbitrary: inYaml }, { weight: 1, arbitrary: inTemplate });

describe("a catalog that somebody spoilt", () => {
  let root = "";
  let good: Record<string, string> = {};
  let open: (path: string) => Result<Opened>;

  before(() => {
    root = mkdtempSync(join(tmpdir(), "ingot-mutations-"));
    writeCatalog(root, smallCatalog);
    const loaded = loadCatalog(root);
    assert.ok(loaded.ok);
    good = { ...smallCatalog, [lockFile]: formatLock(inventLock(loaded.value)) };
    writeCatalog(root, good);
    const compiled = compileTemplates(loaded.value.templates);
    assert.ok(compiled.ok);
    open = (path) =>
      path.startsWith("templates/") ? openCatalog(root) : openMutated(root, path, loaded, compiled.value);
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  it("opens while it is whole", () => {
    const opened = openCatalog(root);
    assert.ok(opened.ok);
    assert.equal(opened.value.plan.pairs.length, 4);
    checkTree(opened.value, true);
  });

  it(`is refused with a place in it, or gives Dockerfiles in which every word is quoted (seed ${seed})`, function () {
    this.timeout(900_000);
    const counts = { refused: 0, opened: 0, rules: new Set<string>() };
    const property = fc.property(mutated, ({ path, mutations }) => {
      const text = Buffer.from(mutations.reduce((before, mutate) => mutate(before), good[path] ?? "")).toString();
      const files = { ...good, [path]: text };
      try {
        replace(join(root, path), text);
        const opened = open(path);
        if (opened.ok) {
          counts.opened += 1;
          checkTree(opened.value, !path.startsWith("templates/"));
        } else {
          counts.refused += 1;
          for (const diagnostic of opened.diagnostics) {
            counts.rules.add(diagnostic.rule);
            checkDiagnostic(diagnostic, files);
          }
        }
      } catch (error) {
        if (error instanceof Failure) return;
        throw new Error(`${path}:\n${text.slice(0, 1500)}`, { cause: error });
      } finally {
        replace(join(root, path), good[path] ?? "");
      }
    });
    fc.assert(property, { seed, numRuns });
    // Neither side of the property may be empty.
    assert.ok(counts.opened > numRuns / 20 && counts.refused > numRuns / 4, JSON.stringify(counts));
    assert.ok(numRuns < 10_000 || counts.rules.size >= 14, [...counts.rules].sort().join());
  });
});

/** Some file systems write a file to the disk at once whose old content is overwritten. */
function replace(path: string, text: string): void {
  rmSync(path, { force: true });
  writeFileSync(path, text);
}

type Opened = Pick<OpenCatalog, "plan" | "tree">;

/**
 * Opens a catalog of which the lock or a definition is changed, with templates that are compiled already. A lock is made
 * anew for changed definitions, or none would reach a plan.
 */
function openMutated(root: string, path: string, good: Result<LoadedCatalog>, templates: Templates): Result<Opened> {
  const loaded = path === lockFile ? good : loadCatalog(root);
  if (!loaded.ok) return loaded;
  const lock = path === lockFile ? loadLock(root) : ok(inventLock(loaded.value));
  if (!lock.ok) return lock;
  const plan = makePlan(loaded.value, lock.value);
  return plan.ok ? ok({ plan: plan.value, tree: renderTree(plan.value, templates, loaded.value) }) : plan;
}

const noControl = /^[^\p{Cc}\u2028\u2029\p{Bidi_Control}]*$/u;

function checkDiagnostic(diagnostic: Diagnostic, files: Readonly<Record<string, string>>): void {
  const { rule, message, place, file } = diagnostic;
  assert.ok(Object.hasOwn(rules, rule), rule);
  assert.match(message, noControl);
  assert.doesNotMatch(message, /undefined|\[object|\bat \S+:\d+:\d+|^\s*$/, message);
  if (place === undefined) {
    assert.ok(file !== undefined, `nothing says where: ${message}`);
    return;
  }
  const lines = (files[place.file] ?? assert.fail(`no file ${place.file}`)).split(/\r?\n/);
  assert.ok(place.line >= 1 && place.line <= lines.length, `line ${place.line} of ${lines.length}: ${message}`);
  assert.equal(place.text, lines[place.line - 1]);
  assert.ok(place.column >= 1 && place.column <= place.text.length + 1, `column ${place.column}: ${message}`);
  assert.ok(
    place.length >= 1 && place.column + place.length - 1 <= Math.max(place.column, place.text.length),
    `length ${place.length}: ${message}`,
  );
  const shown = formatDiagnostic(diagnostic).split("\n");
  assert.equal(shown.length, 3);
  for (const line of shown) assert.match(line.replaceAll("\t", " "), noControl);
}

function checkTree({ plan, tree }: Opened, templatesAreGood: boolean): void {
  for (const [path, { text }] of tree) {
    assert.equal(Buffer.from(text).toString(), text, `${path} would be read back otherwise than it is written`);
    assert.equal(posix.normalize(path), path);
    assert.match(path, /^[A-Za-z0-9][A-Za-z0-9._+/-]*$/);
    for (let folder = posix.dirname(path); folder !== "."; folder = posix.dirname(folder))
      assert.ok(!tree.has(folder), `${folder} is a file and a folder`);
  }
  const images = new Map<string, Image>();
  for (const image of imagesOf(plan)) {
    checkParents(image, images);
    images.set(image.id, image);
    const text = tree.get(`${image.id}/Dockerfile`)?.text ?? assert.fail(`no Dockerfile for ${image.id}`);
    if (templatesAreGood) checkDockerfile(image, text);
  }
}

/** Parents come first, and have the tag that a FROM names. */
function checkParents({ id, parent, builder }: Image, earlier: ReadonlyMap<string, Image>): void {
  for (const needed of [...(parent.kind === "image" ? [parent] : []), ...(builder === undefined ? [] : [builder])]) {
    const image = earlier.get(needed.id) ?? assert.fail(`${id} comes before ${needed.id}`);
    assert.ok(
      image.tags.some((tag) => `${image.repository}:${tag}` === needed.reference),
      `${needed.id} has no tag ${needed.reference}`,
    );
  }
}

function checkDockerfile(image: Image, text: string): void {
  const read = readDockerfile(text);
  assert.deepEqual(read.packages ?? [], image.packages);
  const overrides = [...image.drop.map((path) => ["--drop", path]), ...image.keep.map((path) => ["--keep", path])];
  assert.deepEqual(read.overrides, image.packages.length === 0 ? [] : overrides);
  assert.deepEqual(Object.entries(read.env), Object.entries(image.env));
  assert.deepEqual(Object.entries(read.labels), Object.entries(image.labels));
  assert.deepEqual(read.cmd, image.cmd);
}

describe("the reader that the property trusts", () => {
  const line = (text: string) =>
    `# Made by \`ingot generate\` from languages/a.yaml: edit that file, not this one.\n${text}\n`;
  const labels = 'LABEL org.opencontainers.image.a="1"\n'.repeat(7).trimEnd();

  for (const word of ["a;b", "$(id)", "`id`", "a&b", "a|b", "a>b", "(a)", "a'b", "'a'b", "''", "~a", "a*", "a\\"]) {
    it(`refuses the shell word ${word}`, () => assert.throws(() => shellWords(`microroot ${word}`)));
  }
  it("takes plain words, and any other in single quotes", () => {
    assert.deepEqual(shellWords("microroot 'python3=3.13.5-*' libc6"), ["microroot", "python3=3.13.5-*", "libc6"]);
  });
  for (const injected of [
    "FROM a\nRUN id",
    "FROM a\nADD x y",
    "FROM a\nENV A=b",
    'FROM a\nENV A="$b"',
    "FROM a b",
    "FROM A/b",
    "FROM a\nUSER root",
    "FROM a\n  RUN id",
    'FROM a\nENV A="b\\"',
  ]) {
    it(`refuses ${JSON.stringify(injected)}`, () =>
      assert.throws(() => readDockerfile(line(`${injected}\n${labels}`))));
  }
});
