import type { CatalogSettings, Distribution } from "../model/catalog.js";
import { definitionFile } from "../model/definition.js";
import { type Diagnostic, ok, type Result, unlessAny } from "../model/diagnostic.js";
import type { FileContent, Tree } from "../ports/files.js";
import { readDocument } from "../support/document.js";
import { compileTemplate, type ShapeOf, type TemplateSource } from "../support/template.js";
import { validate } from "../support/validate.js";
import { withoutEntries } from "../support/yaml-cut.js";
import { unmatchedReasons } from "./notes.js";
import { startFolder } from "./templates.js";

/** What a catalog is started from: another one, and what is to be taken of it. */
export interface StartRequest {
  readonly namespace: string;
  /** Those that are taken: base's, and one more. */
  readonly languages: readonly string[];
  /** The only distribution of the new catalog. */
  readonly distribution: Distribution;
  /** The other catalog's. */
  readonly settings: CatalogSettings;
  /** Texts of the definitions and what belongs to them, by path below `languages/`. */
  readonly files: ReadonlyMap<string, string>;
  readonly templates: ReadonlyMap<string, TemplateSource>;
}

interface StartView {
  readonly namespace: string;
  readonly base: string;
  /** What is taken beside base. */
  readonly language: string;
  readonly user: string;
  /** `linux/amd64, linux/arm64` */
  readonly platforms: string;
  readonly family: string;
  readonly distribution: DistributionView;
  /** Those that might be added. */
  readonly others: readonly DistributionView[];
  readonly mirrors: readonly { readonly family: string; readonly url: string }[];
  readonly cycles: string | undefined;
}

interface DistributionView {
  readonly name: string;
  /** As YAML: `{ family: debian, … }` */
  readonly entry: string;
}

const distributionShape = { name: true, entry: true } as const;
const shape: ShapeOf<StartView> = {
  namespace: true,
  base: true,
  language: true,
  user: true,
  platforms: true,
  family: true,
  distribution: distributionShape,
  others: [distributionShape],
  mirrors: [{ family: true, url: true }],
  cycles: true,
};

/** The files of a new catalog but for its lock, by path: a part of another one, on one distribution. */
export function startCatalog(request: StartRequest): Result<Tree> {
  const pages = renderPages(request);
  if (!pages.ok) return pages;
  const tree = new Map(pages.value);
  for (const [path, text] of request.files) {
    const [language = ""] = path.split("/");
    if (request.languages.includes(language)) tree.set(`languages/${path}`, { text: renamed(text, request) });
  }
  for (const language of request.languages) {
    const path = `languages/${language}.yaml`;
    const definition = onDistribution(path, request.files.get(`${language}.yaml`) ?? "", request.distribution);
    if (!definition.ok) return definition;
    tree.set(path, { text: definition.value });
  }
  return ok(tree);
}

/** Each template becomes the file of its name. */
function renderPages({ templates, ...request }: StartRequest): Result<Tree> {
  const compiled = [...templates].flatMap(([path, source]) =>
    path.startsWith(startFolder) && path.endsWith(".hbs")
      ? [{ path: path.slice(startFolder.length, -".hbs".length), template: compileTemplate(source, shape, new Map()) }]
      : [],
  );
  const complaints: readonly Diagnostic[] = compiled.flatMap(({ template }) => template.complaints);
  return unlessAny(complaints, () => {
    const view = viewOf(request);
    return new Map(
      compiled.map(({ path, template }): [string, FileContent] => [path, { text: template.render(view) }]),
    );
  });
}

function viewOf({ namespace, languages, distribution, settings }: Omit<StartRequest, "templates">): StartView {
  return {
    namespace,
    base: settings.base,
    language: languages.find((language) => language !== settings.base) ?? settings.base,
    user: String(settings.user),
    platforms: settings.platforms.join(", "),
    family: distribution.family,
    distribution: distributionView(distribution),
    others: settings.distributions.filter(({ name }) => name !== distribution.name).map(distributionView),
    mirrors: Object.entries(settings.mirrors).map(([family, url]) => ({ family, url })),
    cycles: settings.cycles,
  };
}

const distributionView = ({ name, family, release, branch, image }: Distribution): DistributionView => ({
  name,
  entry: `{ family: ${family}, release: ${JSON.stringify(release)}, branch: ${branch}, image: ${image} }`,
});

/** A hello application's Dockerfile says for which images it is, where nobody says others. */
const renamed = (text: string, { namespace, settings }: StartRequest): string =>
  text.replaceAll(new RegExp(`^(ARG \\w+=)${settings.namespace}/`, "gm"), `$1${namespace}/`);

/** A definition with the lines that a distribution carries, and none of the others'. What it says of packages stays, for lines to come. */
function onDistribution(path: string, text: string, { name }: Distribution): Result<string> {
  const whole = validate(readDocument(path, text), definitionFile);
  if (!whole.ok) return whole;
  const lines = Object.entries(whole.value.lines);
  const foreign = lines.flatMap(([line, { on }]) => (Object.hasOwn(on, name) ? [] : [line]));
  const cut = lines.reduce(
    (rest, [line, { on }]) =>
      withoutEntries(
        rest,
        ["lines", line, "on"],
        Object.keys(on).filter((each) => each !== name),
      ),
    withoutEntries(text, ["lines"], foreign),
  );
  const content = validate(readDocument(path, cut), definitionFile);
  return content.ok ? ok(withoutEntries(cut, ["reasons"], unmatchedReasons(content.value))) : content;
}
