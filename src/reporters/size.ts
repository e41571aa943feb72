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
import { formatTable } from "./table.js";
import { visible } from "./visible.js";

/** Lines of a list that show where the bytes are; what is left is summed up in one more. */
const mostLines = 15;
const mostFilesOfJson = 100;

/** `ingot size SELECTOR`: an image by layer, package, folder and file. */
export function formatImageSize(name: string, size: ImageSize): string {
  const { uncompressed, compressed, layers, packages, folders, files } = size;
  const { shown, rest } = cut(packages);
  return sections(`${name}: ${formatBytes(uncompressed)}, ${formatBytes(compressed)} compressed`, [
    formatTable(
      ["LAYER", "COMPRESSED", "SIZE"],
      layers.map((each) => [
        each.digest.slice(0, "sha256:".length + 12),
        formatBytes(each.compressed),
        formatBytes(each.uncompressed),
      ]),
    ),
    formatTable(
      ["PACKAGE", "SIZE", "VERSION"],
      [
        ...shown.map((each) => [each.name, formatBytes(each.bytes), each.version ?? ""]),
        ...(rest.length === 0 ? [] : [[`${rest.length} more`, formatBytes(sum(rest))]]),
      ],
    ),
    formatTable(
      ["FOLDER (without the others named here)", "SIZE"],
      folders.map((each) => [visible(each.path), formatBytes(each.bytes)]),
    ),
    formatTable(["FILE", "SIZE", "PACKAGE"], files.slice(0, mostLines).map(fileRow)),
  ]);
}

const fileRow = (file: FileSize): readonly string[] => [visible(file.path), formatBytes(file.bytes), file.package];

/** `ingot size SELECTOR --against REF`: what the image has more and less than the other. */
export function formatSizeDifference(name: string, other: string, difference: SizeDifference): string {
  const { uncompressed, compressed, packages, folders, files } = difference;
  const title = `${name} against ${other}: ${formatChange(uncompressed)}; ${formatChange(compressed)} compressed`;
  if (packages.length === 0 && files.length === 0) return `${title}\n\nno package and no file is of another size`;
  return sections(title, [
    changes(["PACKAGE", "GREW BY", "FROM", "TO", "VERSION"], packages, packageRow),
    changes(["FOLDER (without the others named here)", "GREW BY", "FROM", "TO"], folders, pathRow),
    changes(["FILE", "GREW BY", "FROM", "TO"], files, pathRow),
  ]);
}

const formatChange = (change: Change): string => {
  const share = change.before === 0 ? "" : ` (${Math.round((change.after / change.before) * 100)} %)`;
  return `${formatGrowth(growth(change))} to ${formatBytes(change.after)}${share}`;
};

function changes<T extends Change>(
  header: readonly string[],
  all: readonly T[],
  row: (change: T) => readonly string[],
): string {
  const { shown, rest } = cut(all);
  const left = rest.reduce((total, change) => total + growth(change), 0);
  return formatTable(header, [
    ...shown.map(row),
    ...(rest.length === 0 ? [] : [[`${rest.length} more`, formatGrowth(left)]]),
  ]);
}

const sizes = (change: Change): readonly string[] => [
  formatGrowth(growth(change)),
  formatBytes(change.before),
  formatBytes(change.after),
];
const pathRow = (change: PathChange): readonly string[] => [visible(change.path), ...sizes(change)];
const packageRow = (change: PackageChange): readonly string[] => [change.name, ...sizes(change), versionsOf(change)];

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
export function formatUnbuilt(image: Image): string {
  return `${narrowestReference(image)} is not built: run \`ingot build "${image.language}:${image.tags[0]}"\``;
}
