import { stripVTControlCharacters } from "node:util";

/** Others chose this text, and it goes to a terminal: what would control one is shown as "�". */
export const visible = (text: string): string => text.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, "�");

/** A line that another program wrote for a terminal: without its colours, and as it stood when a progress bar in it was last drawn. */
export function visibleLine(line: string): string {
  const drawn = stripVTControlCharacters(line).trimEnd().split("\r").at(-1) ?? "";
  return visible(drawn.replaceAll("\t", "    "));
}
