import { type Diagnostic, failed, ok, type Result } from "../model/diagnostic.js";
import { type Image, imagesOf, type Plan } from "../model/image.js";
import type { FileContent, Tree } from "../ports/files.js";
import { type Compiled, compileTemplate, type Shape, type TemplateSource } from "../support/template.js";
import { renderIndex } from "./catalog-index.js";
import type { PageSources } from "./pages.js";
import { renderRenovate } from "./renovate.js";
import { dockerfileShape, dockerfileView } from "./view.js";
import { languagesShape, languagesView } from "./view-languages.js";
import { readmeShape, readmeView } from "./view-readme.js";
import { sizesShape, sizesView } from "./view-sizes.js";

const templates = {
  dev: { name: "dev.Dockerfile.hbs", shape: dockerfileShape },
  runtime: { name: "runtime.Dockerfile.hbs", shape: dockerfileShape },
  readme: { name: "README.md.hbs", shape: readmeShape },
  languages: { name: "languages.md.hbs", shape: languagesShape },
  sizes: { name: "sizes.md.hbs", shape: sizesShape },
} as const satisfies Record<string, { name: string; shape: Shape }>;

export type Templates = Readonly<Record<keyof typeof templates, Compiled>>;

/** What files are made from beside the plan. */
export interface RenderSources extends PageSources {
  /** By path below `templates/`. */
  readonly templates: ReadonlyMap<string, TemplateSource>;
}

/** Everything under `generated/`, by its path there: a pure function of the plan and the sources. */
export function renderCatalog(plan: Plan, sources: RenderSources): Result<Tree> {
  const compiled = compileTemplates(sources.templates);
  return compiled.ok ? ok(renderTree(plan, compiled.value, sources)) : compiled;
}

export function renderTree(plan: Plan, compiled: Templates, sources: RenderSources): Tree {
  const tree = new Map<string, FileContent>();
  for (const image of imagesOf(plan)) {
    for (const [path, content] of renderImage(image, compiled, sources.templates))
      tree.set(`${image.id}/${path}`, content);
  }
  for (const language of plan.languages) {
    const text = compiled.readme.render(readmeView(language, plan.base, sources));
    tree.set(`${language.language}/README.md`, { text });
  }
  tree.set("README.md", { text: compiled.languages.render(languagesView(plan)) });
  tree.set("catalog.json", { text: renderIndex(plan, sources.sizes) });
  tree.set("renovate.json", { text: renderRenovate(plan) });
  return tree;
}

/** The page of sizes; undefined where nothing was measured. */
export function renderSizes(plan: Plan, sources: RenderSources): string | undefined {
  if (Object.keys(sources.sizes).length === 0) return undefined;
  const compiled = compileTemplates(sources.templates);
  return compiled.ok ? compiled.value.sizes.render(sizesView(plan, sources.sizes)) : undefined;
}

export function compileTemplates(sources: ReadonlyMap<string, TemplateSource>): Result<Templates> {
  const partials = new Map(
    [...sources].flatMap(([path, source]) =>
      /^partials\/[\w-]+\.hbs$/.test(path) ? [[path.slice(9, -4), source] as const] : [],
    ),
  );
  const complaints: Diagnostic[] = [];
  const compiled = Object.entries(templates).map(([key, { name, shape }]) => {
    const source = sources.get(name);
    if (source === undefined) {
      complaints.push({ rule: "missing-file", file: `templates/${name}`, message: "the template is missing" });
      return [key, undefined];
    }
    const template = compileTemplate(source, shape, partials);
    complaints.push(...template.complaints);
    return [key, template];
  });
  return complaints.length > 0 ? failed(...complaints) : ok(Object.fromEntries(compiled) as Templates);
}

/** The folder that an image is built from: its Dockerfile, and the files that its definition names. */
function renderImage(image: Image, compiled: Templates, sources: ReadonlyMap<string, TemplateSource>): Tree {
  const template = image.variant === "dev" ? compiled.dev : compiled.runtime;
  const tree = new Map<string, FileContent>([["Dockerfile", { text: template.render(dockerfileView(image)) }]]);
  for (const source of image.files) {
    const text = sources.get(`${image.distribution.family}/${source}`)?.text ?? "";
    tree.set(source, { text, executable: text.startsWith("#!") });
  }
  return tree;
}
