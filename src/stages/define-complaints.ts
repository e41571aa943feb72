import type { Variant } from "../model/definition.js";
import type { Diagnostic } from "../model/diagnostic.js";
import type { Path } from "../support/document.js";
import { suggestion } from "../support/validate.js";
import { type DefineContext, distributionOf, listOf, variantFile, variantsOf } from "./define-context.js";
import { packageSetFor, packageSets, packageSetsFor } from "./package-sets.js";

export function variantComplaints(context: DefineContext): readonly Diagnostic[] {
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
function circleFrom({ content, isBase }: DefineContext, variant: Variant): readonly Variant[] | undefined {
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

export function distributionComplaints({ content, document, settings }: DefineContext): readonly Diagnostic[] {
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
export function packageComplaints(context: DefineContext): readonly Diagnostic[] {
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
