import type { ArtifactLock } from "../model/artifact.js";
import type { Distribution } from "../model/catalog.js";
import type { Definition, PairDefinition } from "../model/definition.js";
import type { Diagnostic, Place } from "../model/diagnostic.js";
import type { Lock, PairLock } from "../model/lock.js";
import { isOfLine, parseVersion, type Version } from "../model/version.js";
import { fingerprint } from "../support/fingerprint.js";
import { own } from "../support/own.js";
import type { LoadedCatalog } from "./load.js";
import type { TagSubject } from "./tags.js";

/** A pair with what the lock knows of it. */
export interface LockedPair {
  readonly definition: Definition;
  readonly pair: PairDefinition;
  readonly distribution: Distribution;
  readonly lock: PairLock;
  readonly version: Version;
  readonly subject: TagSubject;
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
    pairs: pairs.map(
      ({ line, cycle, distribution, versionPackage, versionArtifact, artifacts, platforms, variants }) => ({
        line,
        cycle: cycle === line ? undefined : cycle,
        distribution,
        versionPackage,
        versionArtifact,
        platforms,
        packages: variants.map(({ packages }) => packages),
        artifacts: artifacts.length === 0 ? undefined : artifacts.map(({ name, source }) => ({ name, source })),
      }),
    ),
  }));
  return `sha256:${fingerprint({ distributions, pairs })}`;
}

/** Where a definition says that a distribution carries a line. */
export const placeOfLine = (
  { documents }: LoadedCatalog,
  language: string,
  { line, distribution }: Pick<PairDefinition, "line" | "distribution">,
): Place => documents.get(language)?.placeOf(["lines", line, "on", distribution], "key") as Place;

/** The pairs of a definition that the lock has an entry for; complains of the others. */
export function lockPairs(
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
  const lacking = pair.artifacts.find(({ name }) => !isWhole(own(lock.artifacts, name), pair));
  if (lacking !== undefined)
    return { rule: "lock-outdated", message: `the lock lacks the artifact ${lacking.name}: run \`ingot resolve\`` };
  if (version === undefined)
    return { rule: "line-mismatch", message: `${JSON.stringify(lock.version)} in the lock is no version` };
  return isOfLine(version, pair.line) ? undefined : { rule: "line-mismatch", message: mismatchMessage(pair, version) };
}

const isWhole = (lock: ArtifactLock | undefined, { platforms }: PairDefinition): boolean =>
  lock !== undefined && platforms.every((platform) => lock.platforms[platform] !== undefined);

export function mismatchMessage(
  { line, distribution, versionPackage, versionArtifact }: PairDefinition,
  version: { readonly text: string },
): string {
  if (versionArtifact !== undefined)
    return `the artifact ${versionArtifact} is ${version.text}, which is not of the release line ${line}`;
  const found =
    versionPackage === undefined
      ? `no \`version\` package is named, so the version is that of ${distribution} itself, ${version.text}`
      : `${versionPackage} is ${version.text} on ${distribution}`;
  return `${found}, which is not of the release line ${line}`;
}
