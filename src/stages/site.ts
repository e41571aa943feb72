import { type Diagnostic, failed, ok, type Result } from "../model/diagnostic.js";
import type { Plan } from "../model/image.js";
import type { SiteFacts } from "../model/site.js";
import type { Tree } from "../ports/files.js";
import { compileTemplate, type Shape, type TemplateSource } from "../support/template.js";
import type { RenderSources } from "./render.js";
import { changesShape } from "./site-changes.js";
import { catalogPackages, containsShape, packageData, partShape } from "./site-contains.js";
import { dataFiles } from "./site-data.js";
import { frontShape, tagData } from "./site-front.js";
import { languageShape } from "./site-language.js";
import { packagesShape } from "./site-packages.js";
import { openSite, renderContains, renderFront, renderLanguage, type SiteTemplates } from "./site-pages.js";

const templates: Readonly<Record<keyof SiteTemplates, { readonly name: string; readonly shape: Shape }>> = {
  front: { name: "site/front.html.hbs", shape: frontShape },
  language: { name: "site/language.html.hbs", shape: languageShape },
  packages: { name: "site/packages.html.hbs", shape: packagesShape },
  changes: { name: "site/changes.html.hbs", shape: changesShape },
  contains: { name: "site/contains.html.hbs", shape: containsShape },
  part: { name: "site/part.html.hbs", shape: partShape },
};

/** Files of the site that are as they stand below `templates/site/`. */
const assets = ["site.css", "site.js", "icon.svg"] as const;

/** By which a folder is known to hold a site of Ingot's, and nothing else. */
export const siteMarker = "ingot-site.json";

/** The catalog as a web site, by path: a pure function of the plan, the sources and the facts. */
export function renderSite(plan: Plan, sources: RenderSources, facts: SiteFacts): Result<Tree> {
  const compiled = compileSite(sources.templates);
  if (!compiled.ok) return compiled;
  const site = openSite(plan, sources, facts, compiled.value);
  const all = catalogPackages(plan, facts);
  const data = { tags: dataFiles({ tags: tagData(plan) }), packages: dataFiles(packageData(all)) };
  const paths = { tags: [...data.tags.keys()], packages: [...data.packages.keys()] };
  return ok(
    new Map([
      ...assets.map((name) => [`assets/${name}`, { text: sources.templates.get(`site/${name}`)?.text ?? "" }] as const),
      ...[...data.tags, ...data.packages],
      renderFront(site, [...paths.tags, ...paths.packages]),
      ...renderContains(site, all, paths.packages),
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
