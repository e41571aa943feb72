import type { PairDefinition, VariantDefinition } from "../model/definition.js";
import type { PairLock } from "../model/lock.js";
import { canonical } from "../support/fingerprint.js";
import { own } from "../support/own.js";

/** A new entry, or the old one with its date where nothing in it moved. */
export function dated<T extends { readonly date: string }>(
  fresh: Omit<T, "date">,
  previous: T | undefined,
  today: string,
): T {
  const same = previous !== undefined && canonical({ ...fresh, date: previous.date }) === canonical(previous);
  // Never the old object itself: its keys stand in another order, and the lock's bytes would differ.
  return { ...fresh, date: same ? previous.date : today } as T;
}

interface Dating {
  readonly pair: Pick<PairDefinition, "variants" | "versionPackage">;
  /** `2026-11-21` */
  readonly today: string;
}

type Undated = Omit<PairLock, "date" | "later">;

/**
 * A pair's entry with its dates: of the whole where something moved that all variants share, else of each variant that has
 * a package which moved. So an update of a compiler alone leaves the runtime as it is, to the byte.
 */
export function datedPair(fresh: Undated, previous: PairLock | undefined, { pair, today }: Dating): PairLock {
  if (previous === undefined || canonical(sharedOf(fresh)) !== canonical(sharedOf(previous)))
    return { ...fresh, date: today };
  const later = pair.variants.flatMap((variant): (readonly [string, string])[] => {
    const moved = canonical(packagesOf(variant, pair, fresh)) !== canonical(packagesOf(variant, pair, previous));
    const date = moved ? today : own(previous.later, variant.variant);
    return date === undefined ? [] : [[variant.variant, date]];
  });
  const { date } = previous;
  return later.length === 0 ? { ...fresh, date } : { ...fresh, date, later: Object.fromEntries(later) };
}

const sharedOf = ({ version, ended, artifacts }: Undated) => ({ version, ended, artifacts });

/** Versions of the packages that a variant names, and of that which gives the language's. */
function packagesOf(
  { packages }: VariantDefinition,
  { versionPackage }: Dating["pair"],
  lock: Undated,
): readonly (readonly [string, string | undefined])[] {
  const names = packages.length === 0 || versionPackage === undefined ? packages : [versionPackage, ...packages];
  return [...new Set(names)].sort().map((name) => [name, own(lock.packages, name)]);
}

/** The date on which what a variant is made from last changed. */
export function dateOfVariant({ date, later }: Pick<PairLock, "date" | "later">, variant: string): string {
  return own(later, variant) ?? date;
}
