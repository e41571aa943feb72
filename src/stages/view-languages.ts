import { imagesOf, type LanguagePlan, type Plan } from "../model/image.js";
import type { Family } from "../model/platform.js";
import { compareVersions, parseVersion } from "../model/version.js";
import { cell, inline } from "../support/markdown.js";
import type { Shape, ShapeOf } from "../support/template.js";

/** What the page that lists all languages may place. */
export interface LanguagesView {
  readonly title: string;
  readonly languages: readonly {
    readonly language: string;
    readonly summary: string;
    /** `24, 22, *20*`; a dash where there is none. */
    readonly debian: string;
    readonly alpine: string;
  }[];
  readonly images: string;
}

export const languagesShape = {
  title: true,
  languages: [{ language: true, summary: true, debian: true, alpine: true }],
  images: true,
} as const satisfies ShapeOf<LanguagesView> & Shape;

export function languagesView(plan: Plan): LanguagesView {
  return {
    title: inline(plan.title),
    languages: plan.languages.map(({ language, summary, pairs }) => ({
      language,
      summary: cell(summary),
      debian: linesOn("debian", pairs),
      alpine: linesOn("alpine", pairs),
    })),
    images: String(imagesOf(plan).length),
  };
}

/** Newest first: marked only where every pair of the line in the family is. */
function linesOn(family: Family, pairs: LanguagePlan["pairs"]): string {
  const there = pairs.filter(({ distribution }) => distribution.family === family);
  const lines = [...new Set(there.map(({ line }) => line))].sort(newestFirst).map((line) => {
    const ofLine = there.filter((pair) => pair.line === line);
    return ofLine.every(({ support }) => support.ended !== undefined) ? `*${line}*` : line;
  });
  return lines.length === 0 ? "—" : lines.join(", ");
}

function newestFirst(a: string, b: string): number {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  return left === undefined || right === undefined ? a.localeCompare(b, "en") : compareVersions(right, left);
}
