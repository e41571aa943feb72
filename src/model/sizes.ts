import { z } from "zod";
import type { Image } from "./image.js";
import * as word from "./schema.js";

const bytes = z.int().min(0);

/** What was made of the same packages without Ingot, and measured in one run with the image: bytes of all files. */
const others = z.strictObject({
  plain: bytes.optional().describe("Of the distribution's slim image with the packages installed, and clean caches."),
  distroless: bytes.optional().describe("Of the packages that distroless' image is made of, unpacked."),
});

/** What an image weighed when it was measured, in bytes, and the version that it then had. */
const measured = z.strictObject({
  version: word.packageVersion,
  uncompressed: bytes,
  compressed: bytes,
  others: others.optional(),
});

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
    all.set(image.id, { version: image.version.text, uncompressed, compressed, ...othersOf(image, previous) });
  return Object.fromEntries([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The sizes with what others' images of the same packages weigh, of those images that were measured at that version. */
export function recordOthers(
  previous: Sizes,
  fresh: readonly { readonly image: Image; readonly others: NonNullable<MeasuredSize["others"]> }[],
): Sizes {
  const all = new Map(Object.entries(previous));
  for (const { image, others } of fresh) {
    const before = all.get(image.id);
    if (before?.version === image.version.text) all.set(image.id, { ...before, others });
  }
  return Object.fromEntries(all);
}

/** They are of one version: an image of another is not compared with them. */
function othersOf({ id, version }: Image, previous: Sizes): Pick<MeasuredSize, "others"> {
  const before = Object.hasOwn(previous, id) ? previous[id] : undefined;
  return before?.others === undefined || before.version !== version.text ? {} : { others: before.others };
}

const formatOthers = ({ others }: MeasuredSize): string => {
  const parts = Object.entries(others ?? {}).map(([name, size]) => `${name}: ${size}`);
  return parts.length === 0 ? "" : `, others: { ${parts.join(", ")} }`;
};

/** The file's text: a line for each image, so that differences are easy to read. */
export function formatSizes(sizes: Sizes): string {
  const lines = Object.entries(sizes).map(
    ([id, size]) =>
      `  ${id}: { version: ${JSON.stringify(size.version)}, uncompressed: ${size.uncompressed}, compressed: ${size.compressed}${formatOthers(size)} }\n`,
  );
  const header = "# Made by `ingot size --record`: what built images weigh, in bytes.\n";
  return `${header}sizes:${lines.length === 0 ? " {}" : ""}\n${lines.join("")}`;
}
