import { stringify } from "yaml";
import type { CatalogSettings, Distribution } from "../model/catalog.js";
import { type Diagnostic, type Result, unlessAny } from "../model/diagnostic.js";
import type { Cycle } from "../model/lock.js";
import { upstreamOf } from "../model/package.js";
import { families } from "../model/platform.js";
import { compareVersions, isOfLine, parseVersion, type Version } from "../model/version.js";
import type { FileContent, Tree } from "../ports/files.js";
import type { PackageIndex } from "../ports/package-index.js";
import { compileTemplate, type ShapeOf, type TemplateSource } from "../support/template.js";

/** What the world has under a language's name. */
export interface Findings {
  readonly settings: CatalogSettings;
  /** By distribution: those that could be read. */
  readonly indexes: ReadonlyMap<string, PackageIndex>;
  /** Undefined where there is no product of that name, or nobody could be asked. */
  readonly cycles: Readonly<Record<string, Cycle>> | undefined;
}

interface SkeletonView {
  /** As it is, and as YAML writes it: `8` has quotes there. */
  readonly name: string;
  readonly language: string;
  readonly namespace: string;
  readonly endoflife: string | undefined;
  readonly distributions: string;
  readonly lines: readonly { readonly line: string; readonly on: string }[];
  readonly packages: readonly { readonly family: string; readonly dev: string }[];
  readonly reasons: readonly { readonly package: string }[];
  readonly absent: readonly { readonly family: string }[];
}

const shape: ShapeOf<SkeletonView> = {
  name: true,
  language: true,
  namespace: true,
  endoflife: true,
  distributions: true,
  lines: [{ line: true, on: true }],
  packages: [{ family: true, dev: true }],
  reasons: [{ package: true }],
  absent: [{ family: true }],
};

/** Where the templates of what `ingot new` writes are. */
const skeletonFolder = "new";

/** The files of a new language by their paths below `languages/`: its definition, and a hello application to be. */
export function makeSkeleton(
  language: string,
  findings: Findings,
  templates: ReadonlyMap<string, TemplateSource>,
): Result<Tree> {
  const definition = `${skeletonFolder}/definition.yaml.hbs`;
  const hello = `${skeletonFolder}/hello/`;
  const paths = [...templates.keys()].filter((path) => path.startsWith(hello) && path.endsWith(".hbs"));
  const missing = [definition, `${hello}Dockerfile.hbs`].flatMap((path): readonly Diagnostic[] =>
    templates.has(path)
      ? []
      : [{ rule: "missing-file", file: `templates/${path}`, message: "the template is missing" }],
  );
  const compiled = [definition, ...paths].flatMap((path) => {
    const source = templates.get(path);
    return source === undefined ? [] : [{ path, template: compileTemplate(source, shape, new Map()) }];
  });
  const complaints = [...missing, ...compiled.flatMap(({ template }) => template.complaints)];
  return unlessAny(complaints, () => {
    const view = viewOf(language, findings);
    return new Map(
      compiled.map(({ path, template }): [string, FileContent] => [
        path === definition ? `${language}.yaml` : `${language}/${path.slice(skeletonFolder.length + 1, -4)}`,
        { text: template.render(view) },
      ]),
    );
  });
}

function viewOf(language: string, findings: Findings): SkeletonView {
  const { settings, cycles } = findings;
  const carried = carriersOf(language, findings);
  const present = families.filter((family) => carried.some(({ distribution }) => distribution.family === family));
  const packages = present.map((family) => ({ family, dev: devPackage(language, family, findings) }));
  const named = [...new Set(packages.map(({ dev }) => dev))].filter((name) => name !== "");
  return {
    name: language,
    language: stringify(language).trimEnd(),
    namespace: settings.namespace,
    endoflife: cycles === undefined ? undefined : stringify(language).trimEnd(),
    distributions: settings.distributions.map(({ name }) => name).join(", "),
    lines: linesOf(carried),
    packages,
    reasons: named.map((name) => ({ package: name })),
    absent: families.filter((family) => !present.includes(family)).map((family) => ({ family })),
  };
}

interface Carrier {
  readonly distribution: Distribution;
  readonly line: string;
  readonly version: Version;
}

/** The distributions that have a package of the language's own name. */
function carriersOf(language: string, { settings, indexes, cycles }: Findings): readonly Carrier[] {
  return settings.distributions.flatMap((distribution) => {
    const found = indexes.get(distribution.name)?.packages.get(language);
    const version = found === undefined ? undefined : parseStart(upstreamOf(distribution.family, found));
    const line = version === undefined ? undefined : lineOf(version, Object.keys(cycles ?? {}));
    return version === undefined || line === undefined ? [] : [{ distribution, line, version }];
  });
}

/** A package that only stands for the newest one may have a version of its own kind: `3.3+b1`. */
const parseStart = (text: string): Version | undefined =>
  parseVersion(text) ?? parseVersion(/^\d+(\.\d+)*/.exec(text)?.[0] ?? "");

/** The release cycle that a version is of; where none is known, its first two numbers. */
function lineOf(version: Version, cycles: readonly string[]): string | undefined {
  const [known] = cycles
    .filter((cycle) => /^\d+(\.\d+)*$/.test(cycle) && isOfLine(version, cycle))
    .sort((a, b) => b.length - a.length);
  return known ?? /^\d+(\.\d+)?/.exec(version.text)?.[0];
}

/** Newest first. */
function linesOf(carried: readonly Carrier[]): SkeletonView["lines"] {
  const newestFirst = [...carried].sort((a, b) => compareVersions(b.version, a.version));
  return [...new Set(newestFirst.map(({ line }) => line))].map((line) => ({
    line,
    on: carried.flatMap((each) => (each.line === line ? [`${each.distribution.name}: {}`] : [])).join(", "),
  }));
}

/** What a family mostly calls a package of headers, where it has one of that name. */
function devPackage(language: string, family: Distribution["family"], { settings, indexes }: Findings): string {
  const ofFamily = settings.distributions.flatMap((each) => {
    const index = each.family === family ? indexes.get(each.name) : undefined;
    return index?.packages.has(language) === true ? [index] : [];
  });
  const names = [`${language}-dev`, `lib${language}-dev`];
  return names.find((name) => ofFamily.length > 0 && ofFamily.every(({ packages }) => packages.has(name))) ?? "";
}
