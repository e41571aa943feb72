import { join } from "node:path";
import { readText } from "../ports/files.js";
import { readDocument, type SourceDocument } from "../support/document.js";

/** A file of a catalog, by its path there; undefined where there is none. */
export function readYaml(root: string, path: string): SourceDocument | undefined {
  const text = readText(join(root, path));
  return text === undefined ? undefined : readDocument(path, text);
}
