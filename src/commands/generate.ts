import { join } from "node:path";
import { z } from "zod";
import { definitionFile } from "../model/definition.js";
import { type Diagnostic, failed, ok, type Result } from "../model/diagnostic.js";
import { readText, writeText, writeTree } from "../ports/files.js";
import { generatedFolder, type OpenCatalog, openCatalog, outdated } from "./catalog.js";

/** What editors complete definitions from. */
const schemaFile = "languages/schema.json";

/** Writes `generated/`, and gives a line that says what changed; with `check`, changes nothing and complains instead. */
export function generate(root: string, { check }: { readonly check: boolean }): Result<string> {
  const opened = openCatalog(root);
  if (!opened.ok) return opened;
  if (!check) return ok(writeGenerated(root, opened.value));
  const { tree } = opened.value;
  const complaints = [...outdated(root, tree), ...(schemaIsCurrent(root) ? [] : [schemaComplaint])];
  return complaints.length > 0 ? failed(...complaints) : ok(`generated/ is up to date: ${tree.size} files`);
}

/** Makes `generated/` what it should be, and touches nothing that is; gives a line that says what changed. */
export function writeGenerated(root: string, { tree }: OpenCatalog): string {
  if (!schemaIsCurrent(root)) writeText(join(root, schemaFile), { text: makeSchema() });
  const { added, changed, orphaned } = writeTree(generatedFolder(root), tree);
  return `generated/: ${tree.size} files, ${added.length} new, ${changed.length} changed, ${orphaned.length} removed`;
}

const schemaIsCurrent = (root: string): boolean => readText(join(root, schemaFile)) === makeSchema();

function makeSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(definitionFile, { io: "input", unrepresentable: "any" }), undefined, 2)}\n`;
}

const schemaComplaint: Diagnostic = {
  rule: "generated-outdated",
  file: schemaFile,
  message: "is not what the code gives: run `ingot generate`",
};
