import Handlebars from "handlebars";
import type { Diagnostic, Place } from "../model/diagnostic.js";
import { lineStartsOf, placeIn } from "./document.js";

export interface TemplateSource {
  readonly file: string;
  readonly text: string;
}

/** A template as a tree, or why it is none. */
export function parseTemplate(source: TemplateSource): hbs.AST.Program | readonly Diagnostic[] {
  try {
    // Without what else parsing does, as that calls itself for each level of a template that may be too deep.
    return Handlebars.parseWithoutProcessing(source.text);
  } catch (error) {
    return [syntaxComplaint(source, error)];
  }
}

/** Handlebars' names of what it did not expect, in words. */
const unexpected: Readonly<Record<string, string>> = {
  EOF: "a block is still open at the end of the file",
  INVALID: "a character that cannot stand here",
  CLOSE: "}} where a name should be, or fewer of them than of {{",
  OPEN: "{{ before the }} of the name before it",
  OPEN_ENDBLOCK: "the end of a block that was not opened",
  INVERSE: "an {{else}} that belongs to no block",
};

/** Handlebars says `Parse error on line 3:` and more, or has the line among the error's properties. */
function syntaxComplaint(source: TemplateSource, error: unknown): Diagnostic {
  const message = error instanceof Error ? error.message : String(error);
  const line = Number(/line (\d+)/.exec(message)?.[1] ?? (error as { lineNumber?: number }).lineNumber ?? 1);
  const [, token = ""] = /, got '([A-Z_]+)'$/.exec(message) ?? [];
  const [first = ""] = message.split("\n");
  const reason = unexpected[token] ?? (token === "" ? first.replace(/ - \d+:\d+$/, "") : `${token} cannot stand here`);
  return {
    rule: "template-syntax",
    message: `not well-formed Handlebars: ${reason}`,
    place: placeOfLines(source, { line, column: 0 }, { line: line + 1, column: 0 }),
  };
}

/** Handlebars counts lines from 1 and columns from 0, and takes a lone carriage return for the end of a line. */
export function placeOfLines({ file, text }: TemplateSource, start: hbs.AST.Position, end: hbs.AST.Position): Place {
  const starts = lineStartsOf(text, /\r\n?|\n/g);
  const offset = ({ line, column }: hbs.AST.Position) => (starts[line - 1] ?? text.length) + column;
  return placeIn(file, text, [offset(start), offset(end)], lineStartsOf(text));
}
