import parseExpression from "spdx-expression-parse";

/** Whether SPDX has all the names in an expression, and it is written as its annex D says. */
export function isExpression(text: string): boolean {
  try {
    parseExpression(text);
    return true;
  } catch {
    return false;
  }
}
