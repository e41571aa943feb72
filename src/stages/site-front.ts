import { formatBytes } from "../model/bytes.js";
import { type Image, imagesOf, type LanguagePlan, type Pair, type Plan } from "../model/image.js";
import { families } from "../model/platform.js";
import type { SiteFacts } from "../model/site.js";
import { compareVersions } from "../model/version.js";
import type { Shape, ShapeOf } from "../support/template.js";
import type { PageSources } from "./pages.js";
import { weightOf } from "./site-images.js";
import { type PageView, pageShape } from "./site-page.js";
import { exampleOf, runtimesOf } from "./view-readme.js";

export interface FrontView {
  readonly page: PageView;
  readonly languages: string;
  readonly images: string;
  readonly tags: string;
  /** Paths of the data that the search reads, with spaces between. */
  readonly data: string;
  readonly families: readonly { readonly value: string; readonly name: string }[];
  readonly platforms: readonly { readonly value: string; readonly name: string }[];
  readonly cards: readonly {
    readonly language: string;
    readonly summary: string;
    readonly version: string;
    /** Bytes to pull, and of what: `16.8 MB`, `3.13.5 on trixie`; empty where nothing is known. */
    readonly size: string;
    readonly sizeOf: string;
    readonly families: string;
    readonly lines: readonly { readonly line: string; readonly ended: string }[];
    /** `debian/supported/linux/amd64 …`: what a filter asks of one of its pairs. */
    readonly facets: string;
  }[];
}

const choice = [{ value: true, name: true }] as const;
export const frontShape = {
  page: pageShape,
  languages: true,
  images: true,
  tags: true,
  data: true,
  families: choice,
  platforms: choice,
  cards: [
    {
      ...{ language: true, summary: true, version: true, size: true, sizeOf: true, families: true, facets: true },
      lines: [{ line: true, ended: true }],
    },
  ],
} as const satisfies ShapeOf<FrontView> & Shape;

type Content = Omit<FrontView, "page" | "data">;

export function frontView(plan: Plan, sources: PageSources, facts: SiteFacts): Content {
  const images = imagesOf(plan);
  const present = new Set(plan.pairs.map(({ distribution }) => distribution.family));
  const platforms = [...new Set(images.flatMap((image) => image.platforms))].sort();
  return {
    languages: String(plan.languages.length),
    images: String(images.length),
    tags: String(images.reduce((sum, { tags }) => sum + tags.length, 0)),
    families: families.filter((each) => present.has(each)).map((value) => ({ value, name: capital(value) })),
    platforms: platforms.map((value) => ({ value, name: value.replace("linux/", "") })),
    cards: plan.languages.map((language) => cardOf(language, sources, facts)),
  };
}

function cardOf(language: LanguagePlan, sources: PageSources, facts: SiteFacts): FrontView["cards"][number] {
  const pairs = newestFirst(language.pairs);
  const present = families.filter((family) => pairs.some(({ distribution }) => distribution.family === family));
  const measured = firstMeasured(pairs, sources, facts);
  return {
    language: language.language,
    summary: language.summary,
    version: pairs[0]?.version.text ?? "",
    size: measured === undefined ? "" : formatBytes(measured.bytes),
    sizeOf: measured === undefined ? "" : `${measured.image.version.text} on ${measured.image.distribution.name}`,
    families: present.map(capital).join(", "),
    lines: linesOf(pairs),
    facets: [...new Set(pairs.flatMap(facetsOf))].join(" "),
  };
}

/** The newest version first; of one version, on the distribution that the catalog prefers. */
export function newestFirst(pairs: readonly Pair[]): readonly Pair[] {
  return [...pairs].sort(
    (a, b) => compareVersions(b.version, a.version) || a.distribution.preference - b.distribution.preference,
  );
}

/** Of what a reader is shown first, or else of the newest runtime image that was measured. */
function firstMeasured(
  pairs: readonly Pair[],
  sources: PageSources,
  facts: SiteFacts,
): { readonly image: Image; readonly bytes: number } | undefined {
  const shown = exampleOf(pairs).runtime;
  const runtimes = runtimesOf(pairs);
  const first = runtimes.filter(({ repository, tags }) => tags.some((tag) => `${repository}:${tag}` === shown));
  for (const image of [...first, ...runtimes]) {
    const bytes = weightOf(image, sources, facts);
    if (bytes !== undefined) return { image, bytes };
  }
  return undefined;
}

/** Each release line once: marked where it has ended everywhere. */
function linesOf(pairs: readonly Pair[]): FrontView["cards"][number]["lines"] {
  return [...new Set(pairs.map(({ line }) => line))].map((line) => ({
    line,
    ended: pairs.every((pair) => pair.line !== line || pair.support.ended !== undefined) ? "yes" : "",
  }));
}

function facetsOf({ distribution, support, images }: Pair): readonly string[] {
  const state = support.ended === undefined ? "supported" : "ended";
  return (images[0]?.platforms ?? []).map((platform) => `${distribution.family}/${state}/${platform}`);
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** What the search of languages reads: every tag and version, by language. */
export function tagData(plan: Plan): readonly unknown[] {
  return plan.languages.map(({ language, pairs }) => [
    language,
    [
      ...new Set(
        pairs.flatMap(({ version, images }) => [
          version.text,
          ...images.flatMap(({ tags }) => tags as readonly string[]),
        ]),
      ),
    ],
  ]);
}
