import type { Distribution } from "../model/catalog.js";
import type { Definition, PairDefinition, VariantDefinition } from "../model/definition.js";
import type { Diagnostic, Place } from "../model/diagnostic.js";
import { failed, ok, type Result } from "../model/diagnostic.js";
import type { Image, ImageId, LanguagePlan, Pair, PairId, Parent, Plan, Support } from "../model/image.js";
import { epochOf, type Lock, type PairLock } from "../model/lock.js";
import { pinOf } from "../model/package.js";
import { parseReference } from "../model/reference.js";
import { isOfLine, parseVersion, type Version } from "../model/version.js";
import { fingerprint } from "../support/fingerprint.js";
import { own } from "../support/own.js";
import type { LoadedCatalog } from "./load.js";
import { planTags, type TagPlan, type TagSubject } from "./tags.js";

/** A pair with what the lock knows of it. */
interface LockedPair {
  readonly definition: Definition;
  readonly pair: PairDefinition;
  readonly distribution: Distribution;
  readonly lock: PairLock;
  readonly version: Version;
  readonly subject: TagSubject;
}

interface Context {
  readonly loaded: LoadedCatalog;
  readonly lock: Lock;
  readonly tags: ReadonlyMap<string, TagPlan>;
  /** The base's pair on each distribution. */
  readonly bases: ReadonlyMap<string, LockedPair>;
}

/** What `resolve` reads of a catalog: a lock is of the definitions for which this is the same. */
export function lockChecksum({ catalog }: LoadedCatalog): string {
  const { settings, definitions } = catalog;
  const distributions = settings.distributions.map(({ name, family, release, branch, image }) => [
    name,
    family,
    release,
    branch,
    image,
  ]);
  const pairs = definitions.map(({ language, endoflife, pairs }) => ({
    language,
    endoflife,
    pairs: pairs.map(({ line, distribution, versionPackage, platforms, variants }) => ({
      line,
      distribution,
      versionPackage,
      platforms,
      packages: variants.map(({ packages }) => packages),
    })),
  }));
  return `sha256:${fingerprint({ distributions, pairs })}`;
}

/** Takes every decision about a catalog: what each image is built on, holds, is called and is tested with. */
export function makePlan(loaded: LoadedCatalog, lock: Lock | undefined): Result<Plan> {
  if (lock === undefined) {
    return failed({
      rule: "lock-missing",
      file: "catalog.lock.yaml",
      message: "there is no lock: run `ingot resolve`",
    });
  }
  if (lock.definitions !== lockChecksum(loaded)) {
    return failed({
      rule: "lock-outdated",
      file: "catalog.lock.yaml",
      message: "the definitions have changed since the lock was made: run `ingot resolve`",
    });
  }
  const complaints: Diagnostic[] = [];
  const locked = loaded.catalog.definitions.map((definition) => ({
    definition,
    pairs: lockPairs(loaded, lock, definition, complaints),
  }));
  const tags = new Map(
    locked.map(({ definition, pairs }) => [definition.language, planTags(pairs.map(({ subject }) => subject))]),
  );
  complaints.push(
    ...locked.flatMap(({ definition }) => tagComplaints(loaded, definition, tags.get(definition.language) as TagPlan)),
  );
  const base = locked.find(({ definition }) => definition.language === loaded.catalog.settings.base);
  const bases = basesOf(base?.pairs ?? [], tags.get(loaded.catalog.settings.base));
  complaints.push(...locked.flatMap(({ definition, pairs }) => baseComplaints(loaded, definition, pairs)));
  if (complaints.length > 0) return failed(...complaints);

  const context: Context = { loaded, lock, tags, bases };
  const languages = locked.map(({ definition, pairs }) => planLanguage(context, definition, pairs));
  const { settings } = loaded.catalog;
  const baseFirst = [...languages].sort(
    (a, b) => Number(b.language === settings.base) - Number(a.language === settings.base),
  );
  return ok({
    namespace: settings.namespace,
    title: settings.title,
    languages,
    pairs: baseFirst.flatMap(({ pairs }) => pairs),
  });
}

const placeOfLine = (
  { documents }: LoadedCatalog,
  language: string,
  { line, distribution }: Pick<PairDefinition, "line" | "distribution">,
): Place => documents.get(language)?.placeOf(["lines", line, "on", distribution], "key") as Place;

