import { type Image, imagesOf, narrowestReference, type Plan } from "../model/image.js";
import { formatSupport } from "../model/support.js";
import { type Surface, unlimited } from "./surface.js";
import { formatTable } from "./table.js";
import { beside } from "./wrap.js";

/** `ingot list`: a row for each image. Tags that name the distribution are left out: the row says them. */
export function formatList(images: readonly Image[], surface: Surface = unlimited): string {
  const rows = images.map((image) => [
    image.language,
    image.line,
    image.distribution.name,
    image.variant,
    image.version.text,
    supportOf(image, surface),
    image.tags.filter((tag) => !tag.split("-").includes(image.distribution.name)).join(" "),
  ]);
  return formatTable(
    ["LANGUAGE", "LINE", "DISTRIBUTION", "VARIANT", "VERSION", "SUPPORT", "FURTHER TAGS"],
    rows,
    surface,
  );
}

function supportOf({ support, distribution }: Image, { paint }: Surface): string {
  const text = formatSupport(support, distribution.name);
  return support.ended === undefined ? text : paint("yellow", text);
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
    artifacts: artifacts.map(({ name, version }) => ({ name, version })),
    sourceDateEpoch,
  };
}

/** `ingot plan`: each image under what it is built on. */
export function formatPlan(plan: Plan, images: readonly Image[], surface: Surface = unlimited): string {
  const shown = new Set(images);
  return imagesOf(plan)
    .filter((image) => shown.has(image))
    .map((image) => formatPlanned(image, surface))
    .join("\n\n");
}

function formatPlanned(image: Image, { width, paint }: Surface): string {
  const part = (name: string, text: string): string =>
    beside(`  ${paint("dim", name)}${" ".repeat("artifacts ".length - name.length)}`, text, width);
  return [
    paint("bold", narrowestReference(image)),
    part("from", describeParent(image)),
    part("packages", image.packages.join(" ") || "none"),
    ...(image.artifacts.length === 0 ? [] : [part("artifacts", artifactsOf(image))]),
    part("tags", image.tags.join(" ")),
  ].join("\n");
}

const artifactsOf = ({ artifacts }: Image): string =>
  artifacts.map(({ name, version }) => `${name}=${version}`).join(" ");

function describeParent({ parent, builder }: Image): string {
  const from = parent.kind === "scratch" ? "scratch" : parent.reference;
  return builder === undefined ? from : `${from}, made in ${builder.reference}`;
}
