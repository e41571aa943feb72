import cliTruncate from "cli-truncate";
import stringWidth from "string-width";
import wrapAnsi from "wrap-ansi";

/** Columns below which text does not stand beside its name, but goes on below it. */
const leastRoom = 16;

/**
 * The lines of a text, none wider than so many columns but for what is in one piece: a word, such as a reference or a path, and a
 * command in backticks. Who copies one has the whole of it.
 */
export function wrap(text: string, width: number): readonly string[] {
  if (stringWidth(text) <= width) return [text];
  const whole = text.replace(/`[^`\n]*`/g, (command) => command.replaceAll(" ", "\u00a0"));
  return wrapAnsi(whole, Math.max(1, width)).replaceAll("\u00a0", " ").split("\n");
}

/** A text that is wrapped where there is no room for it, with its further lines set in: by so many columns more than the first. */
export function paragraph(text: string, width: number, further = 2): string {
  if (stringWidth(text) <= width) return text;
  const margin = /^ */.exec(text)?.[0] ?? "";
  const [first = "", ...others] = wrap(text.slice(margin.length), width - margin.length - further);
  return [margin + first, ...others.map((line) => `${margin}${" ".repeat(further)}${line}`)].join("\n");
}

/** `  tags      3.13.5-trixie 3.13-trixie`: a text beside its name, and all its lines below each other. */
export function beside(name: string, text: string, width: number): string {
  const indent = stringWidth(name);
  if (width - indent < leastRoom) return paragraph(`${name}${text}`, width);
  return wrap(text, width - indent)
    .map((line, index) => (index === 0 ? name : " ".repeat(indent)) + line)
    .join("\n");
}

/** As much of a line as a width has room for; where something is missing, there is "…". */
export function cut(text: string, width: number, position: "end" | "middle" | "start" = "end"): string {
  const short = cliTruncate(text, Math.max(1, width), { position });
  // Where a wide character lies on the edge, the library gives a column too many.
  return stringWidth(short) <= Math.max(1, width) ? short : cut(text, width - 1, position);
}
