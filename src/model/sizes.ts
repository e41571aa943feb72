import { z } from "zod";
import type { Image } from "./image.js";
import * as word from "./schema.js";

const bytes = z.int().min(0);

/** What an image weighed when it was measured, in bytes, and the version that it then had. */
const measured = z.strictObject({ version: word.packageVersion, uncompressed: bytes, compressed: bytes });

/** `catalog.sizes.yaml`: measured facts, by the image's id. Pages are made from it, and no image is. */
export const sizesFile = z.strictObject({
  sizes: z.record(
    z.string().regex(/^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*){3}$/, "must be an image: python/3.13/trixie/dev"),
    measured,
  ),
});

export type MeasuredSize = Readonly<z.infer<typeof measured>>;
/** By the image's id. */
export type Sizes = Readonly<Record<string, MeasuredSize>>;

/** The sizes with new ones in place of what was there, sorted, without those of images that the catalog has no more. */
export function updateSizes(
  previous: Sizes,
  fresh: readonly { readonly image: Image; readonly uncompressed: number; readonly compressed: number }[],
  images: readonly Image[],
): Sizes {
  const known = new Set<string>(images.map(({ id }) => id));
  const all = new Map(Object.entries(previous).filter(([id]) => known.has(id)));
  for (const { image, uncompressed, compressed } of fresh)
    all.set(image.id, { version: image.version.text, uncompressed, compressed });
  return Object.fromEntries([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The file's text: a line for each image, so that differences are easy to read. */
export function formatSizes(sizes: Sizes): string {
  const lines = Object.entries(sizes).map(
    ([id, { version, uncompressed, compressed }]) =>
      `  ${id}: { version: ${JSON.stringify(version)}, uncompressed: ${uncompressed}, compressed: ${compressed} }\n`,
  );
  const header = "# Made by `ingot size --record`: what built images weigh, in bytes.\n";
  return `${header}sizes:${lines.length === 0 ? " {}" : ""}\n${lines.join("")}`;
}
