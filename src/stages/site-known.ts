import { join } from "node:path";
import { Failure } from "../model/failure.js";
import { type Image, type ImageId, imagesOf, type Plan } from "../model/image.js";
import type { Lock } from "../model/lock.js";
import { nameOfArgument } from "../model/package.js";
import { readSbomPackages } from "../model/sbom-reader.js";
import type { SitePackage } from "../model/site.js";
import { readText } from "../ports/files.js";
import { own } from "../support/own.js";
import { sbomFile } from "./describe.js";

/**
 * What is in each image by the bills of materials in `build/sbom`, of all platforms together. One that cannot be read, or is of another
 * version than the plan's, says nothing.
 */
export function readDescribed(root: string, plan: Plan): ReadonlyMap<ImageId, readonly SitePackage[]> {
  return new Map(
    imagesOf(plan).flatMap((image) => {
      const lists = image.platforms.flatMap((platform) => readOne(join(root, sbomFile(image, platform)), image));
      return lists.length === 0 ? [] : [[image.id, onceEach(lists.flat())] as const];
    }),
  );
}

function readOne(path: string, image: Image): readonly (readonly SitePackage[])[] {
  const text = readText(path);
  if (text === undefined) return [];
  try {
    const { version, packages } = readSbomPackages(text);
    return version === image.version.text ? [packages] : [];
  } catch (error) {
    if (error instanceof Failure) return [];
    throw error;
  }
}

/** The packages that the definitions name, with their locked versions, of images and of all that they are built on. */
export function namedPackages(
  plan: Plan,
  lock: Lock,
  known: ReadonlyMap<ImageId, unknown>,
): ReadonlyMap<ImageId, readonly SitePackage[]> {
  const images = new Map(imagesOf(plan).map((image) => [image.id, image]));
  return new Map(
    [...images.values()].flatMap((image) =>
      known.has(image.id) ? [] : [[image.id, onceEach(namedIn(image, lock, images))] as const],
    ),
  );
}

function namedIn(image: Image, lock: Lock, images: ReadonlyMap<ImageId, Image>): readonly SitePackage[] {
  const { parent, language, line, distribution, packages, artifacts } = image;
  const below = parent.kind === "image" ? images.get(parent.id) : undefined;
  const locked = own(own(own(lock.pairs, language), line), distribution.name);
  const named = packages.flatMap((argument) => {
    const name = nameOfArgument(argument);
    const version = own(locked?.packages, name);
    return version === undefined ? [] : [{ name, version }];
  });
  const upstream = artifacts.map(({ name, version }) => ({ name, version }));
  return [...(below === undefined ? [] : namedIn(below, lock, images)), ...named, ...upstream];
}

/** Sorted by name and version. */
export function onceEach(packages: readonly SitePackage[]): readonly SitePackage[] {
  const byKey = new Map<string, SitePackage>();
  for (const each of packages) {
    const key = `${each.name} ${each.version}`;
    if (each.source !== undefined || !byKey.has(key)) byKey.set(key, each);
  }
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}
