import type { CatalogSettings, Distribution } from "../model/catalog.js";
import type {
  Definition,
  DefinitionFile,
  PackageSetFile,
  PairDefinition,
  Variant,
  VariantDefinition,
  VariantFile,
} from "../model/definition.js";
import { type Diagnostic, type Result, unlessAny } from "../model/diagnostic.js";
import { fillLine, fillLines } from "../model/placeholder.js";
import type { Path, SourceDocument } from "../support/document.js";
import { own } from "../support/own.js";
import { suggestion } from "../support/validate.js";
import { budgetFor, packageSetFor, packageSets, packageSetsFor } from "./package-sets.js";

/** A definition as written, and where it is written. */
export interface WrittenDefinition {
  readonly content: DefinitionFile;
  readonly document: SourceDocument;
}

interface Context extends WrittenDefinition {
  readonly settings: CatalogSettings;
  readonly isBase: boolean;
  /** The variants of the base, which `from` may name; absent where its definition could not be read. */
  readonly baseVariants: readonly Variant[] | undefined;
  readonly baseCommands: readonly string[];
}

/** Writes out what a definition shares between its lines and distributions, and complains of names that are not there. */
export function define(
  written: WrittenDefinition,
  base: DefinitionFile | undefined,
  settings: CatalogSettings,
): Result<Definition> {
  const context: Context = {
    ...written,
    settings,
    isBase: written.content.language === settings.base,
    baseVariants: base === undefined ? undefined : variantsOf(base),
    baseCommands: base?.dev?.commands ?? [],
  };
  const complaints = [...variantComplaints(context), ...distributionComplaints(context), ...packageComplaints(context)];
  return unlessAny(complaints, () => writeOut(context));
}

/** `runtime` and `dev`, and what the definition adds. */
export function variantsOf(content: DefinitionFile): readonly Variant[] {
  return ["runtime", "dev", ...Object.keys(content.variants ?? {})];
}

function writeOut(context: Context): Definition {
  const { language, summary, licence, homepage, endoflife, hello, lines, probes, except, dev } = context.content;
  const pairs = Object.entries(lines).flatMap(([line, { on }]) =>
    Object.keys(on).map((distribution) =>
      writePair(context, line, distributionOf(context, distribution) as Distribution),
    ),
  );
  return {
    language,
    summary,
    licence,
    homepage,
    ...(endoflife === undefined ? {} : { endoflife }),
    pairs,
    ...(hello === undefined ? {} : { hello: hello.answers }),
    probes: probes ?? {},
    exceptions: except ?? {},
    devCommands: [...new Set([...context.baseCommands, ...(dev?.commands ?? [])])],
  };
}

function writePair(context: Context, line: string, distribution: Distribution): PairDefinition {
  const { content, settings } = context;
  const lineFile = content.lines[line];
  const sets = packageSetsFor(content, line, distribution);
  const packages = packageSetFor(sets);
  return {
    line,
    distribution: distribution.name,
    family: distribution.family,
    ...(packages.version === undefined ? {} : { versionPackage: fillLine(packages.version, line) }),
    aliases: lineFile?.aliases ?? [],
    cycle: lineFile?.cycle ?? line,
    platforms: settings.platforms.filter((platform) => content.platforms?.includes(platform) ?? true),
    variants: variantsOf(content).map((variant) => ({
      ...ofLine(line, writeVariant(context, variant, packages)),
      ...budgetFor(sets, variant),
    })),
  };
}

const ofLine = (line: string, variant: VariantDefinition): VariantDefinition => ({
  ...variant,
  packages: variant.packages.map((name) => fillLine(name, line)),
  env: fillLines(variant.env, line),
});

function writeVariant(context: Context, variant: Variant, packages: PackageSetFile): VariantDefinition {
  const { content } = context;
  const written = variantFile(content, variant);
  const inherited = variant === "dev" ? content.runtime : undefined;
  const added = listOf(packages, variant);
  return {
    variant,
    from: parentVariant(context, variant),
    packages: variant === "dev" ? [...new Set([...listOf(packages, "runtime"), ...added])] : added,
    env: { ...packages.env, ...inherited?.env, ...written?.env },
    cmd: written?.cmd ?? inherited?.cmd ?? [],
    files: written?.files ?? [],
    keep: Object.keys(written?.keep ?? {}).sort(),
    drop: Object.keys(written?.drop ?? {}).sort(),
    tests: (own(content.test, variant) ?? []).map(({ run, prints }) => ({
      run,
      ...(prints === undefined ? {} : { prints }),
    })),
  };
}

/** What a variant is built on where the definition does not say: the same variant of base; base itself starts anew. */
function parentVariant({ content, isBase }: Context, variant: Variant): string {
  const written = variantFile(content, variant)?.from;
  if (written !== undefined) return written;
  if (!isBase) return variant === "dev" ? "dev" : "runtime";
  return variant === "dev" ? "distribution" : "scratch";
}

