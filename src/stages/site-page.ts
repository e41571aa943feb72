import type { Shape, ShapeOf } from "../support/template.js";

/** What every page of the site may place around its content. */
export interface PageView {
  /** Of the window: `python · Ingot reference catalog` */
  readonly title: string;
  readonly description: string;
  /** The catalog's. */
  readonly catalog: string;
  /** From the page to the site's folder: empty, or `../` */
  readonly root: string;
  /** The day of the newest thing on the site: `2026-11-21` */
  readonly date: string;
  /** "page" for the page that a reader is on, by what the navigation has. */
  readonly here: { readonly languages: string; readonly packages: string };
}

export const pageShape = {
  title: true,
  description: true,
  catalog: true,
  root: true,
  date: true,
  here: { languages: true, packages: true },
} as const satisfies ShapeOf<PageView> & Shape;

/** A chart of bars: each has a line for its name and one for its bar. Lengths are in per cent of the chart's width. */
export interface BarsView {
  readonly label: string;
  /** Pixels. */
  readonly height: string;
  readonly bars: readonly {
    readonly name: string;
    /** `ingot`, `plain` or `distroless` */
    readonly kind: string;
    readonly value: string;
    readonly width: string;
    /** Pixels from the top: the baseline of the text, and the top of the bar. */
    readonly text: string;
    readonly top: string;
  }[];
}

export const barsShape = {
  label: true,
  height: true,
  bars: [{ name: true, kind: true, value: true, width: true, text: true, top: true }],
} as const satisfies ShapeOf<BarsView> & Shape;

/** A chart of sizes over time, of one image. Places are in per cent of the chart, 0 0 at its top left. */
export interface TrendView {
  readonly name: string;
  readonly label: string;
  /** `2,80 98,20` */
  readonly points: string;
  readonly dots: readonly { readonly x: string; readonly y: string }[];
  readonly first: { readonly day: string; readonly size: string };
  readonly last: { readonly day: string; readonly size: string };
  readonly rows: readonly { readonly tag: string; readonly day: string; readonly size: string }[];
}

const end = { day: true, size: true } as const;
export const trendShape = {
  name: true,
  label: true,
  points: true,
  dots: [{ x: true, y: true }],
  first: end,
  last: end,
  rows: [{ tag: true, day: true, size: true }],
} as const satisfies ShapeOf<TrendView> & Shape;
