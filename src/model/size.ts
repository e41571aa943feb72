import type { ImageContent, InstalledPackage, PackageDatabase } from "./content.js";
import { chooseFolders, nearestFolder } from "./folder-tree.js";
import type { Digest } from "./reference.js";

/** Stands for a package where files are of none: what maintainer scripts and microroot made. */
export const generatedFiles = "(generated)";

export interface FileSize {
  readonly path: string;
  readonly bytes: number;
  readonly package: string;
}

export interface PackageSize {
  readonly name: string;
  /** Absent for generated files. */
  readonly version?: string;
  readonly bytes: number;
}

export interface FolderSize {
  readonly path: string;
  /** Of what is in it and in none of the other folders that are named. */
  readonly bytes: number;
}

/** Where the bytes of an image are; every list but that of the layers has the largest first. */
export interface ImageSize {
  /** Of all regular files of the root file system; a file with several names counts once. */
  readonly uncompressed: number;
  /** Of all layers as a registry stores them. */
  readonly compressed: number;
  readonly layers: readonly { readonly digest: Digest; readonly compressed: number; readonly uncompressed: number }[];
  readonly packages: readonly PackageSize[];
  /** About fifteen that cover everything. */
  readonly folders: readonly FolderSize[];
  readonly files: readonly FileSize[];
}

/** Measures an image; without a package database all files count as generated. */
export function measureSize(content: ImageContent, database: PackageDatabase | undefined): ImageSize {
  const owners = ownersOf(database);
  const files = [...content.entries.values()]
    .filter(({ type }) => type === "file")
    .map(({ path, size }) => ({ path, bytes: size, package: owners.get(path)?.name ?? generatedFiles }))
    .sort(largestFirst(({ path }) => path));
  return {
    uncompressed: sum(files),
    compressed: content.layers.reduce((total, { compressed }) => total + compressed, 0),
    layers: content.layers.map(({ digest, compressed, size }) => ({ digest, compressed, uncompressed: size })),
    packages: packageSizes(files, database),
    folders: folderSizes(files),
    files,
  };
}

export function sum(sizes: readonly { readonly bytes: number }[]): number {
  return sizes.reduce((total, { bytes }) => total + bytes, 0);
}

/** The package of each file; the first that says so, where several do. */
function ownersOf(database: PackageDatabase | undefined): ReadonlyMap<string, InstalledPackage> {
  const owners = new Map<string, InstalledPackage>();
  for (const each of database?.packages ?? [])
    for (const path of each.files) if (!owners.has(path)) owners.set(path, each);
  return owners;
}

function packageSizes(files: readonly FileSize[], database: PackageDatabase | undefined): readonly PackageSize[] {
  const bytes = new Map<string, number>();
  for (const file of files) bytes.set(file.package, (bytes.get(file.package) ?? 0) + file.bytes);
  const generated = bytes.get(generatedFiles);
  // By name: two architectures of one package are one package to whoever asks for sizes.
  const installed = new Map((database?.packages ?? []).map(({ name, version }) => [name, version]));
  return [
    ...[...installed].map(([name, version]) => ({ name, version, bytes: bytes.get(name) ?? 0 })),
    ...(generated === undefined ? [] : [{ name: generatedFiles, bytes: generated }]),
  ].sort(largestFirst(({ name }) => name));
}

function folderSizes(files: readonly FileSize[]): readonly FolderSize[] {
  const folders = chooseFolders(files.map(({ path, bytes }) => ({ path, weight: bytes })));
  const sizes = new Map(folders.map((folder) => [folder, 0]));
  const known = new Set(folders);
  for (const { path, bytes } of files) {
    const folder = nearestFolder(path, known);
    sizes.set(folder, (sizes.get(folder) ?? 0) + bytes);
  }
  return [...sizes].map(([path, bytes]) => ({ path, bytes })).sort(largestFirst(({ path }) => path));
}

/** Largest first, then by name, so that the order is the same every time. */
function largestFirst<T extends { readonly bytes: number }>(nameOf: (each: T) => string): (a: T, b: T) => number {
  return (a, b) => b.bytes - a.bytes || (nameOf(a) < nameOf(b) ? -1 : 1);
}
