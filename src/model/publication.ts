import type { Digest } from "./reference.js";
import { compareVersions, parseVersion, type Version } from "./version.js";

/** What an image under a tag says of itself, as far as it decides whether the tag may move. */
export interface Standing {
  readonly digest: Digest;
  /** Absent where it says none that can be put in order. */
  readonly version?: Version;
  /** Seconds since 1970; absent where it does not say. */
  readonly created?: number;
  /** `linux/amd64`; none where it does not say. */
  readonly platforms: readonly string[];
}

/** The labels that a standing is read from, OCI's predefined annotation keys. */
export const versionLabel = "org.opencontainers.image.version";
export const createdLabel = "org.opencontainers.image.created";

/** What labels and platforms say; they may be anybody's, and so say nothing. */
export function standingOf(
  digest: Digest,
  labels: Readonly<Record<string, string>>,
  platforms: readonly string[],
): Standing {
  const version = parseVersion(labels[versionLabel] ?? "");
  const created = Date.parse(labels[createdLabel] ?? "");
  return {
    digest,
    platforms,
    ...(version === undefined ? {} : { version }),
    ...(Number.isNaN(created) ? {} : { created: created / 1000 }),
  };
}

/** Why a tag must not move from what is there to what is wanted, to be read after the tag's name; undefined where it may. */
export function downgradeOf(there: Standing, wanted: Standing): string | undefined {
  const missing = there.platforms.filter((platform) => !wanted.platforms.includes(platform));
  if (missing.length > 0) return `is for ${missing.join(" and ")} too, and this is not`;
  const order = orderOf(there, wanted);
  if (order < 0) return `is at ${there.version?.text}, which is newer than ${wanted.version?.text}`;
  if (order === 0 && isEarlier(wanted.created, there.created))
    return `is at a build of ${dateOf(there.created)}, which is newer than that of ${dateOf(wanted.created)}`;
  return undefined;
}

/** Whether what is there is a newer version, or a newer build of the same. */
export function isNewer(there: Standing, wanted: Standing): boolean {
  const order = orderOf(there, wanted);
  return order < 0 || (order === 0 && isEarlier(wanted.created, there.created));
}

/** Why a tag moves: `3.14.6 → 3.14.7`, `rebuilt, 2026-11-01 → 2026-11-21`, `other content`, `new`. */
export function reasonOfMove(there: Standing | undefined, wanted: Standing): string {
  if (there === undefined) return "new";
  if (orderOf(there, wanted) > 0) return `${there.version?.text} → ${wanted.version?.text}`;
  if (isEarlier(there.created, wanted.created)) return `rebuilt, ${dateOf(there.created)} → ${dateOf(wanted.created)}`;
  return there.platforms.length < wanted.platforms.length ? "more platforms" : "other content";
}

/** Positive where what is wanted is a newer version; 0 where nothing can be said. */
const orderOf = (there: Standing, wanted: Standing): number =>
  there.version === undefined || wanted.version === undefined ? 0 : compareVersions(wanted.version, there.version);

const isEarlier = (a: number | undefined, b: number | undefined): boolean =>
  a !== undefined && b !== undefined && a < b;

/** `2026-11-21` */
const dateOf = (seconds: number | undefined): string => new Date((seconds ?? 0) * 1000).toISOString().slice(0, 10);
