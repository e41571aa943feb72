import { formatBytes, formatGrowth } from "../model/bytes.js";
import { narrowestReference } from "../model/image.js";
import type { SizeRow, Weight } from "../model/size-row.js";

/** A comment on a pull request holds 65,536 characters, and a row takes some 120. */
const mostRows = 200;

/** `ingot size --markdown`: a table for a pull request or the summary of a job; nothing where there are no images. */
export function formatSizeTable(rows: readonly SizeRow[]): string {
  if (rows.length === 0) return "";
  return [
    "What is in the images, and in brackets what a registry stores of it.",
    "",
    "| image | before | now | growth |",
    "|---|---:|---:|---:|",
    ...rows.slice(0, mostRows).map(formatRow),
    ...(rows.length > mostRows ? ["", `And ${rows.length - mostRows} more.`] : []),
  ].join("\n");
}

const formatRow = ({ image, before, after }: SizeRow): string => {
  const cells = [weigh(before, "not recorded"), weigh(after, "not built"), grow(before, after)];
  return `| \`${narrowestReference(image)}\` | ${cells.join(" | ")} |`;
};

const weigh = (weight: Weight | undefined, absent: string): string =>
  weight === undefined ? absent : `${formatBytes(weight.uncompressed)} (${formatBytes(weight.compressed)})`;

function grow(before: Weight | undefined, after: Weight | undefined): string {
  if (before === undefined || after === undefined) return "";
  const growth = (key: keyof Weight): number => after[key] - before[key];
  const [uncompressed, compressed] = [growth("uncompressed"), growth("compressed")];
  return uncompressed === 0 && compressed === 0
    ? "none"
    : `${formatGrowth(uncompressed)} (${formatGrowth(compressed)})`;
}
