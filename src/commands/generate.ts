import { dirname, join } from "node:path";
import { z } from "zod";
import { definitionFile } from "../model/definition.js";
import { type Diagnostic, failed, ok, type Result } from "../model/diagnostic.js";
import { makeFolder, readText, writeText, writeTree } from "../ports/files.js";
import { renderSizes } from "../stages/render.js";
import { generatedFolder, type OpenCatalog, openCatalog, outdated } from "./catalog.js";

/** What editors complete definitions from. */
const schemaFile = "languages/schema.json";

/** What was measured, as a page: only where something was. */
const sizesPage = "docs/sizes.md";

/** Writes `generated/`, and gives a line that says what changed; with `check`, changes nothing and complains instead. */
export function generate(root: string, { check }: { readonly check: boolean }): Result<string> {
  const opened = openCatalog(root);
  if (!opened.ok) return opened;
  if (!check) return ok(writeGenerated(root, opened.value));
  const { tree } = opened.value;
  const complaints = [
    ...outdated(root, tree),
    ...[...pagesBeside(opened.value)].flatMap(([file, text]) =>
      readText(join(root, file)) === text ? [] : [complaint(file)],
    ),
  ];
  return complaints.length > 0 ? failed(...complaints) : ok(`generated/ is up to date: ${tree.size} files`);
}

/** Makes `generated/` what it should be, and touches nothing that is; gives a line that says what changed. */
export function writeGenerated(root: string, opened: OpenCatalog): string {
  for (const [file, text] of pagesBeside(opened)) {
    if (readText(join(root, file)) === text) continue;
    makeFolder(dirname(join(root, file)));
    writeText(join(root, file), { text });
  }
  const { tree } = opened;
  const { added, changed, orphaned } = writeTree(generatedFolder(root), tree);
  return `generated/: ${tree.size} files, ${added.length} new, ${changed.length} changed, ${orphaned.length} removed`;
}

/** Generated files that are not in `generated/`, by their paths. */
function pagesBeside({ plan, loaded }: OpenCatalog): ReadonlyMap<string, string> {
  const sizes = renderSizes(plan, loaded);
  return new Map([[schemaFile, makeSchema()], ...(sizes === undefined ? [] : [[sizesPage, sizes] as const])]);
}

function makeSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(definitionFile, { io: "input", unrepresentable: "any" }), undefined, 2)}\n`;
}

const complaint = (file: string): Diagnostic => ({
  rule: "generated-outdated",
  file,
  message: "is not what the code gives: run `ingot generate`",
});