function lockPairs(
  loaded: LoadedCatalog,
  lock: Lock,
  definition: Definition,
  complaints: Diagnostic[],
): readonly LockedPair[] {
  return definition.pairs.flatMap((pair) => {
    const distribution = loaded.catalog.settings.distributions.find(({ name }) => name === pair.distribution);
    const pairLock = own(own(own(lock.pairs, definition.language), pair.line), pair.distribution);
    const version = pairLock === undefined ? undefined : parseVersion(pairLock.version);
    const complaint = lockComplaint(pair, pairLock, version);
    if (complaint !== undefined)
      complaints.push({ ...complaint, place: placeOfLine(loaded, definition.language, pair) });
    if (complaint !== undefined || distribution === undefined || pairLock === undefined || version === undefined)
      return [];
    const variants = pair.variants.map(({ variant }) => variant);
    const subject: TagSubject = { line: pair.line, version, distribution, aliases: pair.aliases, variants };
    return [{ definition, pair, distribution, lock: pairLock, version, subject }];
  });
}

/** A lock is a file that anybody can edit: its checksum says what it was made from, not that its entries are right. */
function lockComplaint(
  pair: PairDefinition,
  lock: PairLock | undefined,
  version: Version | undefined,
): Pick<Diagnostic, "rule" | "message"> | undefined {
  if (lock === undefined)
    return { rule: "lock-outdated", message: "the lock has no entry for this: run `ingot resolve`" };
  const { versionPackage } = pair;
  if (versionPackage !== undefined && own(lock.packages, versionPackage) === undefined) {
    return { rule: "lock-outdated", message: `the lock has no version of ${versionPackage}: run \`ingot resolve\`` };
  }
  if (version === undefined)
    return { rule: "line-mismatch", message: `${JSON.stringify(lock.version)} in the lock is no version` };
  return isOfLine(version, pair.line) ? undefined : { rule: "line-mismatch", message: mismatchMessage(pair, version) };
}

export function mismatchMessage(
  { line, distribution, versionPackage }: PairDefinition,
  version: { readonly text: string },
): string {
  const found =
    versionPackage === undefined
      ? `no \`version\` package is named, so the version is that of ${distribution} itself, ${version.text}`
      : `${versionPackage} is ${version.text} on ${distribution}`;
  return `${found}, which is not of the release line ${line}`;
}

function tagComplaints(
  loaded: LoadedCatalog,
  { language }: Definition,
  { collisions, invalid }: TagPlan,
): readonly Diagnostic[] {
  const placeOf = (subject: TagSubject) =>
    placeOfLine(loaded, language, { line: subject.line, distribution: subject.distribution.name });
  const seen = new Set<string>();
  const widestFirst = [...collisions].sort((a, b) => a.tag.length - b.tag.length || (a.tag < b.tag ? -1 : 1));
  const first = widestFirst.filter(({ subjects: [a, b] }) => {
    // Two lines that claim one tag claim a dozen: the widest says it all.
    const key = [placeOf(a), placeOf(b)]
      .map(({ line, column }) => `${line}:${column}`)
      .sort()
      .join();
    return !seen.has(key) && seen.add(key);
  });
  return [
    ...first.map(({ tag, subjects: [a, b] }): Diagnostic => {
      const other = placeOf(a);
      const message = `${language}:${tag} is claimed here and by ${a.line} on ${a.distribution.name} (${other.file}:${other.line}:${other.column})`;
      return { rule: "tag-collision", message, place: placeOf(b) };
    }),
    ...invalid.map(
      ({ tag, subject }): Diagnostic => ({
        rule: "invalid-tag",
        message: `registries refuse the tag ${JSON.stringify(tag)}`,
        place: placeOf(subject),
      }),
    ),
  ];
}

/** The base on a distribution goes by the distribution's name: the pair that has it as a tag. */
function basesOf(pairs: readonly LockedPair[], tags: TagPlan | undefined): ReadonlyMap<string, LockedPair> {
  const named = pairs.filter(({ subject, distribution }) =>
    tags?.tagsOf(subject, "runtime").some((tag) => tag === distribution.name),
  );
  return new Map(named.map((pair) => [pair.distribution.name, pair]));
}

