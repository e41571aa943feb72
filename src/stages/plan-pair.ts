import type { Distribution } from "../model/catalog.js";
import type { VariantDefinition } from "../model/definition.js";
import type { Builder, Image, ImageId, Pair, PairId, Parent } from "../model/image.js";
import { epochOf, type Lock } from "../model/lock.js";
import { pinOf } from "../model/package.js";
import { parseReference } from "../model/reference.js";
import type { Support } from "../model/support.js";
import { own } from "../support/own.js";
import { cyclesOf, endsOf } from "./cycles.js";
import type { LoadedCatalog } from "./load.js";
import { dateOfVariant } from "./lock-dates.js";
import type { LockedPair } from "./locked.js";
import { planArtifacts } from "./plan-artifacts.js";
import type { TagPlan } from "./tags.js";

/** What the planning of every pair of a catalog shares. */
export interface PlanContext {
  readonly loaded: LoadedCatalog;
  readonly lock: Lock;
  readonly tags: ReadonlyMap<string, TagPlan>;
  /** The base's pair on each distribution. */
  readonly bases: ReadonlyMap<string, LockedPair>;
}

const pairIdOf = ({ definition, pair }: LockedPair): PairId =>
  `${definition.language}/${pair.line}/${pair.distribution}` as PairId;
const imageIdOf = (pair: LockedPair, variant: string): ImageId => `${pairIdOf(pair)}/${variant}` as ImageId;

/** A pair with every decision taken. */
export function planPair(context: PlanContext, locked: LockedPair): Pair {
  const { definition, pair, distribution, version } = locked;
  // Dev first where the others are made in it, then those that others of the pair are built on.
  const order = (variant: VariantDefinition) => (variant.variant === "dev" ? 0 : variant.from === "scratch" ? 1 : 2);
  const sorted = [...pair.variants].sort((a, b) => order(a) - order(b));
  const variants = definition.language === context.loaded.catalog.settings.base ? parentsFirst(sorted) : sorted;
  return {
    id: pairIdOf(locked),
    language: definition.language,
    line: pair.line,
    distribution,
    version,
    images: variants.map((variant) => planImage(context, locked, variant)),
    ...(definition.hello === undefined ? {} : { hello: definition.hello }),
    probes: definition.probes,
    exceptions: definition.exceptions,
    devCommands: definition.devCommands,
    support: supportOf(context.lock, locked),
  };
}

/** Variants of the base are built on each other. */
function parentsFirst(variants: readonly VariantDefinition[]): readonly VariantDefinition[] {
  const ordered = new Set<VariantDefinition>();
  const add = (each: VariantDefinition): void => {
    for (const parent of variants) if (parent.variant === each.from) add(parent);
    ordered.add(each);
  };
  for (const each of variants) add(each);
  return [...ordered];
}

function planImage(context: PlanContext, locked: LockedPair, variant: VariantDefinition): Image {
  const { definition, pair, distribution, lock, version } = locked;
  const { settings } = context.loaded.catalog;
  const inPlace = variant.variant === "dev";
  const artifacts = planArtifacts(settings.namespace, locked, variant);
  const isMade = variant.packages.length + artifacts.length > 0;
  const builder = inPlace || !isMade ? undefined : builderOn(context, distribution);
  return {
    id: imageIdOf(locked, variant.variant),
    pair: pairIdOf(locked),
    language: definition.language,
    line: pair.line,
    distribution,
    variant: variant.variant,
    version,
    platforms: pair.platforms,
    repository: `${settings.namespace}/${definition.language}`,
    tags: (context.tags.get(definition.language) as TagPlan).tagsOf(locked.subject, variant.variant),
    parent: parentOf(context, locked, variant),
    ...(builder === undefined ? {} : { builder }),
    packages: packageArguments(locked, variant),
    artifacts,
    keep: variant.keep,
    drop: variant.drop,
    env: variant.env,
    cmd: variant.cmd,
    ...(inPlace ? {} : { user: settings.user }),
    files: variant.files,
    support: supportOf(context.lock, locked),
    labels: labelsOf(context, locked, variant),
    sourceDateEpoch: epochOf({ date: dateOfVariant(lock, variant.variant) }),
    tests: variant.tests,
    ...(variant.budget === undefined ? {} : { budget: variant.budget }),
  };
}

