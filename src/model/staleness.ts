import { unreachable } from "./failure.js";
import type { Image, ImageId } from "./image.js";
import type { Ended } from "./lock.js";
import type { Platform } from "./platform.js";
import type { BuildRecord, PlatformRecord, Recipe } from "./record.js";
import type { Digest, Tag } from "./reference.js";

/** Why a published image is not as fresh as it could be. */
export type Reason = Cause & {
  /** Where it is so on some platforms alone. */
  readonly platforms?: readonly Platform[];
};

export type Cause =
  | { readonly kind: "unpublished" }
  /** Nobody kept what it was made from, or what was kept cannot be read. */
  | { readonly kind: "unrecorded"; readonly problem: string }
  /** Definition, lock or template: parts of the recipe that differ, and the language's version where that moved. */
  | { readonly kind: "recipe"; readonly parts: readonly string[]; readonly from?: string; readonly to?: string }
  /** What it is FROM is another image now; which, where that is the same on all platforms that are told of. */
  | { readonly kind: "base"; readonly reference: string; readonly from?: string; readonly to?: string }
  /** A package that is in the image is newer in the distribution's index. */
  | { readonly kind: "package"; readonly name: string; readonly from: string; readonly to: string }
  | { readonly kind: "tag"; readonly tag: Tag; readonly problem: "missing" | "elsewhere" }
  | { readonly kind: "age"; readonly days: number; readonly limit: number }
  /** Its line's end of life came after the lock was made. */
  | { readonly kind: "ended"; readonly by: Ended | "both" }
  /** What it is built on is to be rebuilt. */
  | { readonly kind: "parent"; readonly image: ImageId };

export type Action = "none" | "retag" | "rebuild";

/** A published image, and what is to be done about it. */
export interface Staleness {
  readonly image: Image;
  /** What its tags should be at; absent where it is not published. */
  readonly digest?: Digest;
  readonly reasons: readonly Reason[];
  readonly action: Action;
}

/** What a registry has of an image. */
export interface PublishedState {
  readonly digest?: Digest;
  /**
   * What it was made from, as each build that gave just this recorded it: they differ in what engines tell images by, and in what of a
   * recipe does not show in an image.
   */
  readonly records: readonly BuildRecord[];
  /** Why there is no record, where there is an image. */
  readonly problem?: string;
  /** Tags that are not at the digest. */
  readonly missing: readonly Tag[];
  readonly elsewhere: readonly Tag[];
  /** The day of its newest unique tag: `20261121` */
  readonly day?: string;
}

/** What an image is held against. */
export interface Standard {
  readonly platforms: readonly Platform[];
  readonly recipeOf: (platform: Platform) => Recipe;
  /** What engines told the parent by that is published now; none where it is not, or is not known. */
  readonly parentIdsOf: (platform: Platform) => readonly string[];
  /** The newest version of a package; undefined where the index does not have it, or could not be read. */
  readonly newestOf: (name: string, platform: Platform) => string | undefined;
  readonly isNewer: (version: string, than: string) => boolean;
  /** Whether what it is built on is to be rebuilt. */
  readonly parentIsStale: boolean;
  /** Days since it was published; undefined where that is not known. */
  readonly age?: number;
  /** Days after which an image is rebuilt whatever is known; absent where there is no such rule. */
  readonly maximumAge?: number;
  /** Who supports its line no longer as of today, where the lock does not say so yet. */
  readonly ended?: Ended | "both";
}

/** All that is wrong with a published image, the gravest first. */
export function judge(image: Image, state: PublishedState, standard: Standard): readonly Reason[] {
  const { digest, records, problem = "there is none" } = state;
  if (digest === undefined) return [{ kind: "unpublished" }];
  // All are of one content: what one of them says is as it should be, is so.
  const [ofContent = [{ kind: "unrecorded", problem }] as const] = records
    .map((record) => contentReasons(image, record, standard))
    .sort((a, b) => a.length - b.length);
  const { age = 0, maximumAge = Number.POSITIVE_INFINITY, ended, parentIsStale } = standard;
  return [
    ...ofContent,
    ...(parentIsStale && image.parent.kind === "image" ? [{ kind: "parent", image: image.parent.id } as const] : []),
    ...(age > maximumAge ? [{ kind: "age", days: age, limit: maximumAge } as const] : []),
    ...(ended === undefined ? [] : [{ kind: "ended", by: ended } as const]),
    ...state.missing.map((tag) => ({ kind: "tag", tag, problem: "missing" }) as const),
    ...state.elsewhere.map((tag) => ({ kind: "tag", tag, problem: "elsewhere" }) as const),
  ];
}

/** What a lock that is made anew would say of a line's end is no cause to build before it says so. */
export function actionFor(reasons: readonly Reason[]): Action {
  if (reasons.some(({ kind }) => kind !== "tag" && kind !== "ended")) return "rebuild";
  return reasons.some(({ kind }) => kind === "tag") ? "retag" : "none";
}

function contentReasons(image: Image, record: BuildRecord, standard: Standard): readonly Reason[] {
  const found = standard.platforms.map((platform) => {
    const known = record.platforms.find((each) => each.platform === platform);
    const causes: readonly Cause[] =
      known === undefined
        ? [{ kind: "unpublished" }]
        : [
            ...recipeCauses(image, { record, known, platform }, standard),
            ...parentCauses(image, known, standard.parentIdsOf(platform)),
            ...packageCauses(known, platform, standard),
          ];
    return { platform, causes };
  });
  return mergePlatforms(found);
}

