import type { Image, Pair } from "./image.js";
import type { Platform } from "./platform.js";
import { imageKey } from "./report.js";
import type { Sizes } from "./sizes.js";

/** About how many seconds the tasks of a run take: for their order, and for equal shares. Nothing that is made depends on it. */
export interface Costs {
  readonly build: (image: Image, platform?: Platform) => number;
  readonly test: (pair: Pair, platform?: Platform) => number;
  /** To pull a distribution's own image, or make it. */
  readonly provide: number;
  readonly publish: number;
}

/** How long it took the last time, in milliseconds, by image key: of an image to build it, of a pair to test it. */
export interface Durations {
  readonly build: ReadonlyMap<string, number>;
  readonly test: ReadonlyMap<string, number>;
}

export interface CostSources {
  /** What was measured and committed. */
  readonly sizes: Sizes;
  /** What this machine remembers, which is better; absent where the answer must be the same everywhere. */
  readonly durations?: { readonly known: Durations; readonly host: Platform };
}

// From a cold run over all 118 images on Debian on 2 cores, by least squares: seconds, and seconds for each MB of files.
const dev = { start: 23, perMegabyte: 0.064 };
const others = { start: 6.5, perMegabyte: 0.12 };
const test = { start: 20, perMegabyte: 0.03 };
/** Of an image that is only a Dockerfile over another. */
const nothingMade = 1;
/** MB of files for each package in a list, with what it depends on, and what compilers and headers come to: on average of the same images. */
const perPackage = 25;
const perDev = 130;
const [provide, publish] = [12, 5];
/** Builds of another machine's platform take about as many times as long. */
const emulation = 6;

/** Costs by durations as far as there are any, else by sizes, else by the number of packages. */
export function estimateCosts(images: readonly Image[], { sizes, durations }: CostSources): Costs {
  const measured = new Map(Object.entries(sizes));
  const byId = new Map<string, Image>(images.map((image) => [image.id, image]));
  const parentOf = ({ parent }: Image): Image | undefined =>
    parent.kind === "image" ? byId.get(parent.id) : undefined;
  /** MB of all files. */
  const weigh = (image: Image): number => {
    const known = measured.get(image.id);
    if (known !== undefined) return known.uncompressed / 1e6;
    const parent = parentOf(image);
    return guess(image) + (parent === undefined ? 0 : weigh(parent));
  };
  const estimateBuild = (image: Image): number => {
    if (image.packages.length + image.artifacts.length === 0) return nothingMade;
    const parent = parentOf(image);
    const rate = image.variant === "dev" ? dev : others;
    return rate.start + rate.perMegabyte * Math.max(0, weigh(image) - (parent === undefined ? 0 : weigh(parent)));
  };
  const estimateTest = ({ images: own }: Pair): number =>
    test.start + test.perMegabyte * own.reduce((total, image) => total + weigh(image), 0);
  const remembered =
    <T extends { readonly id: string }>(stage: keyof Durations, estimate: (subject: T) => number) =>
    (subject: T, platform?: Platform): number => {
      const foreign = platform === durations?.host ? undefined : platform;
      const known = durations?.known[stage].get(imageKey(subject.id, foreign));
      return known === undefined ? estimate(subject) * (foreign === undefined ? 1 : emulation) : known / 1000;
    };
  return { build: remembered("build", estimateBuild), test: remembered("test", estimateTest), provide, publish };
}

const guess = ({ variant, packages, artifacts }: Image): number =>
  packages.length + artifacts.length === 0
    ? 0
    : perPackage * (packages.length + artifacts.length) + (variant === "dev" ? perDev : 0);
