import type { Distribution } from "../model/catalog.js";
import type { Budget, DefinitionFile, PackageSetFile, Variant } from "../model/definition.js";
import type { Path } from "../support/document.js";
import { own } from "../support/own.js";

/** What a definition says for a pair about packages, from what all lines share to what holds for this pair alone. */
type PackageSets = readonly [PackageSetFile | undefined, PackageSetFile | undefined, PackageSetFile | undefined];

export function packageSetsFor(content: DefinitionFile, line: string, { name, family }: Distribution): PackageSets {
  const lineFile = content.lines[line];
  return [content.packages?.[family], lineFile?.packages?.[family], own(lineFile?.on, name)];
}

/** A line's own packages override the definition's, and those on a distribution override both. */
export function packageSetFor([shared, ofLine, here]: PackageSets): PackageSetFile {
  return { ...shared, ...ofLine, ...here };
}

/** Budgets are overridden as packages are, limit by limit. */
export function budgetFor(sets: PackageSets, variant: Variant): { readonly budget?: Budget } {
  const budgets = sets.flatMap((set) => own(set?.size, variant) ?? []);
  return budgets.length === 0 ? {} : { budget: Object.assign({}, ...budgets) };
}

/** Every place where a definition says something about packages. */
export function packageSets(content: DefinitionFile): readonly { readonly set: PackageSetFile; readonly path: Path }[] {
  const byFamily = (sets: DefinitionFile["packages"], path: Path) =>
    Object.entries(sets ?? {}).flatMap(([family, set]) =>
      set === undefined ? [] : [{ set, path: [...path, family] }],
    );
  return [
    ...byFamily(content.packages, ["packages"]),
    ...Object.entries(content.lines).flatMap(([line, { on, packages }]) => [
      ...byFamily(packages, ["lines", line, "packages"]),
      ...Object.entries(on).map(([distribution, set]) => ({ set, path: ["lines", line, "on", distribution] })),
    ]),
  ];
}
