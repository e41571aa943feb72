import type { ArtifactLock } from "../model/artifact.js";
import type { Definition, PairDefinition } from "../model/definition.js";
import type { Diagnostic, Place } from "../model/diagnostic.js";
import type { Lock, PairLock } from "../model/lock.js";
import { upstreamOf } from "../model/package.js";
import { fillLine } from "../model/placeholder.js";
import type { Platform } from "../model/platform.js";
import { endedOn } from "../model/support.js";
import { isOfLine, parseVersion } from "../model/version.js";
import type { PackageIndex } from "../ports/package-index.js";
import type { Path } from "../support/document.js";
import { own } from "../support/own.js";
import { suggestion } from "../support/validate.js";
import { cyclesOf, endsOf } from "./cycles.js";
import type { LoadedCatalog } from "./load.js";
import { lockArtifacts, type NpmFacts, type Unreachable } from "./lock-artifacts.js";
import { datedPair } from "./lock-dates.js";
import { mismatchMessage } from "./locked.js";

/** What the locking of every pair of a catalog shares. */
export interface LockContext {
  readonly loaded: LoadedCatalog;
  readonly indexes: Indexes;
  readonly cycles: Lock["cycles"];
  readonly npm: NpmFacts;
  readonly previous: Lock | undefined;
  /** `2026-11-21` */
  readonly today: string;
  /** Hears every mistake. */
  readonly complain: (diagnostic: Diagnostic) => void;
}

export type AvailableIndexes = ReadonlyMap<Platform, PackageIndex> | Unreachable;
/** By distribution. */
export type Indexes = ReadonlyMap<string, AvailableIndexes>;

/** The entries of a definition: release line → distribution. */
export function lockLines(definition: Definition, context: LockContext): Record<string, Record<string, PairLock>> {
  const { loaded, previous, today, complain } = context;
  const lines: Record<string, Record<string, PairLock>> = {};
  for (const pair of definition.pairs) {
    const old = own(own(own(previous?.pairs, definition.language), pair.line), pair.distribution);
    const fresh = lockFresh(definition, pair, context);
    const known = fresh !== undefined && "unreachable" in fresh ? old : fresh;
    if (known !== undefined) {
      const entry = datedPair({ ...withoutDate(known), ...endOf(definition, pair, context) }, old, { pair, today });
      lines[pair.line] = { ...lines[pair.line], [pair.distribution]: entry };
    } else if (fresh !== undefined && "unreachable" in fresh) {
      // Where the lock has nothing at all of a distribution, that is said once, and not for every line.
      const isNew = own(previous?.distributions, pair.distribution) === undefined;
      if (!(isNew && fresh.what === "index")) complain(unreachable(loaded, definition, pair, fresh));
    }
  }
  return lines;
}

const withoutDate = ({ version, packages, artifacts }: Omit<PairLock, "date">): Omit<PairLock, "date"> => ({
  version,
  packages,
  ...(artifacts === undefined ? {} : { artifacts }),
});

/** What could not be asked: the distribution's index, or npm's registry. */
interface Unasked extends Unreachable {
  readonly what: "index" | "npm";
}

function lockFresh(
  definition: Definition,
  pair: PairDefinition,
  context: LockContext,
): Omit<PairLock, "date"> | Unasked | undefined {
  const available = context.indexes.get(pair.distribution) ?? { unreachable: "it was not asked" };
  if ("unreachable" in available) return { what: "index", ...available };
  const artifacts = lockArtifacts(pair, context.npm);
  if (artifacts.kind === "unreachable") return { what: "npm", unreachable: artifacts.reason };
  if (artifacts.kind === "missing") {
    const { name, message } = artifacts;
    const document = context.loaded.documents.get(definition.language);
    context.complain({ rule: "missing-artifact", message, ...placeAt(document?.placeOf(["artifacts", name], "key")) });
    return undefined;
  }
  return lockPair(definition, pair, available, { ...context, artifacts: artifacts.artifacts });
}

const unreachable = (
  { documents }: LoadedCatalog,
  { language }: Definition,
  { line, distribution }: PairDefinition,
  { unreachable: reason, what }: Unasked,
): Diagnostic => ({
  rule: "index-unreachable",
  message: `${what === "npm" ? "npm's registry" : `the package index of ${distribution}`} could not be read, and the lock has nothing of this: ${reason}`,
  ...placeAt(documents.get(language)?.placeOf(["lines", line, "on", distribution], "key")),
});

const placeAt = (place: Place | undefined) => (place === undefined ? {} : { place });

