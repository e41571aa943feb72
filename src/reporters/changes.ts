import { formatBytes, formatGrowth } from "../model/bytes.js";
import type { Changes, PackageChanges } from "../model/changes.js";
import { type Surface, unlimited } from "./surface.js";
import { visible } from "./visible.js";
import { beside } from "./wrap.js";

/**
 * `ingot changes REF`: what is in an image that was not in the one before it. `name` is how the reader calls the image; all the rest
 * comes from a registry, and nothing of it reaches a terminal as more than text.
 */
export function formatImageChanges(name: string, changes: Changes, { width, paint }: Surface = unlimited): string {
  const { platform, previous, current, reasons, packages } = changes;
  const part = (word: string, text: string): string =>
    beside(`  ${paint("dim", word)}${" ".repeat("before  ".length - word.length)}`, visible(text), width);
  const title = visible(`${name}${platform === undefined ? "" : ` (${platform})`}`);
  return [
    `${paint("bold", title)}${visible(versionsOf(changes))}`,
    part("now", `${current.digest}${sizesOf(changes)}`),
    part("before", previous?.digest ?? "nothing: it is the first"),
    ...reasons.map((reason) => part("why", reason)),
    ...(packages === undefined ? unknown(changes) : packageLines(packages)).map(visible),
  ].join("\n");
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
export function packageLines({ added, removed, updated }: PackageChanges): readonly string[] {
  const rows = [
    ...added.map((each) => ({ ...each, sign: "+", what: each.version })),
    ...removed.map((each) => ({ ...each, sign: "-", what: each.version })),
    ...updated.map((each) => ({ ...each, sign: "~", what: `${each.from} → ${each.to}` })),
  ];
  if (rows.length === 0) return ["", "the packages are the same"];
  const names = nameApart(rows);
  const width = names.reduce((most, name) => Math.max(most, name.length), 0);
  return [
    "",
    ...rows.map(({ sign, what }, index) => `${sign} ${(names[index] ?? "").padEnd(width)}  ${what}`),
    "",
    `${added.length} added, ${removed.length} removed, ${updated.length} updated`,
  ];
}

/** `libc6`; `libc6:i386` where another line is about the package of that name for another machine. */
function nameApart(rows: readonly { readonly name: string; readonly architecture?: string }[]): readonly string[] {
  const machines = new Map<string, Set<string>>();
  for (const { name, architecture = "any" } of rows)
    machines.set(name, (machines.get(name) ?? new Set()).add(architecture));
  return rows.map(({ name, architecture = "any" }) =>
    (machines.get(name)?.size ?? 0) > 1 ? `${name}:${architecture}` : name,
  );
}
