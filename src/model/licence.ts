import { licenceId, withException } from "./licence-names.js";
import { isExpression } from "./licence-syntax.js";

/** A licence in the words of SPDX 2.3, annex D. */
export interface Licence {
  /** `GPL-2.0-or-later AND LicenseRef-public-domain` */
  readonly expression: string;
  /** Each `LicenseRef-…` in it, and the words that it stands for: licences that SPDX has no name for. */
  readonly references: ReadonlyMap<string, string>;
}

// More is no licence, but somebody's prose or worse.
const longest = 4000;

/**
 * Reads the licence that a package declares: an SPDX expression as Alpine has it, or the short names of Debian's
 * machine-readable copyright files (`GPL-2+ with OpenSSL exception or Expat, and BSD-3-clause`), with commas alone for
 * "and". What is neither becomes a reference to itself. Undefined where nothing is said.
 */
export function parseLicence(text: string): Licence | undefined {
  const words = text.replace(/\s+/g, " ").trim().slice(0, longest);
  if (/^[ ,]*$/.test(words) || words.toUpperCase() === "NOASSERTION") return undefined;
  const references = new Map<string, string>();
  const expression = readList(words, references);
  if (isExpression(expression)) return { expression, references };
  const reference = referenceTo(words);
  return { expression: reference, references: new Map([[reference, words]]) };
}

type Operator = "AND" | "OR";

/** A comma binds less than the words do: `A or B, and C` is `(A or B) and C`. What is named again adds nothing. */
function readList(text: string, references: Map<string, string>): string {
  let result = "";
  let last: Operator | undefined;
  const seen = new Set<string>();
  for (const part of text.split(/ ?, ?/).filter((some) => some !== "")) {
    const [, word = "and", rest = ""] = /^(?:(and|or) )?(.*)$/i.exec(part) ?? [];
    const operator: Operator = word.toLowerCase() === "or" ? "OR" : "AND";
    const read = readChoice(rest, references);
    if (seen.has(read)) continue;
    seen.add(read);
    const before = last === operator ? result : bracketed(result, operator);
    result = result === "" ? read : `${before} ${operator} ${bracketed(read, operator)}`;
    last = seen.size === 1 ? undefined : operator;
  }
  return result;
}

const bracketed = (expression: string, operator: Operator): string =>
  expression.includes(operator === "AND" ? " OR " : " AND ") ? `(${expression})` : expression;

/** Names, `and`, `or` and brackets. */
function readChoice(text: string, references: Map<string, string>): string {
  return text
    .split(/( and | or |[()])/i)
    .map((token) => token.trim())
    .filter((token) => token !== "")
    .map((token) => (/^(?:and|or|[()])$/i.test(token) ? token.toUpperCase() : readName(token, references)))
    .join(" ")
    .replaceAll("( ", "(")
    .replaceAll(" )", ")");
}

function readName(text: string, references: Map<string, string>): string {
  const [, name = "", exception = ""] = /^(\S+?)[ -]with[ -](.+)$/i.exec(text) ?? [];
  const found = licenceId(text) ?? withException(licenceId(name), exception);
  if (found !== undefined) return found;
  const reference = referenceTo(text);
  references.set(reference, text);
  return reference;
}

/** SPDX has letters, digits, dots and hyphens in it: `LicenseRef-GPL-2plus-with-OpenSSL-exception`. */
function referenceTo(text: string): string {
  const words = text
    .replace(/^LicenseRef-/i, "")
    .replaceAll("+", "plus")
    .replace(/[^A-Za-z0-9.]+/g, "-")
    .replace(/^-|-$/g, "");
  return `LicenseRef-${words.slice(0, 100) || "unnamed"}`;
}
