import { join } from "node:path";
import { listFiles, readText } from "../ports/files.js";
import { ownFolder } from "../ports/own-package.js";
import type { TemplateSource } from "../support/template.js";

/** Where templates are, in a catalog and in Ingot's own package. */
export const templatesFolder = "templates";

/** Below it, what `ingot init` writes: of Ingot's own alone, as there is no catalog yet. */
export const startFolder = "init/";

/** What complaints call the files of Ingot's own package, which is wherever it was installed. */
const ownName = "ingot's own templates";

/**
 * Every template by its path below `templates/`: the catalog's file where it has one, else Ingot's own. Files are taken one by one, so
 * that a catalog has only what it says otherwise.
 */
export function readTemplates(root: string): ReadonlyMap<string, TemplateSource> {
  const catalogs = listFiles(join(root, templatesFolder));
  const taken = new Set(catalogs);
  const own = listOwnTemplates().filter((path) => !taken.has(path));
  const read = (folder: string, name: string) => (path: string) =>
    [path, { file: `${name}/${path}`, text: readText(join(folder, templatesFolder, path)) ?? "" }] as const;
  return new Map([...catalogs.map(read(root, templatesFolder)), ...own.map(read(ownFolder, ownName))]);
}

/** Paths below `templates/`. */
export const listOwnTemplates = (): readonly string[] => listFiles(join(ownFolder, templatesFolder));

/** One template that is used as it stands; empty where there is none. */
export const readTemplate = (root: string, path: string): string =>
  readText(join(root, templatesFolder, path)) ?? readOwnTemplate(path) ?? "";

export const readOwnTemplate = (path: string): string | undefined => readText(join(ownFolder, templatesFolder, path));
