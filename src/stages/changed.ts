import { type ImageId, imagesOf, type Pair, type Plan, parentsOf } from "../model/image.js";
import { canonical } from "../support/fingerprint.js";

/** What is not as it was. Paths are below the catalog's folder. */
export interface Difference {
  readonly files: readonly string[];
  /** Languages whose definition tests something else. */
  readonly tests: ReadonlySet<string>;
}

/**
 * The pairs that a difference is about: those with a file of their own in it, those of a language whose hello application
 * or tests are in it, and those that are built on an image that is.
 */
export function changedPairs(plan: Plan, { files, tests }: Difference): readonly Pair[] {
  const parts = files.map((file) => file.split("/"));
  const ownFiles = new Set(
    parts.flatMap(([top, ...path]) => (top === "generated" && path.length > 4 ? [path.slice(0, 4).join("/")] : [])),
  );
  const applications = new Set(
    parts.flatMap(([top, language = "", ...path]) => (top === "languages" && path.length > 0 ? [language] : [])),
  );
  const changed = new Set<ImageId>();
  // Parents come before their children.
  for (const image of imagesOf(plan))
    if (ownFiles.has(image.id) || parentsOf(image).some((id) => changed.has(id))) changed.add(image.id);
  return plan.pairs.filter(
    ({ language, images }) =>
      applications.has(language) || tests.has(language) || images.some(({ id }) => changed.has(id)),
  );
}

/** `python` for `languages/python.yaml`. */
export function languageOf(file: string): string | undefined {
  return /^languages\/([^/]+)\.yaml$/.exec(file)?.[1];
}

const testKeys = ["test", "hello", "probes", "except"];

/** Whether two texts of a definition, as plain values, say something else of what is tested. No generated file shows it. */
export function testsDiffer(before: unknown, after: unknown): boolean {
  return canonical(testsIn(before)) !== canonical(testsIn(after));
}

/** Tests, commands that dev must have and runtime must not, and budgets, which may stand in any set of packages. */
function testsIn(definition: unknown): unknown {
  const top = entriesOf(definition);
  return {
    tests: top.filter(([key]) => testKeys.includes(key)),
    commands: top.map(([key, value]) => [key, entriesOf(value).find(([inner]) => inner === "commands")]),
    budgets: budgetsIn(definition),
  };
}

function budgetsIn(value: unknown): readonly unknown[] {
  return entriesOf(value).flatMap(([key, inner]) => (key === "size" ? [inner] : budgetsIn(inner)));
}

const entriesOf = (value: unknown): readonly (readonly [string, unknown])[] =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    : [];
