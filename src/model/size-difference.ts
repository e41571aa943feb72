import { chooseFolders, nearestFolder } from "./folder-tree.js";
import type { ImageSize, PackageSize } from "./size.js";

/** Bytes before and after. */
export interface Change {
  readonly before: number;
  readonly after: number;
}

export interface PathChange extends Change {
  readonly path: string;
}

export interface PackageChange extends Change {
  readonly name: string;
  readonly versionBefore?: string;
  readonly versionAfter?: string;
  readonly kind: "added" | "removed" | "moved" | "same version";
}

/** What differs between two images; every list has only what differs, and what differs most first. */
export interface SizeDifference {
  readonly uncompressed: Change;
  readonly compressed: Change;
  readonly packages: readonly PackageChange[];
  /** About fifteen that cover every difference. */
  readonly folders: readonly PathChange[];
  readonly files: readonly PathChange[];
}

export function growth({ before, after }: Change): number {
  return after - before;
}

/** From one image to another, such as from the last build to this one. */
export function compareSizes(before: ImageSize, after: ImageSize): SizeDifference {
  const files = fileChanges(before, after);
  return {
    uncompressed: { before: before.uncompressed, after: after.uncompressed },
    compressed: { before: before.compressed, after: after.compressed },
    packages: packageChanges(before.packages, after.packages),
    folders: folderChanges(before, after, files),
    files,
  };
}

function fileChanges(before: ImageSize, after: ImageSize): readonly PathChange[] {
  const sizes = (size: ImageSize): ReadonlyMap<string, number> =>
    new Map(size.files.map(({ path, bytes }) => [path, bytes]));
  const [old, fresh] = [sizes(before), sizes(after)];
  return [...new Set([...old.keys(), ...fresh.keys()])]
    .map((path) => ({ path, before: old.get(path) ?? 0, after: fresh.get(path) ?? 0 }))
    .filter((change) => growth(change) !== 0)
    .sort(mostFirst(({ path }) => path));
}

function packageChanges(before: readonly PackageSize[], after: readonly PackageSize[]): readonly PackageChange[] {
  const byName = (packages: readonly PackageSize[]) => new Map(packages.map((each) => [each.name, each]));
  const [old, fresh] = [byName(before), byName(after)];
  return [...new Set([...old.keys(), ...fresh.keys()])]
    .map((name) => packageChange(name, old.get(name), fresh.get(name)))
    .filter((change) => change.kind !== "same version" || growth(change) !== 0)
    .sort(mostFirst(({ name }) => name));
}

function packageChange(name: string, before: PackageSize | undefined, after: PackageSize | undefined): PackageChange {
  return {
    name,
    before: before?.bytes ?? 0,
    after: after?.bytes ?? 0,
    ...(before?.version === undefined ? {} : { versionBefore: before.version }),
    ...(after?.version === undefined ? {} : { versionAfter: after.version }),
    kind: kindOf(before, after),
  };
}

function kindOf(before: PackageSize | undefined, after: PackageSize | undefined): PackageChange["kind"] {
  if (before === undefined) return "added";
  if (after === undefined) return "removed";
  return before.version === after.version ? "same version" : "moved";
}

/** Chosen by how much is other in them: what grew here and shrank there counts twice, and is shown as what is left of it. */
function folderChanges(before: ImageSize, after: ImageSize, files: readonly PathChange[]): readonly PathChange[] {
  const folders = new Set(chooseFolders(files.map((file) => ({ path: file.path, weight: Math.abs(growth(file)) }))));
  const sizes = (size: ImageSize): ReadonlyMap<string, number> => {
    const bytes = new Map<string, number>();
    for (const file of size.files) {
      const folder = nearestFolder(file.path, folders);
      bytes.set(folder, (bytes.get(folder) ?? 0) + file.bytes);
    }
    return bytes;
  };
  const [old, fresh] = [sizes(before), sizes(after)];
  return [...folders]
    .map((path) => ({ path, before: old.get(path) ?? 0, after: fresh.get(path) ?? 0 }))
    .filter((change) => growth(change) !== 0)
    .sort(mostFirst(({ path }) => path));
}

/** What grew or shrank most first, then by name. */
function mostFirst<T extends Change>(nameOf: (each: T) => string): (a: T, b: T) => number {
  return (a, b) => Math.abs(growth(b)) - Math.abs(growth(a)) || (nameOf(a) < nameOf(b) ? -1 : 1);
}