function lockPair(
  definition: Definition,
  pair: PairDefinition,
  indexes: ReadonlyMap<Platform, PackageIndex>,
  { loaded, complain, artifacts }: LockContext & { readonly artifacts: Readonly<Record<string, ArtifactLock>> },
): Omit<PairLock, "date"> | undefined {
  const names = [
    ...new Set([
      ...(pair.versionPackage === undefined ? [] : [pair.versionPackage]),
      ...pair.variants.flatMap(({ packages }) => packages),
    ]),
  ].sort();
  const unknown = names.flatMap((name) => {
    const lacking = pair.platforms.filter((platform) => indexes.get(platform)?.packages.has(name) === false);
    return lacking.length > 0 ? [unknownPackage(loaded, definition, pair, name, lacking, indexes)] : [];
  });
  unknown.forEach(complain);
  const [platform] = pair.platforms;
  const index = platform === undefined ? undefined : indexes.get(platform);
  if (unknown.length > 0 || index === undefined) return undefined;
  const packages = Object.fromEntries(names.map((name) => [name, index.packages.get(name) as string]));
  const ofPackage =
    pair.versionPackage === undefined
      ? index.version
      : upstreamOf(pair.family, packages[pair.versionPackage] as string);
  const version =
    pair.versionArtifact === undefined ? ofPackage : (own(artifacts, pair.versionArtifact)?.version ?? "");
  const parsed = parseVersion(version);
  if (parsed !== undefined && isOfLine(parsed, pair.line))
    return { version, packages, ...(pair.artifacts.length === 0 ? {} : { artifacts }) };
  const place = loaded.documents
    .get(definition.language)
    ?.placeOf(["lines", pair.line, "on", pair.distribution], "key");
  complain({ rule: "line-mismatch", message: mismatchMessage(pair, { text: version }), ...placeAt(place) });
  return undefined;
}

/** The mark of a line that has one of its two supporters; complains of one that has none. */
function endOf(
  definition: Definition,
  pair: PairDefinition,
  { loaded, cycles, today, complain }: LockContext,
): Pick<PairLock, "ended"> {
  const distribution = loaded.catalog.settings.distributions.find(({ name }) => name === pair.distribution);
  if (distribution === undefined) return {};
  const ends = endsOf(cyclesOf(cycles, definition, pair, distribution));
  const ended = endedOn(today, ends);
  // A distribution mends what it packages: of upstream's own artifacts, nobody mends more than upstream does.
  const isUpstreams = pair.versionArtifact !== undefined;
  if (ended === undefined) return {};
  if (ended === "distribution" || (ended === "upstream" && !isUpstreams)) return { ended };
  const other = isUpstreams
    ? `it is an artifact of upstream's own, which ${pair.distribution} does not support`
    : whenEnded(pair.distribution, ends.distribution);
  const message = `${whenEnded("upstream", ends.upstream)}, and ${other}: remove the line, or put it on a distribution that supports it`;
  const place = loaded.documents
    .get(definition.language)
    ?.placeOf(["lines", pair.line, "on", pair.distribution], "key");
  complain({ rule: "unsupported-line", message, ...placeAt(place) });
  return {};
}

/** `upstream's support ended on 2026-04-30` */
function whenEnded(who: string, end: string | boolean | undefined): string {
  if (typeof end === "string") return `${who}'s support ended on ${end}`;
  return end === true ? `${who}'s support has ended` : `no support by ${who} is known`;
}

function unknownPackage(
  loaded: LoadedCatalog,
  { language }: Definition,
  pair: PairDefinition,
  name: string,
  lacking: readonly Platform[],
  indexes: ReadonlyMap<Platform, PackageIndex>,
): Diagnostic {
  const [platform] = lacking;
  const known = [
    ...((platform === undefined ? undefined : indexes.get(platform)?.packages) ?? new Map<string, string>()).keys(),
  ];
  const where = lacking.length === pair.platforms.length ? "" : ` for ${lacking.join(" and ")}`;
  const message = `${pair.distribution} has no package ${name}${where}${suggestion(name, known)}`;
  return { rule: "unknown-package", message, ...placeAt(placeOfPackage(loaded, language, pair, name)) };
}

/** A package of a pair is written on the distribution, for the line, or for the whole definition. */
function placeOfPackage(
  { documents }: LoadedCatalog,
  language: string,
  { line, distribution, family, variants }: PairDefinition,
  name: string,
): Place | undefined {
  const document = documents.get(language);
  const levels = [
    ["lines", line, "on", distribution],
    ["lines", line, "packages", family],
    ["packages", family],
  ];
  const isNamed = (path: Path): boolean =>
    fillLine(document?.sourceOf(path) ?? "", line).replace(/^["']|["']$/g, "") === name;
  for (const level of levels) {
    for (const key of ["version", ...variants.map(({ variant }) => variant)]) {
      if (isNamed([...level, key])) return document?.placeOf([...level, key]);
      for (let index = 0; document?.sourceOf([...level, key, index]) !== undefined; index += 1) {
        if (isNamed([...level, key, index])) return document.placeOf([...level, key, index]);
      }
    }
  }
  return document?.placeOf(["lines", line, "on", distribution], "key");
}
