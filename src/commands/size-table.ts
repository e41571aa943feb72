import { ok, type Result } from "../model/diagnostic.js";
import type { Image } from "../model/image.js";
import type { Selector } from "../model/selector.js";
import { measureSize } from "../model/size.js";
import type { SizeRow } from "../model/size-row.js";
import { type Sizes, sizesFile } from "../model/sizes.js";
import { createEngine, type EngineName } from "../ports/engines.js";
import { findCommit, readCommitted } from "../ports/git.js";
import { createContentReader } from "../ports/image-content.js";
import { localReference } from "../stages/build.js";
import { sizesName } from "../stages/pages.js";
import { readDocument } from "../support/document.js";
import { own } from "../support/own.js";
import { validate } from "../support/validate.js";
import { openCatalog, select } from "./catalog.js";
import { narrow } from "./narrow.js";
import { findBuilt } from "./size.js";

export interface SizeTableOptions {
  readonly selectors: readonly Selector[];
  readonly engine: EngineName | undefined;
  /** A git revision: only pairs that are not as they were there, beside the sizes that were recorded there. */
  readonly changedSince: string | undefined;
}

/** What the selected images weigh, beside what is recorded of them. Throws a Failure where the engine does not answer, or git cannot compare. */
export async function sizeTable(root: string, options: SizeTableOptions): Promise<Result<readonly SizeRow[]>> {
  const opened = openCatalog(root);
  if (!opened.ok) return opened;
  const { selectors, changedSince } = options;
  const images = await narrow(opened.value, select(opened.value, selectors), { shard: undefined, changedSince });
  if (!images.ok || images.value.length === 0) return images.ok ? ok([]) : images;
  const recorded = changedSince === undefined ? ok(opened.value.loaded.sizes) : await readSizes(root, changedSince);
  return recorded.ok ? ok(await measureRows(images.value, recorded.value, options.engine)) : recorded;
}

/** The sizes that were recorded in a revision; none where the file was not there. */
async function readSizes(root: string, revision: string): Promise<Result<Sizes>> {
  const text = await readCommitted(root, await findCommit(root, revision), sizesName);
  if (text === undefined) return ok({});
  const content = validate(readDocument(`${revision}:${sizesName}`, text), sizesFile);
  return content.ok ? ok(content.value.sizes) : content;
}

async function measureRows(
  images: readonly Image[],
  recorded: Sizes,
  name: EngineName | undefined,
): Promise<readonly SizeRow[]> {
  const engine = createEngine(name);
  await engine.check();
  const built = new Set((await findBuilt(engine, images)).built);
  const read = createContentReader(engine);
  const rows: SizeRow[] = [];
  // One at a time: each is read from the engine whole.
  for (const image of images) {
    const after = built.has(image) ? measureSize(await read(localReference(image)), undefined) : undefined;
    rows.push({ image, before: own(recorded, image.id), after });
  }
  return rows;
}
