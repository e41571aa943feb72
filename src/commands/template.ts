import { join } from "node:path";
import { failed, ok, type Result } from "../model/diagnostic.js";
import { listFiles } from "../ports/files.js";
import { listOwnTemplates, readOwnTemplate, startFolder, templatesFolder } from "../stages/templates.js";
import { suggestion } from "../support/validate.js";

export interface ListedTemplate {
  /** Below `templates/`. */
  readonly path: string;
  /** Whether the catalog has a file for it. */
  readonly inCatalog: boolean;
  /** Whether Ingot has one; without, only what names it uses it. */
  readonly isOwn: boolean;
}

/** Every template that a catalog has or could have in place of Ingot's own, by path. */
export function listTemplates(root: string): readonly ListedTemplate[] {
  const own = new Set(listOwnTemplates().filter((path) => !path.startsWith(startFolder)));
  const catalogs = new Set(listFiles(join(root, templatesFolder)).filter((path) => !path.startsWith(startFolder)));
  return [...new Set([...own, ...catalogs])]
    .sort()
    .map((path) => ({ path, inCatalog: catalogs.has(path), isOwn: own.has(path) }));
}

/** The text of one of Ingot's own, for who writes another in its place. */
export function showTemplate(name: string): Result<string> {
  const paths = listOwnTemplates();
  const path = name.replace(/^templates\//, "");
  const text = paths.includes(path) ? readOwnTemplate(path) : undefined;
  if (text !== undefined) return ok(text);
  const message = `ingot has no template ${JSON.stringify(name)}${suggestion(path, paths)}; \`ingot template\` lists them`;
  return failed({ rule: "invalid-option", message });
}
