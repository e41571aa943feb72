import { formatBytes, formatGrowth } from "../model/bytes.js";
import { type Image, narrowestReference } from "../model/image.js";
import { type FileSize, type ImageSize, sum } from "../model/size.js";
import {
  type Change,
  growth,
  type PackageChange,
  type PathChange,
  type SizeDifference,
} from "../model/size-difference.js";
import type { Paint } from "./paint.js";
import { type Surface, unlimited } from "./surface.js";
import { formatTable } from "./table.js";
import { visible } from "./visible.js";
import { paragraph } from "./wrap.js";

/** Lines of a list that show where the bytes are; what is left is summed up in one more. */
const mostLines = 15;
const mostFilesOfJson = 100;

/** `ingot size SELECTOR`: an image by layer, package, folder and file. */
export function formatImageSize(name: string, size: ImageSize, surface: Surface = unlimited): string {
  const { uncompressed, compressed, layers, packages, folders, files } = size;
  const { shown, rest } = cut(packages);
  const title = `${surface.paint("bold", name)}: ${formatBytes(uncompressed)}, ${formatBytes(compressed)} compressed`;
  const table = (header: readonly string[], rows: readonly (readonly string[])[]) => formatTable(header, rows, surface);
  return sections(paragraph(title, surface.width), [
    table(
      ["LAYER", "COMPRESSED", "SIZE"],
      layers.map((each) => [
        each.digest.slice(0, "sha256:".length + 12),
        formatBytes(each.compressed),
        formatBytes(each.uncompressed),
      ]),
    ),
    table(
      ["PACKAGE", "SIZE", "VERSION"],
      [
        ...shown.map((each) => [each.name, formatBytes(each.bytes), each.version ?? ""]),
        ...(rest.length === 0 ? [] : [[`${rest.length} more`, formatBytes(sum(rest))]]),
      ],
    ),
    table(
      ["FOLDER (without the others named here)", "SIZE"],
      folders.map((each) => [visible(each.path), formatBytes(each.bytes)]),
    ),
    table(["FILE", "SIZE", "PACKAGE"], files.slice(0, mostLines).map(fileRow)),
  ]);
}

const fileRow = (file: FileSize): readonly string[] => [visible(file.path), formatBytes(file.bytes), file.package];

/** `ingot size SELECTOR --against REF`: what the image has more and less than the other. */
export function formatSizeDifference(
  { name, other }: { readonly name: string; readonly other: string },
  { uncompressed, compressed, packages, folders, files }: SizeDifference,
  surface: Surface = unlimited,
): string {
  const whole = `${formatChange(uncompressed)}; ${formatChange(compressed)} compressed`;
  const title = paragraph(`${surface.paint("bold", name)} against ${other}: ${whole}`, surface.width);
  if (packages.length === 0 && files.length === 0) return `${title}\n\nno package and no file is of another size`;
  return sections(title, [
    formatChanges(packages, { header: ["PACKAGE", ...sizeHeader, "VERSION"], row: packageRow }, surface),
    formatChanges(
      folders,
      { header: ["FOLDER (without the others named here)", ...sizeHeader], row: pathRow },
      surface,
    ),
    formatChanges(files, { header: ["FILE", ...sizeHeader], row: pathRow }, surface),
  ]);
}

const formatChange = (change: Change): string => {
  const share = change.before === 0 ? "" : ` (${Math.round((change.after / change.before) * 100)} %)`;
  return `${formatGrowth(growth(change))} to ${formatBytes(change.after)}${share}`;
};

interface Columns<T> {
  readonly header: readonly string[];
  readonly row: (change: T, paint: Paint) => readonly string[];
}

function formatChanges<T extends Change>(all: readonly T[], { header, row }: Columns<T>, surface: Surface): string {
  const { shown, rest } = cut(all);
  const left = rest.reduce((total, change) => total + growth(change), 0);
  const summed = rest.length === 0 ? [] : [[`${rest.length} more`, paintGrowth(left, surface.paint)]];
  return formatTable(header, [...shown.map((change) => row(change, surface.paint)), ...summed], surface);
}

const sizeHeader = ["GREW BY", "FROM", "TO"];
const sizes = (change: Change, paint: Paint): readonly string[] => [
  paintGrowth(growth(change), paint),
  formatBytes(change.before),
  formatBytes(change.after),
];
const paintGrowth = (bytes: number, paint: Paint): string =>
  bytes === 0 ? formatGrowth(bytes) : paint(bytes > 0 ? "yellow" : "green", formatGrowth(bytes));

const pathRow = (change: PathChange, paint: Paint): readonly string[] => [
  visible(change.path),
  ...sizes(change, paint),
];
const packageRow = (change: PackageChange, paint: Paint): readonly string[] => [
  change.name,
  ...sizes(change, paint),
  versionsOf(change),
];

function versionsOf({ kind, versionBefore = "", versionAfter = "" }: PackageChange): string {
  if (kind === "added") return `${versionAfter} added`.trim();
  if (kind === "removed") return `${versionBefore} removed`.trim();
  return kind === "moved" ? `${versionBefore} → ${versionAfter}` : versionAfter;
}

/** One line more than is shown is shown too: a line that sums one up says less. */
function cut<T>(all: readonly T[]): { readonly shown: readonly T[]; readonly rest: readonly T[] } {
  const end = all.length <= mostLines + 1 ? all.length : mostLines;
  return { shown: all.slice(0, end), rest: all.slice(end) };
}

const sections = (title: string, tables: readonly string[]): string => [title, ...tables].join("\n\n");

/** What a program is told by `ingot size --json`: bytes everywhere, and of the files those that matter most. */
export function describeSize(image: Image, size: ImageSize, difference?: SizeDifference): object {
  return {
    id: image.id,
    reference: narrowestReference(image),
    ...size,
    files: size.files.slice(0, mostFilesOfJson),
    ...(difference === undefined
      ? {}
      : { difference: { ...difference, files: difference.files.slice(0, mostFilesOfJson) } }),
  };
}

/** `measured ingot/python:3.13.5-trixie: 44.4 MB, 16.4 MB compressed` */
export function formatTotal(image: Image, uncompressed: number, compressed: number): string {
  return `measured ${narrowestReference(image)}: ${formatBytes(uncompressed)}, ${formatBytes(compressed)} compressed`;
}

/** `python:3.11-bookworm is not built: run …` */
export function formatUnbuilt(image: Image, { width, paint }: Surface = unlimited): string {
  const name = paint("bold", narrowestReference(image));
  return paragraph(`${name} is not built: run \`ingot build "${image.language}:${image.tags[0]}"\``, width);
}
