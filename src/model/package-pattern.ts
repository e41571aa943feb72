/** Whether a package goes by a name in which `*` stands for anything. Not by a regular expression: many `*` would take it long. */
export function matchesPackage(pattern: string, name: string): boolean {
  const [start = "", ...middle] = pattern.split("*");
  const end = middle.pop();
  if (end === undefined) return name === pattern;
  if (!name.startsWith(start) || !name.endsWith(end)) return false;
  let position = start.length;
  for (const part of middle) {
    const found = name.indexOf(part, position);
    if (found === -1) return false;
    position = found + part.length;
  }
  return position <= name.length - end.length;
}

/** Why a package is in the lists: of the patterns that match it, the one that says most of its name. */
export function reasonFor(reasons: Readonly<Record<string, string>>, name: string): string | undefined {
  const said = (pattern: string): number => pattern.replaceAll("*", "").length + (pattern.includes("*") ? 0 : 1);
  return Object.entries(reasons)
    .filter(([pattern]) => matchesPackage(pattern, name))
    .sort(([a], [b]) => said(b) - said(a) || (a < b ? -1 : 1))[0]?.[1];
}