function baseComplaints(
  loaded: LoadedCatalog,
  { language }: Definition,
  pairs: readonly LockedPair[],
): readonly Diagnostic[] {
  const { base } = loaded.catalog.settings;
  // As it is written: what the lock lacks of base has a complaint of its own.
  const written = loaded.catalog.definitions.find((definition) => definition.language === base)?.pairs ?? [];
  return pairs
    .filter(({ distribution }) => !written.some((pair) => pair.distribution === distribution.name))
    .map(({ pair, distribution }) => ({
      rule: "unknown-distribution",
      message: `${base} is not on ${distribution.name}: add it to languages/${base}.yaml`,
      place: placeOfLine(loaded, language, pair),
    }));
}

function planLanguage(context: Context, definition: Definition, locked: readonly LockedPair[]): LanguagePlan {
  const { language, summary, licence, homepage } = definition;
  return { language, summary, licence, homepage, pairs: locked.map((pair) => planPair(context, pair)) };
}

const pairIdOf = ({ definition, pair }: LockedPair): PairId =>
  `${definition.language}/${pair.line}/${pair.distribution}` as PairId;
const imageIdOf = (pair: LockedPair, variant: string): ImageId => `${pairIdOf(pair)}/${variant}` as ImageId;

function planPair(context: Context, locked: LockedPair): Pair {
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

function planImage(context: Context, locked: LockedPair, variant: VariantDefinition): Image {
  const { definition, pair, distribution, lock, version } = locked;
  const { settings } = context.loaded.catalog;
  const inPlace = variant.variant === "dev";
  const builder = inPlace || variant.packages.length === 0 ? undefined : baseImage(context, distribution, "dev");
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
    env: variant.env,
    cmd: variant.cmd,
    ...(inPlace ? {} : { user: settings.user }),
    files: variant.files,
    labels: labelsOf(context, locked, variant),
    sourceDateEpoch: epochOf(lock),
    tests: variant.tests,
  };
}

/** The package that gives the version is pinned, wherever it is installed; all others follow the distribution. */
function packageArguments(
  { pair, distribution, lock }: LockedPair,
  { packages }: VariantDefinition,
): readonly string[] {
  const { versionPackage } = pair;
  const locked = versionPackage === undefined ? undefined : own(lock.packages, versionPackage);
  if (versionPackage === undefined || locked === undefined || packages.length === 0) return packages;
  return [pinOf(distribution.family, versionPackage, locked), ...packages.filter((name) => name !== versionPackage)];
}

function parentOf(context: Context, { distribution }: LockedPair, { from }: VariantDefinition): Parent {
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

/** `ingot/base:trixie-dev` */
function baseImage(
  { loaded, bases }: Context,
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

/** The annotation keys that the OCI image spec predefines; nothing that varies between two builds of the same inputs. */
function labelsOf(
  { loaded }: Context,
  { definition, lock, version, distribution }: LockedPair,
  { variant }: VariantDefinition,
): Record<string, string> {
  const { settings } = loaded.catalog;
  const created = new Date(epochOf(lock) * 1000).toISOString().replace(".000Z", "Z");
  return {
    "org.opencontainers.image.title": `${settings.namespace}/${definition.language}`,
    "org.opencontainers.image.description": `${definition.summary} (${variant}, ${distribution.name})`,
    "org.opencontainers.image.version": version.text,
    "org.opencontainers.image.created": created,
    "org.opencontainers.image.licenses": definition.licence,
    "org.opencontainers.image.url": definition.homepage,
    ...(settings.source === undefined ? {} : { "org.opencontainers.image.source": settings.source }),
  };
}

/** The release-cycle data's names for the distributions' families. */
export const distributionProducts = { debian: "debian", alpine: "alpine-linux" } as const;

function supportOf({ cycles }: Lock, { definition, pair, distribution }: LockedPair): Support {
  const cycle = definition.endoflife === undefined ? undefined : own(own(cycles, definition.endoflife), pair.cycle);
  const ofDistribution = own(cycles[distributionProducts[distribution.family]], distribution.release);
  const distributionEnd = ofDistribution?.extended ?? ofDistribution?.eol;
  return {
    ...(typeof cycle?.eol === "string" ? { upstream: cycle.eol } : {}),
    ...(typeof distributionEnd === "string" ? { distribution: distributionEnd } : {}),
    ...(cycle?.lts === undefined ? {} : { lts: cycle.lts }),
  };
}
