import { type Image, imagesOf, narrowestReference, type Plan } from "../model/image.js";
import { formatSupport } from "../model/support.js";
import { formatTable } from "./table.js";

/** `ingot list`: a row for each image. Tags that name the distribution are left out: the row says them. */
export function formatList(images: readonly Image[]): string {
  const rows = images.map((image) => [
    image.language,
    image.line,
    image.distribution.name,
    image.variant,
    image.version.text,
    formatSupport(image.support, image.distribution.name),
    image.tags.filter((tag) => !tag.split("-").includes(image.distribution.name)).join(" "),
  ]);
  return formatTable(["LANGUAGE", "LINE", "DISTRIBUTION", "VARIANT", "VERSION", "SUPPORT", "FURTHER TAGS"], rows);
}

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
    artifacts,
    sourceDateEpoch,
    support,
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
    support,
    from: parent.kind === "scratch" ? "scratch" : parent.reference,
    needs: [...(parent.kind === "image" ? [parent.id] : []), ...(builder === undefined ? [] : [builder.id])],
    packages,
    artifacts,
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
        ...(image.artifacts.length === 0
          ? []
          : [`  artifacts ${image.artifacts.map(({ name, version }) => `${name} ${version}`).join(", ")}`]),
        `  tags      ${image.tags.join(" ")}`,
      ].join("\n"),
    )
    .join("\n\n");
}

function describeParent({ parent, builder }: Image): string {
  const from = parent.kind === "scratch" ? "scratch" : parent.reference;
  return builder === undefined ? from : `${from}, made in ${builder.reference}`;
}
