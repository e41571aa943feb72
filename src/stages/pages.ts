import { join } from "node:path";
import { ok, type Result } from "../model/diagnostic.js";
import { type Sizes, sizesFile } from "../model/sizes.js";
import { readText } from "../ports/files.js";
import { validate } from "../support/validate.js";
import { readYaml } from "./read-yaml.js";

export const sizesName = "catalog.sizes.yaml";

/** What pages are made from beside the plan. */
export interface PageSources {
  readonly sizes: Sizes;
  /** The Dockerfile of each language's hello application, by language. */
  readonly hello: ReadonlyMap<string, string>;
}

/** What was measured; nothing where nothing was. */
export function loadSizes(root: string): Result<Sizes> {
  const document = readYaml(root, sizesName);
  if (document === undefined) return ok({});
  const content = validate(document, sizesFile);
  return content.ok ? ok(content.value.sizes) : content;
}

export function readHello(root: string, languages: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    languages.flatMap((language) => {
      const text = readText(join(root, "languages", language, "hello", "Dockerfile"));
      return text === undefined ? [] : [[language, text] as const];
    }),
  );
}
