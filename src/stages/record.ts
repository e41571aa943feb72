import { Failure } from "../model/failure.js";
import type { Image, ImageId } from "../model/image.js";
import type { PlatformRecord, RecordedParent } from "../model/record.js";
import type { SbomEntry } from "../model/sbom-reader.js";
import type { EngineImage } from "../ports/engine.js";
import { type RecipeContext, recipeOf } from "./recipe.js";

export interface RecordContext extends RecipeContext {
  readonly built: ReadonlyMap<ImageId, EngineImage>;
}

/** What an image was made from and what is in it, to be kept beside it. Throws a Failure where it is not built. */
export function recordOf(image: Image, packages: readonly SbomEntry[], context: RecordContext): PlatformRecord {
  const parent = parentOf(image, context.built);
  return {
    platform: context.platform,
    id: idOf(image.id, context.built),
    ...(parent === undefined ? {} : { parent }),
    recipe: recipeOf(image, context),
    // What is of no distribution has no architecture, and is part of the recipe.
    packages: packages.flatMap(({ name, version, architecture }) =>
      architecture === undefined ? [] : [[name, version] as const],
    ),
  };
}

function parentOf({ parent }: Image, built: RecordContext["built"]): RecordedParent | undefined {
  if (parent.kind === "scratch") return undefined;
  const { reference } = parent;
  return parent.kind === "distribution" ? { reference } : { reference, id: idOf(parent.id, built) };
}

function idOf(image: ImageId, built: RecordContext["built"]): string {
  const id = built.get(image)?.id;
  if (id === undefined) throw new Failure(`${image} is not built`);
  return id;
}
