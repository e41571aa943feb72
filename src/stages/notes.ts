import type { CatalogSettings } from "../model/catalog.js";
import type { DefinitionFile, Notes } from "../model/definition.js";
import type { Diagnostic } from "../model/diagnostic.js";
import { matchesPackage } from "../model/package-pattern.js";
import { fillLine } from "../model/placeholder.js";
import { families } from "../model/platform.js";
import type { SourceDocument } from "../support/document.js";
import { suggestion } from "../support/validate.js";
import { packageSets } from "./package-sets.js";

interface Written {
  readonly content: DefinitionFile;
  readonly document: SourceDocument;
}

export function notesOf(content: DefinitionFile): Notes {
  const { reasons = {}, limits = [], absent = {}, runtime, dev, variants } = content;
  const byVariant = (key: "keep" | "drop") =>
    Object.fromEntries(
      Object.entries({ runtime, dev, ...variants }).flatMap(([variant, file]) =>
        file?.[key] === undefined ? [] : [[variant, file[key]]],
      ),
    );
  return { reasons, limits, absent, keep: byVariant("keep"), drop: byVariant("drop") };
}

/** Complains of what a definition tells its readers and what is not so: nothing else would ever notice. */
export function noteComplaints(written: Written, settings: CatalogSettings): readonly Diagnostic[] {
  return [...reasonComplaints(written), ...absenceComplaints(written, settings)];
}

function reasonComplaints({ content, document }: Written): readonly Diagnostic[] {
  const names = namesIn(content);
  return unmatchedReasons(content).map((pattern) => ({
    rule: "unmatched-reason",
    message: `no list of this definition has ${pattern}${suggestion(pattern, names)}`,
    place: document.placeOf(["reasons", pattern], "key"),
  }));
}

/** Reasons for packages that no list of a definition has. */
export function unmatchedReasons(content: DefinitionFile): readonly string[] {
  const names = namesIn(content);
  return Object.keys(content.reasons ?? {}).filter((pattern) => !names.some((name) => matchesPackage(pattern, name)));
}

/** Packages and artifacts that a definition has anywhere. */
function namesIn(content: DefinitionFile): readonly string[] {
  const listed = packageSets(content).flatMap(({ set }) => [
    ...(set.version === undefined ? [] : [set.version]),
    ...Object.values(set).flatMap((value) => (Array.isArray(value) ? (value as readonly string[]) : [])),
  ]);
  const filled = Object.keys(content.lines).flatMap((line) => listed.map((name) => fillLine(name, line)));
  return [...new Set([...filled, ...Object.keys(content.artifacts ?? {})])];
}

function absenceComplaints({ content, document }: Written, { distributions }: CatalogSettings): readonly Diagnostic[] {
  return families.flatMap((family): readonly Diagnostic[] => {
    if (content.absent?.[family] === undefined) return [];
    const names = distributions.flatMap((each) => (each.family === family ? [each.name] : []));
    const [present] = Object.entries(content.lines).flatMap(([line, { on }]) =>
      names.filter((name) => Object.hasOwn(on, name)).map((name) => `${line} on ${name}`),
    );
    if (present === undefined) return [];
    const message = `${family} is said to be absent, and there is ${present}`;
    return [{ rule: "present-family", message, place: document.placeOf(["absent", family], "key") }];
  });
}