interface Found {
  readonly platform: Platform;
  readonly causes: readonly Cause[];
}

/** One reason for what is so on several platforms. */
function mergePlatforms(found: readonly Found[]): readonly Reason[] {
  const merged = new Map<string, { readonly cause: Cause; readonly platforms: readonly Platform[] }>();
  for (const { platform, causes } of found)
    for (const cause of causes) {
      // A base moves as a whole, though on each platform it is an image of its own.
      const key = cause.kind === "base" ? `base ${cause.reference}` : JSON.stringify(cause);
      const known = merged.get(key) ?? { cause, platforms: [] };
      merged.set(key, { cause: commonOf(known.cause, cause), platforms: [...known.platforms, platform] });
    }
  return [...merged.values()].map(({ cause, platforms }) =>
    platforms.length === found.length ? cause : { ...cause, platforms },
  );
}

const commonOf = (one: Cause, other: Cause): Cause =>
  one.kind === "base" && JSON.stringify(one) !== JSON.stringify(other)
    ? { kind: "base", reference: one.reference }
    : one;

interface Recorded {
  readonly record: BuildRecord;
  readonly known: PlatformRecord;
  readonly platform: Platform;
}

function recipeCauses(image: Image, { record, known, platform }: Recorded, { recipeOf }: Standard): readonly Cause[] {
  const wanted = recipeOf(platform);
  const names = [...new Set([...Object.keys(known.recipe), ...Object.keys(wanted)])].sort();
  const parts = names.filter((name) => known.recipe[name] !== wanted[name]);
  // The Dockerfile holds the base's digest: that it moved is said on its own.
  const explained = parts.length === 1 && parts[0] === "Dockerfile" && baseMoves(image, known).length > 0;
  const to = image.version.text;
  if (record.version === to && (parts.length === 0 || explained)) return [];
  return [{ kind: "recipe", parts, ...(record.version === to ? {} : { from: record.version, to }) }];
}

/** Of an image that is FROM a distribution's own. */
function baseMoves({ parent }: Image, known: PlatformRecord): readonly Cause[] {
  const from = known.parent?.reference;
  if (parent.kind !== "distribution" || from === undefined || from === parent.reference) return [];
  return [{ kind: "base", reference: parent.distribution.image, from, to: parent.reference }];
}

function parentCauses(image: Image, known: PlatformRecord, published: readonly string[]): readonly Cause[] {
  const { parent } = image;
  if (parent.kind !== "image") return baseMoves(image, known);
  const from = known.parent?.id;
  const [to] = published;
  if (to === undefined || from === undefined || published.includes(from)) return [];
  return [{ kind: "base", reference: parent.reference, from, to }];
}

function packageCauses(
  { packages }: PlatformRecord,
  platform: Platform,
  { newestOf, isNewer }: Standard,
): readonly Cause[] {
  return packages.flatMap(([name, from]) => {
    const to = newestOf(name, platform);
    return to === undefined || !isNewer(to, from) ? [] : [{ kind: "package", name, from, to } as const];
  });
}

/** `libssl3t64 3.5.1-1 → 3.5.4-1`, `built on base/13/trixie/dev, which is to be rebuilt` */
export function formatReason({ platforms, ...cause }: Reason): string {
  return platforms === undefined ? formatCause(cause) : `${formatCause(cause)} (${platforms.join(", ")})`;
}

function formatCause(cause: Cause): string {
  switch (cause.kind) {
    case "unpublished":
      return "not published";
    case "unrecorded":
      return `what it was made from is not recorded: ${cause.problem}`;
    case "recipe":
      return formatRecipe(cause);
    case "base":
      return formatBase(cause);
    case "package":
      return `${cause.name} ${cause.from} → ${cause.to}`;
    case "tag":
      return cause.problem === "missing"
        ? `the tag ${cause.tag} is missing`
        : `the tag ${cause.tag} is at another image`;
    case "age":
      return `published ${cause.days} days ago, and ${cause.limit} are the most`;
    case "ended":
      return `${endings[cause.by]} since the lock was made: run \`ingot resolve\``;
    case "parent":
      return `built on ${cause.image}, which is to be rebuilt`;
    default:
      return unreachable(cause);
  }
}

function formatBase({ reference, from, to }: Extract<Cause, { readonly kind: "base" }>): string {
  const moved = from === undefined || to === undefined ? "" : `: ${shorten(from)} → ${shorten(to)}`;
  return `${reference} is another image${moved}`;
}

function formatRecipe({ parts, from, to }: Extract<Cause, { readonly kind: "recipe" }>): string {
  const changed = `definition, lock or template changed: ${parts.join(", ")}`;
  return [...(parts.length === 0 ? [] : [changed]), ...(from === undefined ? [] : [`version ${from} → ${to}`])].join(
    "; ",
  );
}

const endings = {
  upstream: "upstream supports it no longer",
  distribution: "its distribution is supported no longer",
  both: "nobody supports it any longer",
};

/** `docker.io/library/debian:trixie-slim@sha256:0123…` → `sha256:0123456789ab` */
const shorten = (text: string): string => text.replace(/^.*(sha256:[0-9a-f]{12})[0-9a-f]*$/, "$1");
