import type { CatalogSettings, Distribution } from "../model/catalog.js";
import type { DefinitionFile, PackageSetFile, Variant, VariantFile } from "../model/definition.js";
import type { SourceDocument } from "../support/document.js";
import { own } from "../support/own.js";

/** A definition as written, and where it is written. */
export interface WrittenDefinition {
  readonly content: DefinitionFile;
  readonly document: SourceDocument;
}

export interface DefineContext extends WrittenDefinition {
  readonly settings: CatalogSettings;
  readonly isBase: boolean;
  /** The variants of the base, which `from` may name; absent where its definition could not be read. */
  readonly baseVariants: readonly Variant[] | undefined;
  readonly baseCommands: readonly string[];
}

/** `runtime` and `dev`, and what the definition adds. */
export function variantsOf(content: DefinitionFile): readonly Variant[] {
  return ["runtime", "dev", ...Object.keys(content.variants ?? {})];
}

export function variantFile(content: DefinitionFile, variant: Variant): VariantFile | undefined {
  if (variant === "runtime") return content.runtime;
  return variant === "dev" ? content.dev : own(content.variants, variant);
}

export const listOf = (packages: PackageSetFile, variant: Variant): readonly string[] => {
  const list = own(packages, variant);
  return Array.isArray(list) ? list : [];
};

export const distributionOf = ({ settings }: DefineContext, name: string): Distribution | undefined =>
  settings.distributions.find((each) => each.name === name);
