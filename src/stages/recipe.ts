import type { Image } from "../model/image.js";
import type { Platform } from "../model/platform.js";
import type { Recipe } from "../model/record.js";
import type { Tree } from "../ports/files.js";
import { fingerprint } from "../support/fingerprint.js";
import { artifactFacts } from "./artifact.js";

export interface RecipeContext {
  /** What `generated/` holds, by path there. */
  readonly tree: Tree;
  readonly platform: Platform;
}

export const buildArgumentsOf = ({ sourceDateEpoch }: Pick<Image, "sourceDateEpoch">): Record<string, string> => ({
  SOURCE_DATE_EPOCH: String(sourceDateEpoch),
});

/**
 * All that a catalog says of how an image is made, by part. Of the image in which its root file system is made, what makes it: which
 * other tools are there decides nothing, and an update of one of them leaves every image alone that does not hold it.
 */
export function recipeOf(image: Image, { tree, platform }: RecipeContext): Recipe {
  const { id, files, builder, artifacts } = image;
  const textOf = (folder: string, name: string) => [name, hash(tree.get(`${folder}/${name}`)?.text)] as const;
  return Object.fromEntries([
    ...["Dockerfile", ...files].map((name) => textOf(id, name)),
    ...(builder?.files ?? []).map((name) => textOf(builder?.id ?? "", name)),
    ["arguments", hash(buildArgumentsOf(image))],
    ...(artifacts.length === 0 ? [] : [["artifacts", hash(artifactFacts(artifacts, platform))]]),
  ]);
}

/** Half of a SHA-256 tells apart what nobody forges: a recipe is compared with that of a catalog's own images. */
const hash = (value: unknown): string => fingerprint(value ?? null).slice(0, 32);