function variantFile(content: DefinitionFile, variant: Variant): VariantFile | undefined {
  if (variant === "runtime") return content.runtime;
  return variant === "dev" ? content.dev : own(content.variants, variant);
}

const listOf = (packages: PackageSetFile, variant: Variant): readonly string[] => {
  const list = own(packages, variant);
  return Array.isArray(list) ? list : [];
};

const distributionOf = ({ settings }: Context, name: string): Distribution | undefined =>
  settings.distributions.find((each) => each.name === name);

function variantComplaints(context: Context): readonly Diagnostic[] {
  const { content, document, baseVariants } = context;
  const variants = variantsOf(content);
  const unknown = (name: string, path: Path, known: readonly string[], part: "key" | "value"): Diagnostic => ({
    rule: "unknown-variant",
    message: `there is no variant ${name}: there are ${known.join(", ")}${suggestion(name, known)}`,
    place: document.placeOf(path, part),
  });
  const named = [
    ...Object.keys(content.test ?? {}).map((name) => ({ name, path: ["test", name] })),
    ...packageSets(content).flatMap(({ set, path }) => [
      ...Object.keys(set)
        .filter((key) => !["version", "env", "size"].includes(key))
        .map((name) => ({ name, path: [...path, name] })),
      ...Object.keys(set.size ?? {}).map((name) => ({ name, path: [...path, "size", name] })),
    ]),
  ];
  const parents = ["scratch", "distribution", ...(baseVariants ?? [])];
  return [
    ...named
      .filter(({ name }) => !variants.includes(name))
      .map(({ name, path }) => unknown(name, path, variants, "key")),
    ...variants.flatMap((variant) => {
      const from = variantFile(content, variant)?.from;
      const path = variant === "runtime" || variant === "dev" ? [variant, "from"] : ["variants", variant, "from"];
      if (from === undefined || baseVariants === undefined) return [];
      if (!parents.includes(from)) return [unknown(from, path, parents, "value")];
      const circle = circleFrom(context, variant);
      return circle === undefined
        ? []
        : [
            {
              rule: "invalid-value" as const,
              message: `${variant} is built on itself: ${circle.join(" → ")}`,
              place: document.placeOf(path),
            },
          ];
    }),
  ];
}

/** Only base has variants that are built on each other, and what has packages is made in dev. */
function circleFrom({ content, isBase }: Context, variant: Variant): readonly Variant[] | undefined {
  const sets = packageSets(content);
  const isMadeInDev = (name: Variant): boolean =>
    name !== "dev" && sets.some(({ set }) => listOf(set, name).length > 0);
  const needsOf = (name: Variant): readonly Variant[] => [
    variantFile(content, name)?.from ?? "",
    ...(isMadeInDev(name) ? ["dev"] : []),
  ];
  const walk = (name: Variant, trail: readonly Variant[]): readonly Variant[] | undefined => {
    if (name === variant && trail.length > 0) return [...trail, name];
    if (trail.includes(name)) return undefined;
    return needsOf(name)
      .flatMap((next) => [walk(next, [...trail, name]) ?? []])
      .find(({ length }) => length > 0);
  };
  return isBase ? walk(variant, []) : undefined;
}

function distributionComplaints({ content, document, settings }: Context): readonly Diagnostic[] {
  const known = settings.distributions.map(({ name }) => name);
  return Object.entries(content.lines).flatMap(([line, { on }]) =>
    Object.keys(on)
      .filter((name) => !known.includes(name))
      .map((name) => ({
        rule: "unknown-distribution" as const,
        message: `catalog.yaml has no distribution ${name}${suggestion(name, known)}`,
        place: document.placeOf(["lines", line, "on", name], "key"),
      })),
  );
}

/** A variant without packages is a mistake, unless the definition says what it is built on and nothing more. */
function packageComplaints(context: Context): readonly Diagnostic[] {
  const { content, document } = context;
  return Object.entries(content.lines).flatMap(([line, { on }]) =>
    Object.keys(on).flatMap((name) => {
      const distribution = distributionOf(context, name);
      if (distribution === undefined) return [];
      const packages = packageSetFor(packageSetsFor(content, line, distribution));
      const empty = variantsOf(content).filter(
        (variant) => listOf(packages, variant).length === 0 && variantFile(content, variant)?.from === undefined,
      );
      return empty.map((variant) => ({
        rule: "no-packages" as const,
        message: `${variant} has no packages on ${name}: list them under packages.${distribution.family}.${variant}, or say what it is built on with ${variant}.from`,
        place: document.placeOf(["lines", line, "on", name], "key"),
      }));
    }),
  );
}
