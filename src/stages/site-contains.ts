import type { Image, Plan } from "../model/image.js";
import { imagesOf } from "../model/image.js";
import { anchorOf, type SiteFacts } from "../model/site.js";
import type { Shape, ShapeOf } from "../support/template.js";
import { describeImages } from "./site-describe.js";
import { type PackageUse, packageUses } from "./site-packages.js";
import { type PageView, pageShape } from "./site-page.js";

/** All packages of the catalog, and the images that they are in: what who reads a notice asks. */
export interface CatalogPackages {
  readonly uses: readonly PackageUse[];
  /** Images whose packages are known, all or in part. */
  readonly images: readonly Image[];
  /** Those of which no more is known than what the definitions name. */
  readonly partly: ReadonlySet<Image>;
  readonly describe: (images: readonly Image[]) => string;
}

export function catalogPackages(plan: Plan, { packages, named }: SiteFacts): CatalogPackages {
  const images = imagesOf(plan).filter(({ id }) => packages.has(id) || (named.get(id)?.length ?? 0) > 0);
  const said = new Map<string, string>();
  return {
    images,
    uses: packageUses(images, (id) => packages.get(id) ?? named.get(id) ?? []),
    partly: new Set(images.filter(({ id }) => !packages.has(id))),
    describe: (some) => {
      const key = some.map(({ id }) => id).join(" ");
      const text = said.get(key) ?? describeImages(some, images);
      said.set(key, text);
      return text;
    },
  };
}

/** The page that is asked, and those that list everything for who has no JavaScript. */
export interface ContainsView {
  readonly page: PageView;
  readonly known: string;
  readonly of: string;
  readonly count: string;
  /** Paths of the data from the page, with spaces between. */
  readonly data: string;
  readonly parts: readonly { readonly file: string; readonly first: string; readonly last: string }[];
}

export const containsShape = {
  page: pageShape,
  known: true,
  of: true,
  count: true,
  data: true,
  parts: [{ file: true, first: true, last: true }],
} as const satisfies ShapeOf<ContainsView> & Shape;

export interface PartView {
  readonly page: PageView;
  readonly first: string;
  readonly last: string;
  readonly rows: readonly {
    readonly name: string;
    readonly source: string;
    readonly version: string;
    readonly where: string;
  }[];
}

export const partShape = {
  page: pageShape,
  first: true,
  last: true,
  rows: [{ name: true, source: true, version: true, where: true }],
} as const satisfies ShapeOf<PartView> & Shape;

/** Characters of a page's rows, with what stands around each: far enough from 200 kB for what has to be escaped. */
const room = { page: 110_000, row: 190 } as const;

/** The rows of all packages, divided so that no page is large. */
export function listParts({ uses, describe }: CatalogPackages): readonly Omit<PartView, "page">[] {
  const rows = uses.map(({ name, version, source = "", images }) => ({
    ...{ name, version, source, where: describe(images) },
  }));
  const parts = divide(rows, room.page, (row) => room.row + Object.values(row).join("").length);
  return parts.map((part) => ({ first: part[0]?.name ?? "", last: part.at(-1)?.name ?? "", rows: part }));
}

/** Consecutive items, so that what they weigh together stays below a limit. */
export function divide<T>(items: readonly T[], limit: number, weigh: (item: T) => number): readonly (readonly T[])[] {
  const parts: T[][] = [];
  let weight = Number.POSITIVE_INFINITY;
  for (const item of items) {
    weight += weigh(item);
    if (weight > limit) {
      parts.push([]);
      weight = weigh(item);
    }
    parts.at(-1)?.push(item);
  }
  return parts;
}

/** What the search of packages reads: see `templates/site/site.js`. Images and sets of them are named by their place in the lists. */
export function packageData(all: CatalogPackages): Readonly<Record<string, readonly unknown[]>> {
  const numbers = new Map(all.images.map((image, index) => [image, index]));
  const sets = new Map<string, number>();
  const described: unknown[] = [];
  const packages = all.uses.map(({ name, version, source = "", images }) => {
    const key = images.map(({ id }) => id).join(" ");
    const set = sets.get(key) ?? described.push([all.describe(images), images.map((image) => numbers.get(image))]) - 1;
    sets.set(key, set);
    return [name, version, source, set];
  });
  const images = all.images.map((image) => {
    const { language, version, variant, distribution } = image;
    const complete = all.partly.has(image) ? 0 : 1;
    return [language, anchorOf(image), `${language} ${version.text} ${variant} on ${distribution.name}`, complete];
  });
  return { images, sets: described, packages };
}
