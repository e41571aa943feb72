import { type Diagnostic, failed, ok, type Result } from "../model/diagnostic.js";
import { imagesOf, type LanguagePlan, type Plan } from "../model/image.js";
import type { SiteFacts } from "../model/site.js";
import type { FileContent, Tree } from "../ports/files.js";
import { type Compiled, compileTemplate, type Shape, type TemplateSource } from "../support/template.js";
import type { RenderSources } from "./render.js";
import { changesOf, changesShape } from "./site-changes.js";
import {
  type CatalogPackages,
  catalogPackages,
  containsShape,
  listParts,
  packageData,
  partShape,
} from "./site-contains.js";
import { dataFiles } from "./site-data.js";
import { frontShape, frontView, newestFirst, tagData } from "./site-front.js";
import { imagesInOrder } from "./site-images.js";
import { languageShape, languageView } from "./site-language.js";
import { languagePackages, packagesShape } from "./site-packages.js";
import type { PageView } from "./site-page.js";

const templates = {
  front: { name: "site/front.html.hbs", shape: frontShape },
  language: { name: "site/language.html.hbs", shape: languageShape },
  packages: { name: "site/packages.html.hbs", shape: packagesShape },
  changes: { name: "site/changes.html.hbs", shape: changesShape },
  contains: { name: "site/contains.html.hbs", shape: containsShape },
  part: { name: "site/part.html.hbs", shape: partShape },
} as const satisfies Record<string, { name: string; shape: Shape }>;

type SiteTemplates = Readonly<Record<keyof typeof templates, Compiled>>;

/** Files of the site that are as they stand below `templates/site/`. */
const assets = ["site.css", "site.js", "icon.svg"] as const;

/** By which a folder is known to hold a site of Ingot's, and nothing else. */
export const siteMarker = "ingot-site.json";

interface Site {
  readonly plan: Plan;
  readonly sources: RenderSources;
  readonly facts: SiteFacts;
  readonly compiled: SiteTemplates;
  readonly date: string;
}

/** The catalog as a web site, by path: a pure function of the plan, the sources and the facts. */
export function renderSite(plan: Plan, sources: RenderSources, facts: SiteFacts): Result<Tree> {
  const compiled = compileSite(sources.templates);
  if (!compiled.ok) return compiled;
  const site = { plan, sources, facts, compiled: compiled.value, date: dateOf(plan, facts) };
  const all = catalogPackages(plan, facts);
  const data = dataFiles({ tags: tagData(plan), ...packageData(all) });
  return ok(
    new Map([
      ...assets.map((name) => [`assets/${name}`, { text: sources.templates.get(`site/${name}`)?.text ?? "" }] as const),
      ...data,
      ["index.html", renderFront(site, [...data.keys()])],
      ...renderContains(site, all, [...data.keys()]),
      ...plan.languages.flatMap((language) => renderLanguage(site, language)),
      [siteMarker, { text: `${JSON.stringify({ madeBy: "ingot site", catalog: plan.title })}\n` }],
    ]),
  );
}

function compileSite(sources: ReadonlyMap<string, TemplateSource>): Result<SiteTemplates> {
  const partials = new Map(
    [...sources].flatMap(([path, source]) => {
      const [, name] = /^site\/partials\/([\w-]+)\.hbs$/.exec(path) ?? [];
      return name === undefined ? [] : [[name, source] as const];
    }),
  );
  const complaints: Diagnostic[] = [];
  const need = (name: string): TemplateSource | undefined => {
    const source = sources.get(name);
    if (source === undefined)
      complaints.push({ rule: "missing-file", file: `templates/${name}`, message: "the template is missing" });
    return source;
  };
  for (const name of assets) need(`site/${name}`);
  const compiled = Object.entries(templates).map(([key, { name, shape }]) => {
    const source = need(name);
    const template = source && compileTemplate(source, shape, partials, "html");
    complaints.push(...(template?.complaints ?? []));
    return [key, template];
  });
  return complaints.length > 0 ? failed(...complaints) : ok(Object.fromEntries(compiled) as SiteTemplates);
}

/** The day of the newest thing on the site: not today's, so that the same catalog gives the same site. */
function dateOf(plan: Plan, { published }: SiteFacts): string {
  const made = imagesOf(plan).map(({ sourceDateEpoch }) => new Date(sourceDateEpoch * 1000).toISOString().slice(0, 10));
  const pushed = [...published.values()].flatMap(({ day }) => day ?? []);
  return [...made, ...pushed].sort().at(-1) ?? "";
}

function pageOf(site: Site, title: string, description: string, root: string, here: keyof PageView["here"]): PageView {
  const { plan, date } = site;
  const on = (name: string): string => (name === here ? "page" : "");
  return {
    ...{ description, root, date, catalog: plan.title },
    title: title === plan.title ? title : `${title} · ${plan.title}`,
    here: { languages: on("languages"), packages: on("packages") },
  };
}

const html = ({ render }: Compiled, view: object): FileContent => ({ text: render(view) });

function renderFront(site: Site, data: readonly string[]): FileContent {
  const { plan, sources, facts, compiled } = site;
  const page = pageOf(site, plan.title, "Small base images, one to build with and one to run on", "", "languages");
  return html(compiled.front, { page, data: data.join(" "), ...frontView(plan, sources, facts) });
}

function renderLanguage(site: Site, language: LanguagePlan): readonly (readonly [string, FileContent])[] {
  const { plan, sources, facts, compiled } = site;
  const name = language.language;
  const pairs = newestFirst(language.pairs);
  const packages = languagePackages(imagesInOrder(pairs), facts.packages);
  const changes = changesOf(pairs, facts);
  const page = (title: string, what: string) => pageOf(site, title, what, "../../", "languages");
  const counts = { known: packages.known, of: packages.of, changed: changes.length === 0 ? "" : "yes" };
  const own = { language: name, asked: facts.asked ? "yes" : "", changed: counts.changed };
  const view = { ...languageView(language, plan.base, sources, facts), ...counts };
  return [
    [`languages/${name}/index.html`, html(compiled.language, { page: page(name, language.summary), ...view })],
    [
      `languages/${name}/packages.html`,
      html(compiled.packages, {
        page: page(`Packages of ${name}`, `What is in each image of ${name}`),
        ...own,
        ...packages,
      }),
    ],
    [
      `languages/${name}/changes.html`,
      html(compiled.changes, {
        page: page(`Changes of ${name}`, `What changed in each build of ${name}`),
        ...own,
        images: changes,
      }),
    ],
  ];
}

function renderContains(site: Site, all: CatalogPackages, data: readonly string[]) {
  const { compiled } = site;
  const parts = listParts(all);
  const page = (title: string) =>
    pageOf(site, title, "Which images have a package, and in which version", "../", "packages");
  const counts = { known: all.images.length - all.partly.size, of: imagesOf(site.plan).length, count: all.uses.length };
  const view = {
    page: page("Does it contain…?"),
    data: data
      .filter((path) => !path.startsWith("assets/tags-"))
      .map((path) => `../${path}`)
      .join(" "),
    parts: parts.map(({ first, last }, index) => ({ file: `${index + 1}.html`, first, last })),
    ...Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, String(count)])),
  };
  return [
    ["packages/index.html", html(compiled.contains, view)] as const,
    ...parts.map((part, index) => {
      const title = `Packages ${part.first} to ${part.last}`;
      return [`packages/${index + 1}.html`, html(compiled.part, { page: page(title), ...part })] as const;
    }),
  ];
}
