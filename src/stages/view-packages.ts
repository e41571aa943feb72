import type { Definition } from "../model/definition.js";
import type { LanguagePlan, Pair } from "../model/image.js";
import { isPinned, nameOfArgument } from "../model/package.js";
import { reasonFor } from "../model/package-pattern.js";
import { families } from "../model/platform.js";

/** A package that images of a language are made of, as a page shows it. */
export interface PackageView {
  readonly name: string;
  /** `runtime, dev` */
  readonly variants: string;
  /** Where: `debian`, `trixie`, `3.11 on bookworm`; `all` for every pair. */
  readonly on: string;
  readonly reason: string;
}

interface Use {
  readonly variants: Set<string>;
  readonly pairs: Set<Pair>;
  isVersion: boolean;
}

/** Every package of a language's lists once, those of runtime first. */
export function packageViews({ pairs, notes }: Pick<LanguagePlan, "pairs" | "notes">): readonly PackageView[] {
  const uses = usesOf(pairs);
  return [...uses]
    .map(([name, use]) => ({
      name,
      variants: [...use.variants].sort(byVariant).join(", "),
      on: placesOf([...use.pairs], pairs),
      reason: reasonOf(name, use, notes),
    }))
    .sort((a, b) => byVariant(a.variants, b.variants) || (a.name < b.name ? -1 : 1));
}

const reasonOf = (name: string, { isVersion }: Use, { reasons }: Definition["notes"]): string =>
  reasonFor(reasons, name) ?? (isVersion ? "the language itself" : "—");

function usesOf(pairs: readonly Pair[]): ReadonlyMap<string, Use> {
  const uses = new Map<string, Use>();
  for (const pair of pairs) {
    for (const { variant, packages } of pair.images) {
      for (const argument of packages) {
        const name = nameOfArgument(argument);
        const use = uses.get(name) ?? { variants: new Set(), pairs: new Set(), isVersion: false };
        uses.set(name, use);
        use.variants.add(variant);
        use.pairs.add(pair);
        use.isVersion ||= isPinned(argument);
      }
    }
  }
  return uses;
}

const order = ["runtime, dev", "runtime", "dev"];
const rank = (variant: string): number => (order.indexOf(variant) + order.length + 1) % (order.length + 1);
const byVariant = (a: string, b: string): number => rank(a) - rank(b) || (a < b ? -1 : Number(a > b));

/** The shortest way to say on which pairs something is. */
function placesOf(some: readonly Pair[], all: readonly Pair[]): string {
  if (some.length === all.length) return "all";
  return families
    .flatMap((family) => {
      const isHere = ({ distribution }: Pair): boolean => distribution.family === family;
      const here = some.filter(isHere);
      return here.length === all.filter(isHere).length && here.length > 0 ? [family] : distributionsOf(here, all);
    })
    .join(", ");
}

function distributionsOf(some: readonly Pair[], all: readonly Pair[]): readonly string[] {
  const names = [...new Set(some.map(({ distribution }) => distribution.name))];
  return names.flatMap((name) => {
    const here = some.filter(({ distribution }) => distribution.name === name);
    const whole = all.filter(({ distribution }) => distribution.name === name).length === here.length;
    return whole ? [name] : here.map(({ line }) => `${line} on ${name}`);
  });
}
