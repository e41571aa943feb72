import { imagesOf, type LanguagePlan, type Plan } from "../model/image.js";
import type { SiteFacts } from "../model/site.js";
import type { FileContent } from "../ports/files.js";
import type { Compiled } from "../support/template.js";
import type { RenderSources } from "./render.js";
import { type ChangesView, changesOf } from "./site-changes.js";
import { type CatalogPackages, type ContainsView, listParts, type PartView } from "./site-contains.js";
import { type FrontView, frontView, newestFirst } from "./site-front.js";
import { imagesInOrder } from "./site-images.js";
import { type LanguageView, languageView } from "./site-language.js";
import { languagePackages, type PackagesView } from "./site-packages.js";
import type { PageView } from "./site-page.js";

export type SiteTemplates = Readonly<
  Record<"front" | "language" | "packages" | "changes" | "contains" | "part", Compiled>
>;

/** What every page is made from. */
export interface Site {
  readonly plan: Plan;
  readonly sources: RenderSources;
  readonly facts: SiteFacts;
  readonly compiled: SiteTemplates;
  readonly pageOf: (page: PageOptions) => PageView;
}

interface PageOptions {
  readonly title: string;
  readonly description: string;
  /** From the page to the site's folder. */
  readonly root: string;
  readonly here: keyof PageView["here"];
}

type File = readonly [path: string, content: FileContent];

export function openSite(plan: Plan, sources: RenderSources, facts: SiteFacts, compiled: SiteTemplates): Site {
  const date = dateOf(plan, facts);
  return {
    ...{ plan, sources, facts, compiled },
    pageOf: ({ title, description, root, here }) => ({
      ...{ description, root, date, catalog: plan.title },
      title: title === plan.title ? title : `${title} · ${plan.title}`,
      here: { languages: here === "languages" ? "page" : "", packages: here === "packages" ? "page" : "" },
    }),
  };
}

/** The day of the newest thing on the site: not today's, so that the same catalog gives the same site. */
function dateOf(plan: Plan, { published }: SiteFacts): string {
  const made = imagesOf(plan).map(({ sourceDateEpoch }) => new Date(sourceDateEpoch * 1000).toISOString().slice(0, 10));
  const pushed = [...published.values()].flatMap(({ day }) => day ?? []);
  return [...made, ...pushed].sort().at(-1) ?? "";
}

/** `data` are the paths of what the search reads. */
export function renderFront({ plan, sources, facts, compiled, pageOf }: Site, data: readonly string[]): File {
  const description = "Small base images, one to build with and one to run on";
  const page = pageOf({ title: plan.title, description, root: "", here: "languages" });
  const view: FrontView = { page, data: data.join(" "), ...frontView(plan, sources, facts) };
  return ["index.html", { text: compiled.front.render(view) }];
}

/** A language's page, that of its packages, and that of its changes. */
export function renderLanguage(
  { plan, sources, facts, compiled, pageOf }: Site,
  language: LanguagePlan,
): readonly File[] {
  const name = language.language;
  const pairs = newestFirst(language.pairs);
  const { known, of, choices, groups } = languagePackages(imagesInOrder(pairs), facts.packages);
  const page = (title: string, description: string): PageView =>
    pageOf({ title, description, root: "../../", here: "languages" });
  const own = { language: name, asked: facts.asked ? "yes" : "" };
  const overview: LanguageView = {
    ...languageView(language, plan.base, sources, facts),
    ...{ page: page(name, language.summary), known, of },
  };
  const packages: PackagesView = {
    ...{ ...own, known, of, choices, groups },
    page: page(`Packages of ${name}`, `What is in each image of ${name}`),
  };
  const changes: ChangesView = {
    ...{ ...own, images: changesOf(pairs, facts) },
    page: page(`Changes of ${name}`, `What changed in each build of ${name}`),
  };
  return [
    [`languages/${name}/index.html`, { text: compiled.language.render(overview) }],
    [`languages/${name}/packages.html`, { text: compiled.packages.render(packages) }],
    [`languages/${name}/changes.html`, { text: compiled.changes.render(changes) }],
  ];
}

/** The page that says which images contain a package, and those that list all. */
export function renderContains(
  { plan, compiled, pageOf }: Site,
  all: CatalogPackages,
  data: readonly string[],
): readonly File[] {
  const parts = listParts(all);
  const description = "Which images have a package, and in which version";
  const page = (title: string): PageView => pageOf({ title, description, root: "../", here: "packages" });
  const contains: ContainsView = {
    page: page("Does it contain…?"),
    known: String(all.images.length - all.partly.size),
    of: String(imagesOf(plan).length),
    count: String(all.uses.length),
    data: data.map((path) => `../${path}`).join(" "),
    parts: parts.map(({ first, last }, index) => ({ file: `${index + 1}.html`, first, last })),
  };
  return [
    ["packages/index.html", { text: compiled.contains.render(contains) }],
    ...parts.map((part, index): File => {
      const view: PartView = { page: page(`Packages ${part.first} to ${part.last}`), ...part };
      return [`packages/${index + 1}.html`, { text: compiled.part.render(view) }];
    }),
  ];
}
