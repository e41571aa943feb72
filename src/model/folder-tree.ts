/** Something at an absolute path that weighs something, such as a file and its bytes. */
export interface Weighed {
  /** `/usr/lib/libc.so.6` */
  readonly path: string;
  readonly weight: number;
}

/** Lines that a reader takes in at a glance. */
const mostFolders = 15;
/** Of the whole: what weighs less is not worth a line. */
const leastShare = 0.002;

/**
 * The folders that say best where the weight is: about fifteen, the heaviest first taken out of those above them. `/` is
 * always one. Together they cover everything, where each path counts for the nearest of them.
 */
export function chooseFolders(things: readonly Weighed[]): readonly string[] {
  const weights = weighFolders(things);
  const least = leastShare * (weights.get("/") ?? 0);
  const chosen = new Set(["/"]);
  const left = new Map([["/", weights.get("/") ?? 0]]);
  const heaviest = [...weights].filter(([, weight]) => weight >= least).sort(byWeight);
  // A folder is as heavy as any below it, so that those above come first; they count while something is left in them.
  for (const [folder, weight] of heaviest) {
    if ([...left.values()].filter((rest) => rest >= least).length >= mostFolders) break;
    if (chosen.has(folder)) continue;
    const above = nearestFolder(folder, chosen);
    left.set(above, (left.get(above) ?? 0) - weight);
    left.set(folder, weight);
    chosen.add(folder);
  }
  return [...left].filter(([folder, rest]) => folder === "/" || rest >= least).map(([folder]) => folder);
}

/** The folder among some, `/` being one of them, that a path is in or is. */
export function nearestFolder(path: string, folders: ReadonlySet<string>): string {
  return foldersAbove(path).find((folder) => folders.has(folder)) ?? "/";
}

function weighFolders(things: readonly Weighed[]): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const { path, weight } of things)
    for (const folder of foldersAbove(path)) weights.set(folder, (weights.get(folder) ?? 0) + weight);
  return weights;
}

/** From the nearest: `/usr/lib`, `/usr`, `/` for `/usr/lib/x`. */
function foldersAbove(path: string): readonly string[] {
  const steps = path.split("/").slice(1, -1);
  return steps.map((_, index) => `/${steps.slice(0, steps.length - index).join("/")}`).concat("/");
}

const byWeight = ([pathA, a]: readonly [string, number], [pathB, b]: readonly [string, number]): number =>
  b - a || pathA.length - pathB.length || (pathA < pathB ? -1 : 1);