/**
 * The package that gives the version is pinned, wherever it is installed; all others follow the distribution. It is installed
 * in every variant with packages, unless only dev's list names it: then it is a compiler.
 */
function packageArguments(
  { pair, distribution, lock }: LockedPair,
  { packages }: VariantDefinition,
): readonly string[] {
  const { versionPackage } = pair;
  const locked = versionPackage === undefined ? undefined : own(lock.packages, versionPackage);
  if (versionPackage === undefined || locked === undefined || packages.length === 0) return packages;
  if (!packages.includes(versionPackage) && pair.variants.some((each) => each.packages.includes(versionPackage))) {
    return packages;
  }
  return [pinOf(distribution.family, versionPackage, locked), ...packages.filter((name) => name !== versionPackage)];
}

function parentOf(context: PlanContext, { distribution }: LockedPair, { from }: VariantDefinition): Parent {
  if (from === "scratch") return { kind: "scratch" };
  if (from === "distribution") {
    const digest = own(context.lock.distributions, distribution.name)?.digest;
    const pinned = digest === undefined || parseReference(distribution.image)?.digest !== undefined;
    return {
      kind: "distribution",
      distribution,
      reference: pinned ? distribution.image : `${distribution.image}@${digest}`,
    };
  }
  return { kind: "image", ...baseImage(context, distribution, from) };
}

function builderOn(context: PlanContext, distribution: Distribution): Builder {
  const variants = context.bases.get(distribution.name)?.pair.variants ?? [];
  const { files = [] } = variants.find(({ variant }) => variant === "dev") ?? {};
  return { ...baseImage(context, distribution, "dev"), files };
}

/** `ingot/base:trixie-dev` */
function baseImage(
  { loaded, bases }: PlanContext,
  distribution: Distribution,
  variant: string,
): { readonly id: ImageId; readonly reference: string } {
  const { namespace, base } = loaded.catalog.settings;
  const tag = variant === "runtime" ? distribution.name : `${distribution.name}-${variant}`;
  return {
    id: imageIdOf(bases.get(distribution.name) as LockedPair, variant),
    reference: `${namespace}/${base}:${tag}`,
  };
}

/** On images of a line that upstream, or the distribution, supports no longer: which of them. */
export const endedLabel = "ingot.ended";

/** The annotation keys that the OCI image spec predefines; nothing that varies between two builds of the same inputs. */
function labelsOf(
  { loaded }: PlanContext,
  { definition, lock, version, distribution }: LockedPair,
  { variant }: VariantDefinition,
): Record<string, string> {
  const { settings } = loaded.catalog;
  const created = `${dateOfVariant(lock, variant)}T00:00:00Z`;
  return {
    "org.opencontainers.image.title": `${settings.namespace}/${definition.language}`,
    "org.opencontainers.image.description": `${definition.summary} (${variant}, ${distribution.name})`,
    "org.opencontainers.image.version": version.text,
    "org.opencontainers.image.created": created,
    "org.opencontainers.image.licenses": definition.licence,
    "org.opencontainers.image.url": definition.homepage,
    ...(settings.source === undefined ? {} : { "org.opencontainers.image.source": settings.source }),
    ...(lock.ended === undefined ? {} : { [endedLabel]: lock.ended }),
  };
}

/** A distribution mends its packages, and nothing that upstream publishes itself. */
function supportOf({ cycles }: Lock, { definition, pair, distribution, lock }: LockedPair): Support {
  const found = cyclesOf(cycles, definition, pair, distribution);
  const ends = endsOf(found);
  return {
    ...(typeof ends.upstream === "string" ? { upstream: ends.upstream } : {}),
    ...(typeof ends.distribution === "string" && pair.versionArtifact === undefined
      ? { distribution: ends.distribution }
      : {}),
    ...(found.upstream?.lts === undefined ? {} : { lts: found.upstream.lts }),
    ...(lock.ended === undefined ? {} : { ended: lock.ended }),
  };
}
