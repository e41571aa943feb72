import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type Node,
  type Pair,
  Parser,
} from "yaml";
import type { RuleId } from "../model/rules.js";

/** Offsets from the start of a text; the end is not part of it. */
export type Range = readonly [start: number, end: number];

export interface ParsedYaml {
  /** Absent where the text is nested too deeply to make one. */
  readonly document?: Document.Parsed;
  readonly errors: readonly { readonly pos: Range; readonly message: string }[];
}

// Far more than any schema here has. Parsers call themselves for each level, and some thousands of them end the process.
const deepest = 50;

// Keys that are there twice are found with their values: comparing each with each takes long for a long lock.
const options = { schema: "core", uniqueKeys: false, prettyErrors: false, logLevel: "error" } as const;

/** Parses a text that holds one document. */
export function parseYaml(text: string): ParsedYaml {
  const tokens = parseTokens(text);
  if (typeof tokens === "number")
    return { errors: [{ pos: [tokens, tokens + 1], message: `nested more than ${deepest} deep` }] };
  const composer = new Composer(options);
  // There is at least one, as asked for.
  const [document, second] = [...composer.compose(tokens, true, text.length)] as [Document.Parsed, Document.Parsed?];
  const start = second?.range[0] ?? 0;
  const further = { pos: [start, start] as const, message: "a second document begins here: a file has one" };
  // A warning is of a tag that is not known: what is written is not what would be read.
  return { document, errors: [...document.errors, ...document.warnings, ...(second === undefined ? [] : [further])] };
}

/** The syntax tree; or the offset of the first thing that is nested too deeply. */
function parseTokens(text: string): readonly CST.Token[] | number {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    if (parser.stack.length > deepest) return parser.offset;
  }
  tokens.push(...parser.end());
  return tokens;
}

export type Complain = (rule: RuleId, range: Range, message: string) => void;

/** The plain value of a node. Complains of aliases, and of keys that are no names or are there twice. */
export function plainValue(node: Node | null, complain: Complain): unknown {
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return node.items.map((item) => plainValue(item as Node, complain));
  if (isMap(node)) return recordOf(node.items as readonly KeyAndValue[], complain);
  // An alias would let one place of the file stand for many, and no complaint could point at the right one.
  if (isAlias(node)) complain("yaml-syntax", rangeOf(node), "aliases are not supported: write the value out");
  return null;
}

type KeyAndValue = Pair<Node, Node | null>;

function recordOf(pairs: readonly KeyAndValue[], complain: Complain): Readonly<Record<string, unknown>> {
  const record: Record<string, unknown> = {};
  for (const { key, value } of pairs) {
    const complaint = keyComplaint(key);
    if (complaint !== undefined) complain(complaint.rule, rangeOf(key), complaint.message);
    const content = plainValue(value, complain);
    if (!isScalar(key) || key.value === "__proto__") continue;
    const name = String(key.value);
    const [start] = rangeOf(key);
    if (Object.hasOwn(record, name)) complain("yaml-syntax", [start, start + 1], "Map keys must be unique");
    record[name] = content;
  }
  return record;
}

function keyComplaint(key: Node): { rule: RuleId; message: string } | undefined {
  if (isScalar(key) && key.value === "__proto__")
    return { rule: "unknown-key", message: '"__proto__" cannot be a key' };
  if (isScalar(key) && typeof key.value === "string") return undefined;
  if (!isScalar(key) || key.source === undefined || key.source === "")
    return { rule: "wrong-type", message: "a key must be a name" };
  const became = String(key.value);
  const reads = became === key.source ? `a ${typeof key.value}` : became;
  return { rule: "unquoted-version", message: `write "${key.source}" in quotes, or YAML reads ${reads}` };
}

export function rangeOf(node: Node): Range {
  const [start, end] = node.range ?? [0, 1];
  return [start, end];
}
