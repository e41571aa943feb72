import { type Environment, type Paint, paintFor, unpainted } from "./paint.js";

/** What text is written on. */
export interface Surface {
  /** Columns of a line; infinite where lines are not wrapped. */
  readonly width: number;
  readonly paint: Paint;
}

/** A file, or another program: the same lines whatever the window, for grep and awk. */
export const unlimited: Surface = { width: Number.POSITIVE_INFINITY, paint: unpainted };

interface Stream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** Of a terminal that does not say how wide it is. */
const usualColumns = 80;
const leastColumns = 20;

/** How wide text is, and which colours it has: as suits where a stream goes. */
export function surfaceFor(env: Environment, { isTTY = false, columns = 0 }: Stream): Surface {
  return { width: isTTY ? widthOf(columns) : Number.POSITIVE_INFINITY, paint: paintFor(env, isTTY) };
}

/** A column less than the window has: terminals differ in what they do after the last. */
const widthOf = (columns: number): number => Math.max(leastColumns, columns < 1 ? usualColumns : columns) - 1;
