/** A command line as far as it is typed. */
export interface TypedLine {
  /** Whole words, without their quotes; the program's name comes first. */
  readonly words: readonly string[];
  /** The word at the cursor, as much of it as is typed; empty where a new one begins. */
  readonly current: string;
  /** Whether that word began with a quote. */
  readonly isQuoted: boolean;
}

/** Words between spaces, with quotes and backslashes as all shells have them: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02 */
export function parseTyped(line: string): TypedLine {
  const words = [...line.matchAll(/(?:[^\s'"\\]|\\.?|'[^']*(?:'|$)|"(?:[^"\\]|\\.)*(?:"|$))+/gs)];
  const last = words.at(-1);
  const isOpen = last !== undefined && last.index + last[0].length === line.length;
  const typed = isOpen ? last[0] : "";
  return {
    words: (isOpen ? words.slice(0, -1) : words).map(([word]) => unquote(word)),
    current: unquote(typed),
    isQuoted: /^['"]/.test(typed),
  };
}

const unquote = (word: string): string =>
  word.replace(
    /\\(.?)|'([^']*)'?|"((?:[^"\\]|\\.)*)"?/gs,
    (_, escaped?: string, single?: string, double?: string) =>
      escaped ?? single ?? double?.replace(/\\(["\\$`])/g, "$1") ?? "",
  );
