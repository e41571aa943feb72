import type { CatalogSettings, Distribution } from "../model/catalog.js";
import type {
  Definition,
  DefinitionFile,
  PackageSetFile,
  PairDefinition,
  Variant,
  VariantDefinition,
} from "../model/definition.js";
import { type Result, unlessAny } from "../model/diagnostic.js";
import { fillLine, fillLines } from "../model/placeholder.js";
import { own } from "../support/own.js";
import { distributionComplaints, packageComplaints, variantComplaints } from "./define-complaints.js";
import {
  type DefineContext,
  distributionOf,
  listOf,
  variantFile,
  variantsOf,
  type WrittenDefinition,
} from "./define-context.js";
import { noteComplaints, notesOf } from "./notes.js";
import { budgetFor, packageSetFor, packageSetsFor } from "./package-sets.js";

/** Writes out what a definition shares between its lines and distributions, and complains of names that are not there. */
export function define(
  written: WrittenDefinition,
  base: DefinitionFile | undefined,
  settings: CatalogSettings,
): Result<Definition> {
  const context: DefineContext = {
    ...written,
    settings,
    isBase: written.content.language === settings.base,
    baseVariants: base === undefined ? undefined : variantsOf(base),
    baseCommands: base?.dev?.commands ?? [],
  };
  const complaints = [
    ...variantComplaints(context),
    ...distributionComplaints(context),
    ...packageComplaints(context),
    ...noteComplaints(written, settings),
  ];
  return unlessAny(complaints, () => writeOut(context));
}

function writeOut(context: DefineContext): Definition {
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
    notes: notesOf(context.content),
  };
}

function writePair(context: DefineContext, line: string, distribution: Distribution): PairDefinition {
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

function writeVariant(context: DefineContext, variant: Variant, packages: PackageSetFile): VariantDefinition {
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
function parentVariant({ content, isBase }: DefineContext, variant: Variant): string {
  const written = variantFile(content, variant)?.from;
  if (written !== undefined) return written;
  if (!isBase) return variant === "dev" ? "dev" : "runtime";
  return variant === "dev" ? "distribution" : "scratch";
}
