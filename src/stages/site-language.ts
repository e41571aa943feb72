import type { LanguagePlan } from "../model/image.js";
import type { SiteFacts } from "../model/site.js";
import type { Shape, ShapeOf } from "../support/template.js";
import type { PageSources } from "./pages.js";
import { sizeBars, sizeTrends } from "./site-charts.js";
import { newestFirst } from "./site-front.js";
import { type ImageRowView, imageRowShape, imageRows, imagesInOrder } from "./site-images.js";
import { type BarsView, barsShape, type PageView, pageShape, type TrendView, trendShape } from "./site-page.js";
import { packageViews } from "./view-packages.js";
import { exampleOf, helloOf, limitsOf, runtimesOf } from "./view-readme.js";

/** Free text, in which what stands between backticks is code. */
export type RichText = readonly { readonly text: string; readonly code: string }[];

export interface LanguageView {
  readonly page: PageView;
  readonly language: string;
  readonly summary: string;
  readonly licence: string;
  readonly homepage: string;
  readonly asked: string;
  readonly example: { readonly runtime: string; readonly dev: string };
  readonly hello: string;
  readonly extendable: string;
  /** The language that it is built on; empty for that itself. */
  readonly base: string;
  readonly images: readonly ImageRowView[];
  /** One chart, or none where nothing was measured. */
  readonly bars: readonly BarsView[];
  readonly trends: readonly TrendView[];
  readonly known: string;
  readonly of: string;
  readonly packages: readonly {
    readonly names: readonly string[];
    readonly variants: string;
    readonly on: string;
    readonly reason: string;
  }[];
  readonly limits: readonly { readonly parts: RichText }[];
}

export const languageShape = {
  page: pageShape,
  language: true,
  summary: true,
  licence: true,
  homepage: true,
  asked: true,
  example: { runtime: true, dev: true },
  hello: true,
  extendable: true,
  base: true,
  images: [imageRowShape],
  bars: [barsShape],
  trends: [trendShape],
  known: true,
  of: true,
  packages: [{ names: [true], variants: true, on: true, reason: true }],
  limits: [{ parts: [{ text: true, code: true }] }],
} as const satisfies ShapeOf<LanguageView> & Shape;

export function languageView(
  language: LanguagePlan,
  base: string,
  sources: PageSources,
  facts: SiteFacts,
): Omit<LanguageView, "page" | "known" | "of"> {
  const pairs = newestFirst(language.pairs);
  const images = imagesInOrder(pairs);
  const example = placedExample(language, facts);
  return {
    language: language.language,
    summary: language.summary,
    licence: language.licence,
    homepage: language.homepage,
    asked: facts.asked ? "yes" : "",
    example,
    hello: helloOf(sources.hello.get(language.language), example),
    extendable: runtimesOf(pairs).some(({ builder }) => builder !== undefined) ? "yes" : "",
    base: language.language === base ? "" : base,
    images: imageRows(pairs, sources, facts),
    bars: sizeBars(images, sources.sizes),
    trends: sizeTrends(images, facts),
    packages: packageViews(language),
    limits: limitsOf(language).map((limit) => ({ parts: richText(limit) })),
  };
}

/** The references that a reader is shown first, where the site's images are. */
function placedExample({ language, pairs }: LanguagePlan, { place }: SiteFacts): LanguageView["example"] {
  const { runtime, dev } = exampleOf(pairs);
  const placed = (reference: string): string =>
    reference === "" ? "" : `${place}/${language}${reference.slice(reference.lastIndexOf(":"))}`;
  return { runtime: placed(runtime), dev: placed(dev) };
}

export function richText(text: string): RichText {
  return text.split("`").flatMap((part, index) => {
    if (part === "") return [];
    return [index % 2 === 0 ? { text: part, code: "" } : { text: "", code: part }];
  });
}
