import type { Definition } from "../model/definition.js";
import type { LanguagePlan, Pair } from "../model/image.js";
import { isPinned, nameOfArgument } from "../model/package.js";
import { reasonFor } from "../model/package-pattern.js";
import { families } from "../model/platform.js";

/** Packages, or artifacts of upstream's own, that images of a language are made of for one reason, as a page shows them. */
export interface PackageView {
  readonly names: readonly string[];
  /** `runtime, dev` */
  readonly variants: string;
  /** Where: `debian`, `trixie`, `3.11 on bookworm`; `all` for every pair. */
  readonly on: string;
  readonly reason: string;
}

interface Use {
  readonly name: string;
  /** Whether it is upstream's own, and no package of a distribution. */
  readonly isArtifact: boolean;
  readonly variants: Set<string>;
  readonly pairs: Set<Pair>;
  isVersion: boolean;
}

/** Every package and artifact of a language's lists once, those of runtime first; in one row what differs by name alone. */
export function packageViews({ language, pairs, notes }: LanguagePlan): readonly PackageView[] {
  const uses = [...usesOf(pairs)].sort((a, b) => (a.name < b.name ? -1 : 1));
  const rows = new Map<string, PackageView>();
  for (const use of uses) {
    const variants = [...use.variants].sort(byVariant).join(", ");
    const row = { variants, on: placesOf([...use.pairs], pairs), reason: reasonOf(use, language, notes) };
    const key = JSON.stringify(row);
    rows.set(key, { names: [...(rows.get(key)?.names ?? []), use.name], ...row });
  }
  return [...rows.values()].sort((a, b) => byVariant(a.variants, b.variants));
}

function reasonOf({ name, isVersion, isArtifact }: Use, language: string, { reasons }: Definition["notes"]): string {
  const isLanguage = isVersion || (isArtifact && name === language);
  const reason = reasonFor(reasons, name) ?? (isLanguage ? "the language itself" : undefined);
  if (isArtifact) return `${reason === undefined ? "" : `${reason}, `}as upstream publishes it`;
  return reason ?? "—";
}

function usesOf(pairs: readonly Pair[]): readonly Use[] {
  const uses = new Map<string, Use>();
  const add = (name: string, isArtifact: boolean, variant: string, pair: Pair): Use => {
    const key = `${name} ${isArtifact}`;
    const use = uses.get(key) ?? { name, isArtifact, variants: new Set(), pairs: new Set(), isVersion: false };
    uses.set(key, use);
    use.variants.add(variant);
    use.pairs.add(pair);
    return use;
  };
  for (const pair of pairs) {
    for (const { variant, packages, artifacts } of pair.images) {
      for (const argument of packages) {
        const use = add(nameOfArgument(argument), false, variant, pair);
        use.isVersion ||= isPinned(argument);
      }
      for (const { name } of artifacts) add(name, true, variant, pair);
    }
  }
  return [...uses.values()];
}

const order = ["runtime, dev", "runtime", "dev"];
const rank = (variant: string): number => (order.indexOf(variant) + order.length + 1) % (order.length + 1);
const byVariant = (a: string, b: string): number => rank(a) - rank(b) || (a < b ? -1 : Number(a > b));

/** The shortest way to say on which pairs something is. */
function placesOf(some: readonly Pair[], all: readonly Pair[]): string {
  if (some.length === all.length) return "all";
  const isOf = (family: string) => (pair: Pair) => pair.distribution.family === family;
  return families
    .map((family) => placesIn(family, some.filter(isOf(family)), all.filter(isOf(family))).join(", "))
    .filter((places) => places !== "")
    .join("; ");
}

/** A whole family, whole distributions of it, whole lines, or pair by pair. */
function placesIn(family: string, some: readonly Pair[], all: readonly Pair[]): readonly string[] {
  if (some.length === 0) return [];
  if (some.length === all.length) return [family];
  const distributions = partsOf(some, all, ({ distribution }) => distribution.name);
  if (distributions !== undefined) return distributions;
  const lines = partsOf(some, all, ({ line }) => line);
  return lines === undefined
    ? some.map(({ line, distribution }) => `${line} on ${distribution.name}`)
    : [`${lines.join(", ")} on ${family}`];
}

/** The names that stand for some of the pairs, where none of them stands for any other. */
function partsOf(
  some: readonly Pair[],
  all: readonly Pair[],
  nameOf: (pair: Pair) => string,
): readonly string[] | undefined {
  const names = [...new Set(some.map(nameOf))];
  return all.filter((pair) => names.includes(nameOf(pair))).length === some.length ? names : undefined;
}
