import { join } from "node:path";
import type { CatalogSettings } from "../model/catalog.js";
import { type Diagnostic, failed, ok, type Result } from "../model/diagnostic.js";
import { Failure } from "../model/failure.js";
import { languageName } from "../model/schema.js";
import { isFile, listFiles, type Tree } from "../ports/files.js";
import { writeNew } from "../ports/new-files.js";
import type { PackageIndex } from "../ports/package-index.js";
import { loadSettings } from "../stages/load-settings.js";
import type { ResolveSources } from "../stages/resolve.js";
import { type Findings, makeSkeleton } from "../stages/skeleton.js";
import { readTemplates } from "../stages/templates.js";
import { type ResolveOptions, sourcesOf } from "./resolve.js";

export interface NewLanguage {
  /** Paths below the catalog's folder. */
  readonly written: readonly string[];
  /** What could not be asked, a line each. */
  readonly unasked: readonly string[];
}

/** Writes a definition to start from, and a folder for its hello application, with what the package indexes have under that name. */
export async function newLanguage(
  root: string,
  language: string,
  options: Pick<ResolveOptions, "mirrors" | "cycles">,
): Promise<Result<NewLanguage>> {
  const settings = loadSettings(root);
  if (!settings.ok) return settings;
  const complaints = refusals(root, language);
  if (complaints.length > 0) return failed(...complaints);
  const unasked: string[] = [];
  const findings = await find(language, settings.value, sourcesOf(settings.value, options), unasked);
  const tree = makeSkeleton(language, findings, readTemplates(root));
  if (!tree.ok) return tree;
  write(root, language, tree.value);
  return ok({ written: [...tree.value.keys()].map((path) => `languages/${path}`).sort(), unasked });
}

function refusals(root: string, language: string): readonly Diagnostic[] {
  const [issue] = languageName.safeParse(language).error?.issues ?? [];
  if (issue !== undefined)
    return [
      {
        rule: "invalid-option",
        message: `a language's name ${issue.message}, and this is ${JSON.stringify(language)}`,
      },
    ];
  const definition = `languages/${language}.yaml`;
  const message = "is there already, and nothing is written over";
  const hello = listFiles(join(root, "languages", language)).map((path) => `languages/${language}/${path}`);
  return [...(isFile(join(root, definition)) ? [definition] : []), ...hello.slice(0, 1)].map((file) => ({
    rule: "file-exists",
    file,
    message,
  }));
}

/** One platform of each distribution tells enough; what does not answer is left for the reader to fill in. */
async function find(
  language: string,
  settings: CatalogSettings,
  sources: ResolveSources,
  unasked: string[],
): Promise<Findings> {
  const attempt = async <T>(what: string, ask: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      unasked.push(`${what}: ${error.message}`);
      return undefined;
    }
  };
  const [platform] = settings.platforms;
  const indexes = await Promise.all(
    settings.distributions.map(async (each): Promise<readonly (readonly [string, PackageIndex])[]> => {
      const ask = async () => (platform === undefined ? undefined : sources.index(each, platform));
      const index = await attempt(`package index of ${each.name}`, ask);
      return index === undefined ? [] : [[each.name, index]];
    }),
  );
  const cycles = await attempt(`release cycles of ${language}`, () => sources.cycles(language));
  return { settings, indexes: new Map(indexes.flat()), cycles };
}

function write(root: string, language: string, tree: Tree): void {
  const file = `${language}.yaml`;
  const inFolder = [...tree].flatMap(([path, content]) =>
    path === file ? [] : [[path.slice(language.length + 1), content] as const],
  );
  writeNew({
    folder: join(root, "languages", language),
    tree: new Map(inFolder),
    file: join(root, "languages", file),
    text: tree.get(file)?.text ?? "",
  });
}
