import { failed, ok, type Result } from "../model/diagnostic.js";
import type { Image } from "../model/image.js";
import { readPackageDatabase } from "../model/package-database.js";
import { parseReference } from "../model/reference.js";
import type { Selector } from "../model/selector.js";
import { type ImageSize, measureSize } from "../model/size.js";
import { compareSizes, type SizeDifference } from "../model/size-difference.js";
import type { Engine } from "../ports/engine.js";
import { createEngine, type EngineName } from "../ports/engines.js";
import { createContentReader } from "../ports/image-content.js";
import { localReference } from "../stages/build.js";
import { openCatalog, select } from "./catalog.js";

export interface SizeOptions {
  readonly selectors: readonly Selector[];
  /** A reference that the engine has, or can pull. */
  readonly against: string | undefined;
  readonly engine: EngineName | undefined;
}

export interface MeasuredImage {
  readonly image: Image;
  readonly size: ImageSize;
  /** From the image that it is held against. */
  readonly difference?: SizeDifference;
}

export interface SizeReport {
  readonly measured: readonly MeasuredImage[];
  readonly unbuilt: readonly Image[];
}

/** Measures the selected images that are built. Throws a Failure where the engine does not answer, or has not what to compare with. */
export async function size(
  root: string,
  { selectors, against, engine: name }: SizeOptions,
): Promise<Result<SizeReport>> {
  const opened = openCatalog(root);
  const images = opened.ok ? select(opened.value, selectors) : opened;
  if (!images.ok) return images;
  if (against !== undefined && parseReference(against) === undefined)
    return failed({
      rule: "invalid-option",
      message: `--against must be an image's reference, such as ingot/base:trixie, and is ${JSON.stringify(against)}`,
    });
  const engine = createEngine(name);
  await engine.check();
  const { built, unbuilt } = await findBuilt(engine, images.value);
  return ok({ measured: built.length === 0 ? [] : await measureAll(engine, built, against), unbuilt });
}

/** Which images the engine has, by the reference that no other version shares. */
export async function findBuilt(
  engine: Engine,
  images: readonly Image[],
): Promise<{ readonly built: readonly Image[]; readonly unbuilt: readonly Image[] }> {
  const present = await engine.inspect(images.map(localReference));
  const isBuilt = (image: Image): boolean => present.has(localReference(image));
  return { built: images.filter(isBuilt), unbuilt: images.filter((image) => !isBuilt(image)) };
}

async function measureAll(
  engine: Engine,
  images: readonly Image[],
  against: string | undefined,
): Promise<readonly MeasuredImage[]> {
  const read = createContentReader(engine);
  const measure = async (reference: string): Promise<ImageSize> => {
    const content = await read(reference);
    return measureSize(content, readPackageDatabase(content));
  };
  if (against !== undefined && !(await engine.inspect([against])).has(against)) await engine.pull(against);
  const other = against === undefined ? undefined : await measure(against);
  const measured: MeasuredImage[] = [];
  // One at a time: each is read from the engine whole.
  for (const image of images) {
    const size = await measure(localReference(image));
    measured.push({ image, size, ...(other === undefined ? {} : { difference: compareSizes(other, size) }) });
  }
  return measured;
}
