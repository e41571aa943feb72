import stringWidth from "string-width";
import { type Diagnostic, type Place, sortDiagnostics } from "../model/diagnostic.js";
import type { Failure } from "../model/failure.js";
import { type Surface, unlimited } from "./surface.js";
import { visible, visibleLine } from "./visible.js";
import { cut, paragraph } from "./wrap.js";

/** Of the lines of a message behind its first: more than a source line is set in. */
const further = 4;

/** Every mistake once, by its place, and how many there are. What shows its place has room around it; what is one line stands with its like. */
export function formatComplaints(diagnostics: readonly Diagnostic[], surface: Surface = unlimited): string {
  const sorted = sortDiagnostics(diagnostics);
  const texts = sorted.map((each, index) => {
    const hasRoom = each.place !== undefined || sorted[index - 1]?.place !== undefined;
    return `${index > 0 && hasRoom ? "\n" : ""}${formatDiagnostic(each, surface)}`;
  });
  const count = `${sorted.length} ${sorted.length === 1 ? "mistake" : "mistakes"}`;
  return `${texts.join("\n")}\n\n${paragraph(`${count}; docs/rules/ explains each by its name.`, surface.width)}`;
}

/** `languages/python.yaml:7:3 unquoted-version: write "3.10" in quotes`, then the line with the text underlined. */
export function formatDiagnostic({ rule, message, place, file }: Diagnostic, surface: Surface = unlimited): string {
  const { width, paint } = surface;
  const where = place === undefined ? file : `${place.file}:${place.line}:${place.column}`;
  const head = `${where === undefined ? "" : `${paint("bold", where)} `}${paint("red", rule)}: ${message}`;
  return [paragraph(head, width, further), ...(place === undefined ? [] : formatPlace(place, surface))].join("\n");
}

/** The source line, as much of it as there is room for, and below it what marks the place. */
function formatPlace(place: Place, { width, paint }: Surface): readonly string[] {
  const number = String(place.line);
  const gutter = (text: string): string => paint("dim", `  ${text.padStart(number.length)} | `);
  const { before, marked, after } = excerpt(place, width - number.length - "   | ".length);
  // Tabs stay tabs in the margin, so that the underline stands under its text whatever their width.
  const margin = before.replace(/[^\t]+/g, (text) => " ".repeat(stringWidth(text)));
  const underline = "~".repeat(Math.max(1, widthOf(marked)));
  return [`${gutter(number)}${before}${marked}${after}`, `${gutter("")}${margin}${paint("red", underline)}`];
}

interface Excerpt {
  readonly before: string;
  readonly marked: string;
  readonly after: string;
}

/** With less than a third of the width before the place, so that the place itself is to be seen. */
function excerpt({ text, column, length }: Place, width: number): Excerpt {
  const shown = text.split("\t").map(visible).join("\t");
  const parts = [shown.slice(0, column - 1), shown.slice(column - 1, column - 1 + length)] as const;
  const [before, marked, after] = [...parts, shown.slice(column - 1 + length)];
  // What marks the end of a line stands behind it.
  if (stringWidth(`${shown.replaceAll("\t", widestTab)}${marked === "" ? " " : ""}`) <= width)
    return { before, marked, after };
  const [start, middle, end] = [before, marked, after].map((part) => part.replaceAll("\t", "  ")) as [
    string,
    string,
    string,
  ];
  const lead = cut(start, Math.max(Math.floor(width / 3), width - Math.max(1, stringWidth(middle + end))), "start");
  const rest = cut(middle + end, width - stringWidth(lead));
  return { before: lead, marked: rest.slice(0, middle.length), after: rest.slice(middle.length) };
}

const widestTab = " ".repeat(8);
/** A tab is underlined as one character. */
const widthOf = (text: string): number => stringWidth(text.replaceAll("\t", " "));

/** Lines of a tool's output that a failure shows. */
const shownLines = 20;

/** What the tool said last, as it said it, then what failed. */
export function formatFailure(
  { log, message }: Pick<Failure, "log" | "message">,
  surface: Surface = unlimited,
): string {
  const { width, paint } = surface;
  const [first = "", ...others] = message.split("\n").map(visibleLine);
  return [
    ...log.slice(-shownLines).map((line) => `${paint("dim", "  |")} ${visibleLine(line)}`),
    ...[`${paint("red", "ingot:")} ${first}`, ...others].map((line) => paragraph(line, width, further)),
  ].join("\n");
}
