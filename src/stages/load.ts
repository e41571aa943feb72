import { join } from "node:path";
import type { Catalog, CatalogSettings } from "../model/catalog.js";
import { type Definition, definitionFile } from "../model/definition.js";
import { type Diagnostic, failed, ok, type Result } from "../model/diagnostic.js";
import { type Lock, lockFile } from "../model/lock.js";
import { isFile, listFiles } from "../ports/files.js";
import type { SourceDocument } from "../support/document.js";
import type { TemplateSource } from "../support/template.js";
import { validate } from "../support/validate.js";
import { define } from "./define.js";
import type { WrittenDefinition } from "./define-context.js";
import { readSettings, settingsComplaints, settingsOf } from "./load-settings.js";
import { loadSizes, type PageSources, readHello } from "./pages.js";
import { readYaml } from "./read-yaml.js";
import { readTemplates } from "./templates.js";

export const lockName = "catalog.lock.yaml";

/** A catalog and the text of everything it is made of, so that later complaints can point at their place. */
export interface LoadedCatalog extends PageSources {
  readonly root: string;
  readonly catalog: Catalog;
  readonly settingsDocument: SourceDocument;
  /** By language. */
  readonly documents: ReadonlyMap<string, SourceDocument>;
  /** By path below `templates/`: the catalog's own, and Ingot's where it has none. */
  readonly templates: ReadonlyMap<string, TemplateSource>;
}

/** Reads `catalog.yaml`, `languages/*.yaml` and `templates/`, and gives all complaints at once. */
export function loadCatalog(root: string): Result<LoadedCatalog> {
  const writtenSettings = readSettings(root);
  if ("rule" in writtenSettings) return failed(writtenSettings);
  const { document: settingsDocument, content: settingsFile } = writtenSettings;
  const written = readDefinitions(root);
  const complaints = [...(settingsFile.ok ? [] : settingsFile.diagnostics), ...written.complaints];
  if (!settingsFile.ok) return failed(...complaints);

  const settings = settingsOf(settingsFile.value);
  const sizes = loadSizes(root);
  if (!sizes.ok) complaints.push(...sizes.diagnostics);
  const templates = readTemplates(root);
  const base = written.definitions.find(({ content }) => content.language === settings.base);
  const defined = written.definitions.map((each) => ({ each, definition: define(each, base?.content, settings) }));
  const definitions: Definition[] = [];
  complaints.push(...settingsComplaints(settingsFile.value, settingsDocument, written.languages));
  for (const { each, definition } of defined) {
    if (definition.ok) definitions.push(definition.value);
    else complaints.push(...definition.diagnostics);
    complaints.push(...fileComplaints(root, each, settings, templates));
  }
  if (complaints.length > 0 || !sizes.ok) return failed(...complaints);
  const hello = readHello(
    root,
    definitions.flatMap(({ language, hello }) => (hello === undefined ? [] : [language])),
  );
  const documents = new Map(written.definitions.map(({ content, document }) => [content.language, document]));
  return ok({
    root,
    catalog: { settings, definitions },
    settingsDocument,
    documents,
    templates,
    sizes: sizes.value,
    hello,
  });
}

/** Reads the lock; undefined where there is none. */
export function loadLock(root: string): Result<Lock | undefined> {
  const document = readYaml(root, lockName);
  return document === undefined ? ok(undefined) : validate(document, lockFile);
}

interface WrittenDefinitions {
  readonly definitions: readonly WrittenDefinition[];
  readonly complaints: readonly Diagnostic[];
  /** Languages that have a file, readable or not. */
  readonly languages: readonly string[];
}

function readDefinitions(root: string): WrittenDefinitions {
  const definitions: WrittenDefinition[] = [];
  const complaints: Diagnostic[] = [];
  const names = listDefinitions(root);
  for (const name of names) {
    const document = readYaml(root, `languages/${name}.yaml`);
    // A link that points nowhere is listed, and is no file.
    if (document === undefined) continue;
    const content = validate(document, definitionFile);
    if (!content.ok) {
      complaints.push(...content.diagnostics);
      continue;
    }
    if (content.value.language !== name) complaints.push(misnamed(document, content.value.language, name));
    definitions.push({ content: content.value, document });
  }
  return { definitions, complaints, languages: names };
}

const listDefinitions = (root: string): readonly string[] =>
  listFiles(join(root, "languages")).flatMap((path) =>
    /^[^/]+\.yaml$/.test(path) ? [path.slice(0, -".yaml".length)] : [],
  );

const misnamed = (document: SourceDocument, language: string, name: string): Diagnostic => ({
  rule: "misnamed-definition",
  message: `the file is named ${name}.yaml, so the language must be ${name}, not ${language}`,
  place: document.placeOf(["language"]),
});

/** Complaints of files that a definition names and that are not there. */
function fileComplaints(
  root: string,
  { content, document }: WrittenDefinition,
  settings: CatalogSettings,
  templates: ReadonlyMap<string, TemplateSource>,
): readonly Diagnostic[] {
  const complaints: Diagnostic[] = [];
  const application = `languages/${content.language}/hello/Dockerfile`;
  if (content.hello !== undefined && !isFile(join(root, application))) {
    complaints.push({
      rule: "missing-file",
      message: `hello needs ${application}`,
      place: document.placeOf(["hello"], "key"),
    });
  }
  const families = new Set(
    settings.distributions
      .filter(({ name }) => Object.values(content.lines).some(({ on }) => Object.hasOwn(on, name)))
      .map(({ family }) => family),
  );
  const variants = { runtime: content.runtime, dev: content.dev, ...content.variants };
  for (const [variant, file] of Object.entries(variants)) {
    for (const [index, source] of (file?.files ?? []).entries()) {
      const path = variant === "runtime" || variant === "dev" ? [variant] : ["variants", variant];
      for (const family of families) {
        if (templates.has(`${family}/${source}`)) continue;
        complaints.push({
          rule: "missing-file",
          message: `there is no templates/${family}/${source}`,
          place: document.placeOf([...path, "files", index]),
        });
      }
    }
  }
  return complaints;
}
