import { formatBytes } from "../model/bytes.js";
import type { Image, Pair } from "../model/image.js";
import { anchorOf, type SiteFacts, type SitePublished } from "../model/site.js";
import type { MeasuredSize } from "../model/sizes.js";
import { formatSupport } from "../model/support.js";
import { own } from "../support/own.js";
import type { Shape, ShapeOf } from "../support/template.js";
import type { PageSources } from "./pages.js";

/** A row of the table of images, with all their tags. */
export interface ImageRowView {
  readonly anchor: string;
  readonly version: string;
  readonly variant: string;
  readonly distribution: string;
  readonly platforms: string;
  /** What a reader pulls. */
  readonly reference: string;
  /** Of all files, and of its layers as a registry stores them; a dash where nobody measured them. */
  readonly size: string;
  readonly compressed: string;
  readonly date: string;
  readonly until: string;
  /** "yes" where somebody supports it no longer. */
  readonly ended: string;
  /** Empty where no registry was asked, or has none. */
  readonly digest: string;
  /** "yes" where a registry was asked and has no such image. */
  readonly absent: string;
  readonly tags: readonly { readonly tag: string; readonly astray: string }[];
}

export const imageRowShape = {
  anchor: true,
  version: true,
  variant: true,
  distribution: true,
  platforms: true,
  reference: true,
  size: true,
  compressed: true,
  date: true,
  until: true,
  ended: true,
  digest: true,
  absent: true,
  tags: [{ tag: true, astray: true }],
} as const satisfies ShapeOf<ImageRowView> & Shape;

export function imageRows(pairs: readonly Pair[], sources: PageSources, facts: SiteFacts): readonly ImageRowView[] {
  return imagesInOrder(pairs).map((image) => imageRow(image, sources, facts));
}

/** Of each pair first what runs in production, and what it is built with last. */
export const imagesInOrder = (pairs: readonly Pair[]): readonly Image[] =>
  pairs.flatMap(({ images }) => [...images].sort(runtimeFirst));

const runtimeFirst = (a: Image, b: Image): number =>
  Number(b.variant === "runtime") - Number(a.variant === "runtime") ||
  Number(a.variant === "dev") - Number(b.variant === "dev");

function imageRow(image: Image, sources: PageSources, facts: SiteFacts): ImageRowView {
  const published = facts.published.get(image.id);
  const compressed = weightOf(image, sources, facts);
  const measured = measuredOf(image, sources);
  return {
    anchor: anchorOf(image),
    version: image.version.text,
    variant: image.variant,
    distribution: image.distribution.name,
    platforms: image.platforms.map((platform) => platform.replace("linux/", "")).join(", "),
    reference: referenceOf(image, image.tags[0] ?? "", facts),
    size: measured === undefined ? "—" : formatBytes(measured.uncompressed),
    compressed: compressed === undefined ? "—" : formatBytes(compressed),
    date: dateOf(image, published),
    until: formatSupport(image.support, image.distribution.name) || "—",
    ended: image.support.ended === undefined ? "" : "yes",
    digest: published?.digest ?? "",
    absent: facts.asked && published === undefined ? "yes" : "",
    tags: image.tags.map((tag) => ({ tag, astray: published?.astray.includes(tag) ? "yes" : "" })),
  };
}

/** The day of its newest unique tag; that of what it is made from where there is none. */
const dateOf = ({ sourceDateEpoch }: Image, published: SitePublished | undefined): string =>
  published?.day ?? new Date(sourceDateEpoch * 1000).toISOString().slice(0, 10);

/** `registry.example/acme/python:3.13` */
export const referenceOf = ({ language }: Pick<Image, "language">, tag: string, { place }: SiteFacts): string =>
  `${place}/${language}:${tag}`;

/** What was measured of another version is not this one's. */
function measuredOf({ id, version }: Image, { sizes }: PageSources): MeasuredSize | undefined {
  const size = own(sizes, id);
  return size?.version === version.text ? size : undefined;
}

/** Bytes to pull, for one platform: by the record of the newest build, or else as they were measured. */
export function weightOf(image: Image, sources: PageSources, { published }: SiteFacts): number | undefined {
  return published.get(image.id)?.builds.at(-1)?.size ?? measuredOf(image, sources)?.compressed;
}
