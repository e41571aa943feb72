import { type Diagnostic, failed, ok, type Result } from "../model/diagnostic.js";
import { folderOf, type Image, imagesOf, type Plan } from "../model/image.js";
import type { FileContent, Tree } from "../ports/files.js";
import { type Compiled, compileTemplate, type Shape, type TemplateSource } from "../support/template.js";
import type { LoadedCatalog } from "./load.js";
import { dockerfileShape, dockerfileView, readmeShape, readmeView } from "./view.js";

const templates = {
  dev: { name: "dev.Dockerfile.hbs", shape: dockerfileShape },
  runtime: { name: "runtime.Dockerfile.hbs", shape: dockerfileShape },
  readme: { name: "README.md.hbs", shape: readmeShape },
} as const satisfies Record<string, { name: string; shape: Shape }>;

export type Templates = Readonly<Record<keyof typeof templates, Compiled>>;

/** Everything under `generated/`, by its path there: a pure function of the plan and the templates. */
export function renderCatalog(plan: Plan, loaded: Pick<LoadedCatalog, "templates">): Result<Tree> {
  const compiled = compileTemplates(loaded.templates);
  return compiled.ok ? ok(renderTree(plan, compiled.value, loaded.templates)) : compiled;
}

export function renderTree(plan: Plan, compiled: Templates, sources: ReadonlyMap<string, TemplateSource>): Tree {
  const tree = new Map<string, FileContent>();
  for (const image of imagesOf(plan)) {
    for (const [path, content] of renderImage(image, compiled, sources)) tree.set(`${image.id}/${path}`, content);
  }
  for (const language of plan.languages) {
    tree.set(`${language.language}/README.md`, { text: compiled.readme.render(readmeView(language)) });
  }
  tree.set("catalog.json", { text: renderIndex(plan) });
  return tree;
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

/** `generated/catalog.json`: every image with its tags, for programs. */
function renderIndex({ namespace, title, languages }: Plan): string {
  const index = {
    namespace,
    title,
    languages: languages.map(({ pairs, notes, ...language }) => ({
      ...language,
      limits: notes.limits,
      absent: notes.absent,
      pairs: pairs.map(({ line, version, distribution, support, images }) => ({
        line,
        version: version.text,
        distribution: distribution.name,
        support,
        images: images.map((image) => ({
          variant: image.variant,
          repository: image.repository,
          tags: image.tags,
          platforms: image.platforms,
          dockerfile: `${folderOf(image)}/Dockerfile`,
        })),
      })),
    })),
  };
  return `${JSON.stringify(index, undefined, 2)}\n`;
}
