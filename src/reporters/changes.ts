import { formatBytes, formatGrowth } from "../model/bytes.js";
import type { Changes, PackageChanges } from "../model/changes.js";
import { visible } from "./visible.js";

/**
 * `ingot changes REF`: what is in an image that was not in the one before it. `name` is how the reader calls the image; all the rest
 * comes from a registry, and nothing of it reaches a terminal as more than text.
 */
export function formatImageChanges(name: string, changes: Changes): string {
  const { platform, previous, current, reasons, packages } = changes;
  const lines = [
    `${name}${platform === undefined ? "" : ` (${platform})`}${versionsOf(changes)}`,
    `  now     ${current.digest}${sizesOf(changes)}`,
    `  before  ${previous?.digest ?? "nothing: it is the first"}`,
    ...reasons.map((reason) => `  why     ${reason}`),
    ...(packages === undefined ? unknown(changes) : packageLines(packages)),
  ];
  return lines.map(visible).join("\n");
}

function versionsOf({ previous, current }: Changes): string {
  const [from, to] = [previous?.version, current.version];
  if (to === undefined) return "";
  return from === undefined || from === to ? ` ${to}` : ` ${from} → ${to}`;
}

function sizesOf({ previous, current }: Changes): string {
  if (current.size === undefined) return "";
  const growth = previous?.size === undefined ? "" : ` (${formatGrowth(current.size - previous.size)})`;
  return `, ${formatBytes(current.size)} compressed${growth}`;
}

const unknown = ({ previous }: Changes): readonly string[] =>
  previous === undefined ? [] : ["", "nobody recorded what was in the image before"];

/** One line for each package, in columns; the sign says what became of it. */
function packageLines({ added, removed, updated }: PackageChanges): readonly string[] {
  const all = [...added, ...removed, ...updated];
  if (all.length === 0) return ["", "the packages are the same"];
  const named = (each: (typeof all)[number]): string =>
    all.some((other) => other.name === each.name && other.architecture !== each.architecture)
      ? `${each.name}:${each.architecture ?? "any"}`
      : each.name;
  const width = Math.max(...all.map((each) => named(each).length));
  const line = (sign: string, each: (typeof all)[number], what: string): string =>
    `${sign} ${named(each).padEnd(width)}  ${what}`;
  return [
    "",
    ...added.map((each) => line("+", each, each.version)),
    ...removed.map((each) => line("-", each, each.version)),
    ...updated.map((each) => line("~", each, `${each.from} → ${each.to}`)),
    "",
    `${added.length} added, ${removed.length} removed, ${updated.length} updated`,
  ];
}
