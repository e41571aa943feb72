import { Composer, type CST, type Document, Parser } from "yaml";

/** Offsets from the start of a text; the end is not part of it. */
export type Range = readonly [start: number, end: number];

export interface ParsedYaml {
  /** Absent where the text is nested too deeply to make one. */
  readonly document?: Document.Parsed;
  readonly errors: readonly { readonly pos: Range; readonly message: string }[];
}

// Far more than any schema here has. Composing calls itself for each level, and some thousands of them end the process.
const deepest = 50;

/** Parses a text that holds one document. */
export function parseYaml(text: string): ParsedYaml {
  const tokens = [...new Parser().parse(text)];
  const deep = tokens.map((token) => tooDeep(token, 0)).find((offset) => offset !== undefined);
  if (deep !== undefined) return { errors: [{ pos: [deep, deep + 1], message: `nested more than ${deepest} deep` }] };
  const composer = new Composer({ prettyErrors: false, logLevel: "error" });
  // There is at least one, as asked for.
  const [document, second] = [...composer.compose(tokens, true, text.length)] as [Document.Parsed, Document.Parsed?];
  const start = second?.range[0] ?? 0;
  const further = { pos: [start, start] as const, message: "a second document begins here: a file has one" };
  // A warning is of a tag that is not known: what is written is not what would be read.
  return { document, errors: [...document.errors, ...document.warnings, ...(second === undefined ? [] : [further])] };
}

/** The offset of the first thing that is nested too deeply. */
function tooDeep(token: CST.Token | null | undefined, depth: number): number | undefined {
  if (token == null) return undefined;
  if (depth > deepest) return token.offset;
  if (token.type === "document") return tooDeep(token.value, depth);
  if (!("items" in token)) return undefined;
  for (const { key, value } of token.items) {
    const offset = tooDeep(key, depth + 1) ?? tooDeep(value, depth + 1);
    if (offset !== undefined) return offset;
  }
  return undefined;
}
