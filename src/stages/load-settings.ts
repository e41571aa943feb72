import { type CatalogFile, type CatalogSettings, catalogFile, compareReleases } from "../model/catalog.js";
import { type Diagnostic, failed, ok, type Result } from "../model/diagnostic.js";
import { families } from "../model/platform.js";
import type { SourceDocument } from "../support/document.js";
import { own } from "../support/own.js";
import { suggestion, validate } from "../support/validate.js";
import { readYaml } from "./read-yaml.js";

export interface WrittenSettings {
  readonly document: SourceDocument;
  readonly content: Result<CatalogFile>;
}

export function readSettings(root: string): WrittenSettings | Diagnostic {
  const document = readYaml(root, "catalog.yaml");
  if (document !== undefined) return { document, content: validate(document, catalogFile) };
  return {
    rule: "missing-file",
    file: "catalog.yaml",
    message: `there is no catalog in ${root}: a catalog is a folder with a catalog.yaml, and \`ingot init\` starts one`,
  };
}

/** Reads `catalog.yaml` alone, whatever is wrong with the definitions. */
export function loadSettings(root: string): Result<CatalogSettings> {
  const written = readSettings(root);
  if ("rule" in written) return failed(written);
  return written.content.ok ? ok(settingsOf(written.content.value)) : written.content;
}

export function settingsOf(content: CatalogFile): CatalogSettings {
  const { namespace, title, source, base, user, platforms, quickstart, prefer, cycles, maximumAge } = content;
  const mirrors = Object.fromEntries(
    Object.entries(content.mirrors ?? {}).filter(([, location]) => location !== undefined),
  );
  const distributions = Object.entries(content.distributions).map(([name, distribution]) => {
    const position = prefer.indexOf(name);
    const floating = own(content.distributions, content.floating[distribution.family] ?? "");
    const floats = floating === undefined || compareReleases(distribution, floating) <= 0;
    return { name, ...distribution, preference: position === -1 ? prefer.length : position, floats };
  });
  return {
    namespace,
    title,
    base,
    user,
    platforms,
    quickstart,
    distributions,
    mirrors,
    ...(source === undefined ? {} : { source }),
    ...(cycles === undefined ? {} : { cycles }),
    ...(maximumAge === undefined ? {} : { maximumAge }),
  };
}

export function settingsComplaints(
  content: CatalogFile,
  document: SourceDocument,
  /** Those that have a file, readable or not. */
  languages: readonly string[],
): readonly Diagnostic[] {
  const distributions = Object.keys(content.distributions);
  const unknown: Diagnostic[] = content.prefer.flatMap((name, index): readonly Diagnostic[] =>
    distributions.includes(name)
      ? []
      : [
          {
            rule: "unknown-distribution",
            message: `there is no distribution ${name}${suggestion(name, distributions)}`,
            place: document.placeOf(["prefer", index]),
          },
        ],
  );
  unknown.push(...floatingComplaints(content, document));
  const hasBase = languages.includes(content.base);
  const message = `base is ${content.base}, and there is no languages/${content.base}.yaml${suggestion(content.base, languages)}`;
  return hasBase ? unknown : [...unknown, { rule: "missing-file", message, place: document.placeOf(["base"]) }];
}

/** Each family that the catalog has a distribution of has one that its tags are on; nothing else may move them. */
function floatingComplaints({ distributions, floating }: CatalogFile, document: SourceDocument): readonly Diagnostic[] {
  return families.flatMap((family): readonly Diagnostic[] => {
    const names = Object.keys(distributions).filter((name) => own(distributions, name)?.family === family);
    const chosen = floating[family];
    if (chosen !== undefined && !names.includes(chosen)) {
      const message = `there is no distribution ${chosen} of ${family}${suggestion(chosen, names)}`;
      return [{ rule: "unknown-distribution", message, place: document.placeOf(["floating", family]) }];
    }
    if (chosen !== undefined || names.length === 0) return [];
    const message = `${family} is missing: name the distribution that tags such as 24-${family} are on, one of ${names.join(", ")}`;
    return [{ rule: "missing-key", message, place: document.placeOf(["floating"], "key") }];
  });
}
