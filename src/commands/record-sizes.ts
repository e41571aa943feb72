import { join } from "node:path";
import { ok, type Result } from "../model/diagnostic.js";
import { type Image, imagesOf } from "../model/image.js";
import type { Selector } from "../model/selector.js";
import { measureSize } from "../model/size.js";
import { formatSizes, updateSizes } from "../model/sizes.js";
import { createEngine, type EngineName } from "../ports/engines.js";
import { readText, writeText } from "../ports/files.js";
import { createContentReader } from "../ports/image-content.js";
import { localReference } from "../stages/build.js";
import { sizesName } from "../stages/pages.js";
import { openCatalog, select } from "./catalog.js";
import { findBuilt } from "./size.js";

export interface RecordOptions {
  readonly selectors: readonly Selector[];
  readonly engine: EngineName | undefined;
  /** Hears of each image as soon as it is measured. */
  readonly hear: (measured: MeasuredTotal) => void;
}

export interface MeasuredTotal {
  readonly image: Image;
  readonly uncompressed: number;
  readonly compressed: number;
}

export interface Recorded {
  readonly measured: number;
  readonly unbuilt: number;
  /** Whether the file is other than it was. */
  readonly changed: boolean;
}

/** Measures the selected images that are built, and writes what they weigh; entries of all others stay. Throws a Failure. */
export async function recordSizes(
  root: string,
  { selectors, engine: name, hear }: RecordOptions,
): Promise<Result<Recorded>> {
  const opened = openCatalog(root);
  const images = opened.ok ? select(opened.value, selectors) : opened;
  if (!opened.ok || !images.ok) return images as Result<never>;
  const engine = createEngine(name);
  await engine.check();
  const { built, unbuilt } = await findBuilt(engine, images.value);
  const read = createContentReader(engine);
  const fresh: MeasuredTotal[] = [];
  // One at a time: each is read from the engine whole.
  for (const image of built) {
    const { uncompressed, compressed } = measureSize(await read(localReference(image)), undefined);
    fresh.push({ image, uncompressed, compressed });
    hear({ image, uncompressed, compressed });
  }
  const { plan, loaded } = opened.value;
  const text = formatSizes(updateSizes(loaded.sizes, fresh, imagesOf(plan)));
  const path = join(root, sizesName);
  const changed = readText(path) !== text;
  if (changed) writeText(path, { text });
  return ok({ measured: fresh.length, unbuilt: unbuilt.length, changed });
}
