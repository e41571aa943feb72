/**
 * The patterns of microroot's rules: `*` stands for anything but `/`, `**` for anything, and what is below a path goes
 * with it. They are microroot's own because the same line is read by its shell script.
 */
export function matchesPattern(pattern: string): (path: string) => boolean {
  const source = pattern
    .split("**")
    .map((part) => part.split("*").map(escaped).join("[^/]*"))
    .join(".*");
  const expression = new RegExp(`^${source}(/|$)`);
  return (path) => expression.test(path);
}

export function matchesAny(patterns: readonly string[]): (path: string) => boolean {
  const matchers = patterns.map(matchesPattern);
  return (path) => matchers.some((matches) => matches(path));
}

const escaped = (text: string): string => text.replace(/[\\^$.|?+()[\]{}]/g, "\\$&");

/** The paths that microroot's rules give for a kind, from lines of `KIND PATH REASON`. */
export function pathsOfKind(rules: string, kind: string): readonly string[] {
  return rules
    .split("\n")
    .map((line) => line.split(/\s+/))
    .flatMap(([first, path]) => (first === kind && path !== undefined && path !== "" ? [path] : []));
}
