/** What definitions and reports write sizes in: decimal units, as registries and engines do. */
const units: Readonly<Record<string, number>> = { kB: 1e3, MB: 1e6, GB: 1e9 };

/** Bytes of `47.4 MB`, `850 kB` or `2GB`, to the nearest; undefined if it is no size. */
export function parseBytes(text: string): number | undefined {
  const [, amount = "", unit = ""] = /^(\d{1,12}(?:\.\d{1,9})?) ?([kMG]B)$/.exec(text) ?? [];
  const bytes = Math.round(Number(amount) * (units[unit] ?? Number.NaN));
  return Number.isSafeInteger(bytes) && amount !== "" ? bytes : undefined;
}

/** `47.4 MB`, `12.3 kB`, `850 B`: one decimal, megabytes for all that is large. */
export function formatBytes(bytes: number): string {
  const size = Math.abs(bytes);
  if (size < 1000) return `${bytes} B`;
  // What would be rounded to 1000.0 kB is a megabyte.
  return size < 999_950 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** A difference: `+1.2 MB`, `-850 B`, `+0 B`. */
export function formatGrowth(bytes: number): string {
  return `${bytes < 0 ? "" : "+"}${formatBytes(bytes)}`;
}
