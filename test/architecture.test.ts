import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join, posix, relative, sep } from "node:path";
import { repository } from "./support/paths.js";

/** Which layers a layer may import; itself is always allowed. Types count. */
const layers: Readonly<Record<string, readonly string[]>> = {
  model: [],
  support: ["model"],
  ports: ["model", "support"],
  stages: ["model", "support", "ports"],
  reporters: ["model"],
  // What stands in src/ itself, and the commands, put everything together.
  root: ["model", "support", "ports", "stages", "reporters", "commands"],
  commands: ["model", "support", "ports", "stages", "root"],
};

/** The only libraries of a layer, where it has a list. */
const libraries: Readonly<Record<string, readonly string[]>> = {
  // Of node itself, only what calculates.
  model: ["zod", "semver", "picomatch", "fastest-levenshtein", "spdx-expression-parse", "packageurl-js", "node:crypto"],
  // What draws lines at the end of a terminal and knows how wide text is there; of node itself, only what colours text.
  reporters: ["log-update", "ansi-escapes", "cli-truncate", "string-width", "wrap-ansi", "node:util"],
};

/** Modules that open a door to the world, and where alone they may be imported. */
const doors: readonly { readonly module: RegExp; readonly only: RegExp }[] = [
  { module: /^(execa|(node:)?child_process)$/, only: /^ports\/process\.ts$/ },
  { module: /^(node:)?fs(\/promises)?$/, only: /^ports\// },
  { module: /^(node:)?(http|https|http2|net|tls|dgram|dns)(\/promises)?$/, only: /^ports\// },
];

/** Files that are still to be divided. */
const largeRooms: readonly string[] = [];

interface Source {
  /** `model/version.ts` */
  readonly path: string;
  readonly text: string;
  /** Without comments; what is in strings stays. */
  readonly code: string;
  readonly imports: readonly string[];
}

const root = join(repository, "src");
const sources: readonly Source[] = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
  .map((entry) => readSource(relative(root, join(entry.parentPath, entry.name)).split(sep).join("/")));

function readSource(path: string): Source {
  const text = readFileSync(join(root, path), "utf8");
  const code = withoutComments(text);
  const statements = code.matchAll(
    /^(?:import|export)\b[^;"]*?from\s*"([^"]+)"|^import\s*"([^"]+)"|\bimport\(\s*"([^"]+)"/gm,
  );
  const imports = [...statements].map(([, from, bare, dynamic]) => from ?? bare ?? dynamic ?? "");
  return { path, text, code, imports };
}

/** Strings, templates and regular expressions are kept whole, so that what looks like a comment in them is none. */
function withoutComments(text: string): string {
  const token =
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|(?<=[=(,:;!&|?{}[\n>]\s*)\/(?![*/])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/g;
  return text.replace(token, (found) => (/^\/[*/]/.test(found) ? "" : found));
}

const layerOf = (path: string): string => (path.includes("/") ? (path.split("/")[0] ?? "") : "root");
const targetOf = (path: string, imported: string): string =>
  posix.join(posix.dirname(path), imported).replace(/\.js$/, ".ts");
const isRelative = (imported: string): boolean => imported.startsWith(".");

describe("the architecture", () => {
  it("is read whole: every file of src, each with its imports", () => {
    assert.ok(sources.length > 40);
    assert.deepEqual([...new Set(sources.map(({ path }) => layerOf(path)))].sort(), Object.keys(layers).sort());
    const lines = sources
      .flatMap(({ code }) => code.match(/^import .*|\bfrom "/gm) ?? [])
      .filter((line) => line.includes('"'));
    assert.ok(sources.flatMap(({ imports }) => imports).length >= lines.length);
  });

  it("has imports that point down only, types included", () => {
    const wrong = sources.flatMap(({ path, imports }) =>
      imports
        .filter(isRelative)
        .map((imported) => targetOf(path, imported))
        .filter(
          (target) => layerOf(target) !== layerOf(path) && layers[layerOf(path)]?.includes(layerOf(target)) !== true,
        )
        .map((target) => `${path} imports ${target}`),
    );
    assert.deepEqual(wrong, []);
  });

  it("lets a layer use its own libraries alone", () => {
    const wrong = sources.flatMap(({ path, imports }) => {
      const allowed = libraries[layerOf(path)];
      return allowed === undefined
        ? []
        : imports
            .filter((imported) => !isRelative(imported) && !allowed.includes(imported))
            .map((imported) => `${path} imports ${imported}`);
    });
    assert.deepEqual(wrong, []);
  });

  it("has one door for each side effect", () => {
    const wrong = sources.flatMap(({ path, imports }) =>
      doors.flatMap(({ module, only }) =>
        imports
          .filter((imported) => module.test(imported) && !only.test(path))
          .map((imported) => `${path} imports ${imported}`),
      ),
    );
    assert.deepEqual(wrong, []);
    for (const { only } of doors)
      assert.ok(
        sources.some(({ path }) => only.test(path)),
        String(only),
      );
  });

  it("writes to a terminal in reporters alone", () => {
    const writing = sources
      .filter(({ code }) => /\bconsole\b|\bprocess\.(stdout|stderr)\b/.test(code))
      .map(({ path }) => path);
    assert.ok(writing.length > 0);
    assert.deepEqual(
      writing.filter((path) => !path.startsWith("reporters/")),
      [],
    );
  });

  it("asks the clock in one place", () => {
    const asking = sources
      .filter(({ code }) => /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(/.test(code))
      .map(({ path }) => path);
    assert.deepEqual(
      asking.filter((path) => !path.startsWith("ports/") && !path.startsWith("stages/hello")),
      [],
    );
  });

  it("goes in no circle", () => {
    const graph = new Map(
      sources.map(({ path, imports }) => [
        path,
        imports.filter(isRelative).map((imported) => targetOf(path, imported)),
      ]),
    );
    const done = new Set<string>();
    const visit = (path: string, trail: readonly string[]): void => {
      assert.ok(!trail.includes(path), `circle: ${[...trail.slice(trail.indexOf(path)), path].join(" → ")}`);
      if (done.has(path)) return;
      for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
      done.add(path);
    };
    for (const path of graph.keys()) visit(path, []);
    assert.equal(done.size, sources.length);
  });

  it("imports no file that is not there", () => {
    const paths = new Set(sources.map(({ path }) => path));
    const missing = sources.flatMap(({ path, imports }) =>
      imports
        .filter(isRelative)
        .map((imported) => targetOf(path, imported))
        .filter((target) => !paths.has(target))
        .map((target) => `${path} imports ${target}`),
    );
    assert.deepEqual(missing, []);
  });

  it("knows no language: what is particular to one is in its definition", () => {
    const languages = readdirSync(join(repository, "languages"))
      .filter((name) => name.endsWith(".yaml"))
      .map((name) => basename(name, ".yaml"));
    assert.ok(languages.includes("base") && languages.length > 1);
    // catalog.yaml names the definition that all others are built on, under a key of that name.
    const names = languages.filter((language) => language !== "base").join("|");
    const literal = new RegExp(`["'\`](${names})["'\`]|languages/(${names}|base)\\b`, "g");
    // Licences have names that are also those of languages.
    const others = sources.filter(({ path }) => path !== "model/licence-names.ts");
    const wrong = others.flatMap(({ path, code }) => [...code.matchAll(literal)].map(([found]) => `${path}: ${found}`));
    assert.deepEqual(wrong, []);
  });

  it("has small rooms: no file of 250 lines or more but those that are listed, and none listed without need", () => {
    const large = sources.filter(({ text }) => text.split("\n").length > 250).map(({ path }) => path);
    assert.deepEqual(large.sort(), [...largeRooms].sort());
  });

  it("has named exports only, no enums and no classes but where state lives", () => {
    const wrong = sources
      .filter(({ code }) => /^export default\b|^(?:export )?(?:const )?enum\b/m.test(code))
      .map(({ path }) => path);
    assert.deepEqual(wrong, []);
  });

  it("names no machine's folder, and leaves nothing to do", () => {
    const wrong = sources
      .filter(({ text }) => /\bTODO\b|\bFIXME\b|\/home\/|\/work\//.test(text))
      .map(({ path }) => path);
    assert.deepEqual(wrong, []);
  });

  it("has a test for this file's own reader: what is in strings is not taken for a comment", () => {
    assert.equal(
      withoutComments('const a = "http://x"; // b\nconst c = /["/*]/u; /* d */ const e = `//f`;').replace(/\s+/g, " "),
      'const a = "http://x"; const c = /["/*]/u; const e = `//f`;',
    );
  });
});
