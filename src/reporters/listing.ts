import { type Image, imagesOf, narrowestReference, type Pair, type Plan } from "../model/image.js";
import { formatTable } from "./table.js";

/** `ingot list`: a row for each image. */
export function formatList(pairs: readonly Pair[], images: readonly Image[]): string {
  const shown = new Set(images);
  const rows = pairs.flatMap((pair) =>
    pair.images
      .filter((image) => shown.has(image))
      .map((image) => [
        narrowestReference(image),
        image.variant,
        image.distribution.name,
        supportOf(pair),
        image.tags.slice(1).join(" "),
      ]),
  );
  return formatTable(["IMAGE", "VARIANT", "DISTRIBUTION", "END OF LIFE", "TAGS"], rows);
}

const supportOf = ({ support }: Pair): string => support.upstream ?? support.distribution ?? "";

/** What a program is told of an image by `list --json` and `plan --format json`. */
export function describeImage(image: Image): object {
  const {
    id,
    language,
    line,
    variant,
    version,
    repository,
    tags,
    platforms,
    parent,
    builder,
    packages,
    sourceDateEpoch,
  } = image;
  return {
    id,
    language,
    line,
    distribution: image.distribution.name,
    variant,
    version: version.text,
    repository,
    tags,
    platforms,
    from: parent.kind === "scratch" ? "scratch" : parent.reference,
    needs: [...(parent.kind === "image" ? [parent.id] : []), ...(builder === undefined ? [] : [builder.id])],
    packages,
    sourceDateEpoch,
  };
}

/** `ingot plan`: each image under what it is built on. */
export function formatPlan(plan: Plan, images: readonly Image[]): string {
  const shown = new Set(images);
  return imagesOf(plan)
    .filter((image) => shown.has(image))
    .map((image) =>
      [
        `${narrowestReference(image)}`,
        `  from      ${describeParent(image)}`,
        `  packages  ${image.packages.join(" ") || "none"}`,
        `  tags      ${image.tags.join(" ")}`,
      ].join("\n"),
    )
    .join("\n\n");
}

function describeParent({ parent, builder }: Image): string {
  const from = parent.kind === "scratch" ? "scratch" : parent.reference;
  return builder === undefined ? from : `${from}, made in ${builder.reference}`;
}
