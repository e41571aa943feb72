import { join } from "node:path";
import { type Diagnostic, failed, ok, type Result } from "../model/diagnostic.js";
import { type Image, imagesOf, type Plan } from "../model/image.js";
import type { Lock } from "../model/lock.js";
import { type Selector, selectImages } from "../model/selector.js";
import { compareTree, type Tree, type TreeDifference } from "../ports/files.js";
import { type LoadedCatalog, loadCatalog, loadLock } from "../stages/load.js";
import { makePlan } from "../stages/plan.js";
import { renderCatalog } from "../stages/render.js";
import { readTemplates } from "../stages/templates.js";

/** A catalog with every decision taken and every Dockerfile made. */
export interface OpenCatalog {
  readonly loaded: LoadedCatalog;
  readonly lock: Lock;
  readonly plan: Plan;
  readonly tree: Tree;
}

/** Loads, plans and renders a catalog, with all mistakes that can be found so far. */
export function openCatalog(root: string): Result<OpenCatalog> {
  return openLoaded(root, loadCatalog(root), loadLock(root));
}

/** The same for what is loaded already. */
export function openLoaded(
  root: string,
  loaded: Result<LoadedCatalog>,
  lock: Result<Lock | undefined>,
): Result<OpenCatalog> {
  if (!loaded.ok || !lock.ok)
    return failed(...complaintsOf(loaded), ...complaintsOf(lock), ...templateComplaints(root));
  const plan = makePlan(loaded.value, lock.value);
  const tree = plan.ok ? renderCatalog(plan.value, loaded.value) : undefined;
  if (!plan.ok || tree?.ok !== true)
    return failed(...complaintsOf(plan), ...(tree === undefined ? templateComplaints(root) : complaintsOf(tree)));
  return ok({ loaded: loaded.value, lock: lock.value as Lock, plan: plan.value, tree: tree.value });
}

export const complaintsOf = (result: Result<unknown>): readonly Diagnostic[] => (result.ok ? [] : result.diagnostics);

/** A template's mistakes are there whether or not there is a plan to render. */
function templateComplaints(root: string): readonly Diagnostic[] {
  const nothing: Plan = { namespace: "", title: "", base: "", languages: [], pairs: [] };
  const sources = { templates: readTemplates(root), sizes: {}, hello: new Map() };
  return complaintsOf(renderCatalog(nothing, sources));
}

/** The images that the selectors match. */
export function select({ plan }: OpenCatalog, selectors: readonly Selector[]): Result<readonly Image[]> {
  return selectImages(imagesOf(plan), selectors);
}

export function generatedFolder(root: string): string {
  return join(root, "generated");
}

/** Complaints for files of `generated/` that are not what they should be. */
export function outdated(root: string, tree: Tree): readonly Diagnostic[] {
  const { added, changed, orphaned }: TreeDifference = compareTree(generatedFolder(root), tree);
  const complain = (path: string, what: string): Diagnostic => ({
    rule: "generated-outdated",
    file: `generated/${path}`,
    message: `${what}: run \`ingot generate\``,
  });
  return [
    ...added.map((path) => complain(path, "is missing")),
    ...changed.map((path) => complain(path, "is not what the definitions, the lock and the templates give")),
    ...orphaned.map((path) => complain(path, "is not made from any definition")),
  ];
}
