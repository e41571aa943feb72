import { join } from "node:path";
import { z } from "zod";
import { definitionFile } from "../model/definition.js";
import { type Diagnostic, failed, ok, type Result } from "../model/diagnostic.js";
import { readText, writeText, writeTree } from "../ports/files.js";
import { generatedFolder, openCatalog, outdated } from "./catalog.js";

/** What editors complete definitions from. */
const schemaFile = "languages/schema.json";

/** Writes `generated/`, and gives a line that says what changed; with `check`, changes nothing and complains instead. */
export function generate(root: string, { check }: { readonly check: boolean }): Result<string> {
  const opened = openCatalog(root);
  if (!opened.ok) return opened;
  const { tree } = opened.value;
  const schema = `${JSON.stringify(z.toJSONSchema(definitionFile, { io: "input", unrepresentable: "any" }), undefined, 2)}\n`;
  const schemaIsCurrent = readText(join(root, schemaFile)) === schema;
  if (check) {
    const complaints = [...outdated(root, tree), ...(schemaIsCurrent ? [] : [schemaComplaint])];
    return complaints.length > 0 ? failed(...complaints) : ok(`generated/ is up to date: ${tree.size} files`);
  }
  if (!schemaIsCurrent) writeText(join(root, schemaFile), { text: schema });
  const { added, changed, orphaned } = writeTree(generatedFolder(root), tree);
  return ok(
    `generated/: ${tree.size} files, ${added.length} new, ${changed.length} changed, ${orphaned.length} removed`,
  );
}

const schemaComplaint: Diagnostic = {
  rule: "generated-outdated",
  file: schemaFile,
  message: "is not what the code gives: run `ingot generate`",
};
