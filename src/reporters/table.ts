import stringWidth from "string-width";
import { type Surface, unlimited } from "./surface.js";
import { paragraph, wrap } from "./wrap.js";

type Row = readonly string[];

/** Columns between two cells. */
const gap = 2;
/** Of a column that is wrapped: a narrower one would be a heap of words. */
const leastWrapped = 20;
/** Of a last column that stands below its row. */
const indent = 4;

/**
 * Columns of text, each as wide as its widest cell, the last one free. In a window that is too narrow for that, long cells are wrapped; in a
 * narrower one the last column stands below its row, and in one that has no room even for the others they stand behind each other.
 */
export function formatTable(header: Row, rows: readonly Row[], { width, paint }: Surface = unlimited): string {
  const all = [header.map((cell) => (cell === "" ? "" : paint("bold", cell))), ...rows];
  const widest = header.map((_, column) => Math.max(...all.map((row) => stringWidth(row[column] ?? ""))));
  const widths = shareOut(widest, width);
  if (widths !== undefined) return all.flatMap((row) => setRow(row, widths)).join("\n");
  const last = header.length - 1;
  const others = shareOut(widest.slice(0, last), width);
  return all
    .flatMap((row) => {
      const cells = row.slice(0, last);
      const lines = others === undefined ? [setBehindEachOther(cells, width)] : setRow(cells, others);
      return [...lines, ...setBelow(row[last] ?? "", width)];
    })
    .join("\n");
}

/** How wide columns are: those that need little have it, and the others share the rest; undefined where that is too little. */
function shareOut(widest: readonly number[], width: number): readonly number[] | undefined {
  const widths = [...widest];
  const narrowFirst = widest.map((wanted, column) => ({ wanted, column })).sort((a, b) => a.wanted - b.wanted);
  let room = width - gap * (widest.length - 1);
  for (const [index, { wanted, column }] of narrowFirst.entries()) {
    const share = Math.floor(room / (widest.length - index));
    if (wanted > share && share < leastWrapped) return undefined;
    widths[column] = Math.min(wanted, share);
    room -= Math.min(wanted, share);
  }
  return widths;
}

/** The lines of a row. A word that is wider than its column has a line for itself, and the columns after it are below. */
function setRow(row: Row, widths: readonly number[]): readonly string[] {
  const lines = [""];
  let [top, left] = [0, 0];
  for (const [column, width] of widths.entries()) {
    const parts = wrap(row[column] ?? "", width).filter((part) => part !== "");
    const isTooWide = parts.some((part) => stringWidth(part) > width);
    if (isTooWide && column > 0) top = lines.length;
    for (const [index, part] of parts.entries()) lines[top + index] = pad(lines[top + index] ?? "", left) + part;
    if (isTooWide) top = lines.length;
    left += width + gap;
  }
  return lines.map((line) => line.trimEnd());
}

const setBehindEachOther = (row: Row, width: number): string =>
  paragraph(row.filter((cell) => cell !== "").join(" ".repeat(gap)), width, indent);

const setBelow = (cell: string, width: number): readonly string[] =>
  cell === "" ? [] : wrap(cell, width - indent).map((line) => " ".repeat(indent) + line);

const pad = (text: string, width: number): string => text + " ".repeat(Math.max(0, width - stringWidth(text)));

/** `850 ms`, `12.3 s`, `4 min 10 s` */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${ms} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
