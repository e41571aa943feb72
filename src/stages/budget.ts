import { formatBytes, formatGrowth } from "../model/bytes.js";
import type { ImageContent } from "../model/content.js";
import type { Image } from "../model/image.js";
import { readPackageDatabase } from "../model/package-database.js";
import { generatedFiles, type ImageSize, measureSize } from "../model/size.js";
import { type Change, compareSizes, growth } from "../model/size-difference.js";

const named = 5;

/**
 * By how much an image is over its budget, and why: what grew most since the previous build, or what is largest where there
 * is none. A line for each limit that is broken, then one for packages and one for files; empty for an image within its budget.
 */
export function overBudget(
  image: Pick<Image, "budget">,
  content: ImageContent,
  previous?: ImageContent,
): readonly string[] {
  const { budget } = image;
  if (budget === undefined) return [];
  const size = measureSize(content, readPackageDatabase(content));
  const broken = (["uncompressed", "compressed"] as const).flatMap((measure) => {
    const limit = budget[measure];
    return limit === undefined || size[measure] <= limit ? [] : [excess(measure, size[measure], limit)];
  });
  if (broken.length === 0) return [];
  const grown = previous === undefined ? [] : growthSince(measureSize(previous, readPackageDatabase(previous)), size);
  return [...broken, ...(grown.length === 0 ? largest(size) : grown)];
}

const excess = (measure: string, bytes: number, limit: number): string =>
  `${formatBytes(bytes)} ${measure}, ${formatBytes(bytes - limit)} over its budget of ${formatBytes(limit)}`;

/** Empty where nothing grew: then the budget became smaller. */
function growthSince(before: ImageSize, after: ImageSize): readonly string[] {
  const { packages, files } = compareSizes(before, after);
  const grown = <T extends Change>(changes: readonly T[], nameOf: (change: T) => string): readonly string[] =>
    [...changes]
      .sort((a, b) => growth(b) - growth(a))
      .filter((change) => growth(change) > 0)
      .slice(0, named)
      .map((change) => `${nameOf(change)} ${formatGrowth(growth(change))}`);
  return [
    ...line(
      "packages that grew most since the previous build",
      grown(packages, ({ name, kind }) => (kind === "added" && name !== generatedFiles ? `${name} (new)` : name)),
    ),
    ...line(
      "files that grew most since the previous build",
      grown(files, ({ path, before }) => (before === 0 ? `${path} (new)` : path)),
    ),
  ];
}

function largest({ packages, files }: ImageSize): readonly string[] {
  return [
    ...line(
      "largest packages",
      packages.slice(0, named).map(({ name, bytes }) => `${name} ${formatBytes(bytes)}`),
    ),
    ...line(
      "largest files",
      files.slice(0, named).map(({ path, bytes }) => `${path} ${formatBytes(bytes)}`),
    ),
  ];
}

const line = (title: string, items: readonly string[]): readonly string[] =>
  items.length === 0 ? [] : [`${title}: ${items.join(", ")}`];
