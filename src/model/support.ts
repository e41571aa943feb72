import type { Ended } from "./lock.js";

/** When support of a release line ends: a date, false where no end is set, true where it ended on no day that is known; absent where nothing is known. */
export interface Ends {
  readonly upstream?: string | boolean;
  readonly distribution?: string | boolean;
}

/** Where a release line stands in its release cycle, by the lock. */
export interface Support {
  /** Upstream's end of life: a date, or absent where none is known. */
  readonly upstream?: string;
  /** The distribution's. */
  readonly distribution?: string;
  /** The date from which the line is a long-term support line. */
  readonly lts?: string;
  /** Who no longer supported it when the lock was made. */
  readonly ended?: Ended;
}

/** Who supports a line no longer on a day; "both" where one has ended and the other is not known to go on. */
export function endedOn(today: string, { upstream, distribution }: Ends): Ended | "both" | undefined {
  const hasEnded = (end: Ends["upstream"]): boolean => end === true || (typeof end === "string" && end < today);
  const goesOn = (end: Ends["upstream"]): boolean => end !== undefined && !hasEnded(end);
  if (hasEnded(upstream)) return goesOn(distribution) ? "upstream" : "both";
  if (hasEnded(distribution)) return goesOn(upstream) ? "distribution" : "both";
  return undefined;
}

/** `2029-10-31`; `upstream ended 2026-04-30, trixie until 2030-06-30` where the line is marked; empty where nothing is known. */
export function formatSupport({ upstream, distribution, ended }: Support, name: string): string {
  if (ended === undefined) return upstream ?? distribution ?? "";
  const [gone, goesOn] = ended === "upstream" ? ["upstream", name] : [name, "upstream"];
  const [end, until] = ended === "upstream" ? [upstream, distribution] : [distribution, upstream];
  return `${gone} ended${end === undefined ? "" : ` ${end}`}, ${goesOn} ${until === undefined ? "goes on" : `until ${until}`}`;
}
