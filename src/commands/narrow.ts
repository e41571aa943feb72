import { estimateCosts } from "../model/cost.js";
import { ok, type Result } from "../model/diagnostic.js";
import { type Image, imagesOf, type Pair } from "../model/image.js";
import { type Shard, shardPairs } from "../model/shard.js";
import { compareTree } from "../ports/files.js";
import { type Commit, changedFiles, findCommit, readCommitted } from "../ports/git.js";
import { changedPairs, languageOf, testsDiffer } from "../stages/changed.js";
import { readDocument } from "../support/document.js";
import { generatedFolder, type OpenCatalog } from "./catalog.js";

/** What is done of that which is selected. */
export interface Narrowing {
  readonly shard: Shard | undefined;
  /** A git revision: only what is not as it was there. */
  readonly changedSince: string | undefined;
}

/** The selected images that are left. Throws a Failure where git cannot compare. */
export async function narrow(
  opened: OpenCatalog,
  selected: Result<readonly Image[]>,
  { shard, changedSince }: Narrowing,
): Promise<Result<readonly Image[]>> {
  if (!selected.ok) return selected;
  const changed = changedSince === undefined ? undefined : await findChanged(opened, changedSince);
  const images = selected.value.filter(({ pair }) => changed?.has(pair) ?? true);
  if (shard === undefined) return ok(images);
  const own = new Set((legsOf(opened, images, shard.legs)[shard.leg - 1] ?? []).map(({ id }) => id));
  return ok(images.filter(({ pair }) => own.has(pair)));
}

/** The pairs of images, shared out. By what is committed alone: every machine must find the same legs. */
export function legsOf(
  { plan, loaded }: OpenCatalog,
  images: readonly Image[],
  legs: number,
): readonly (readonly Pair[])[] {
  const all = imagesOf(plan);
  const wanted = new Set(images.map(({ pair }) => pair));
  const pairs = plan.pairs.filter(({ id }) => wanted.has(id));
  return shardPairs(pairs, { all, costs: estimateCosts(all, { sizes: loaded.sizes }), legs });
}

/** The ids of pairs. What `generated/` would be is compared, whether or not it was written yet. */
async function findChanged(opened: OpenCatalog, revision: string): Promise<ReadonlySet<string>> {
  const { plan, tree, loaded } = opened;
  const { root } = loaded;
  const commit = await findCommit(root, revision);
  const { added, changed, orphaned } = compareTree(generatedFolder(root), tree);
  const unwritten = [...added, ...changed, ...orphaned].map((path) => `generated/${path}`);
  const files = [...(await changedFiles(root, commit, ["generated", "languages"])), ...unwritten];
  const tests = await languagesWithOtherTests(opened, commit, files);
  return new Set<string>(changedPairs(plan, { files, tests }).map(({ id }) => id));
}

/** Languages whose definition is among the files, and says something else of their tests. */
async function languagesWithOtherTests(
  { loaded: { root, documents } }: OpenCatalog,
  commit: Commit,
  files: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const file of files) {
    const language = languageOf(file);
    const document = language === undefined ? undefined : documents.get(language);
    if (language === undefined || document === undefined) continue;
    const before = await readCommitted(root, commit, file);
    if (before === undefined || testsDiffer(readDocument(file, before).value, document.value)) found.add(language);
  }
  return found;
}
