import { type Surface, unlimited } from "./surface.js";
import { paragraph } from "./wrap.js";

/** Help, or a complaint about the command line, as its parser words it. */
export function formatHelp(text: string, { width, paint }: Surface = unlimited): string {
  return text
    .split("\n")
    .map((line) => paragraph(line, width, 0))
    .join("\n")
    .replace(/^(?:Usage|Arguments|Options|Commands):/gm, (head) => paint("bold", head))
    .replace(/^error:/gm, (head) => paint("red", head));
}
