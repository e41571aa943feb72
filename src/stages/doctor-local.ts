import semver from "semver";
import type { Diagnostic } from "../model/diagnostic.js";
import { type Finding, findingsOf } from "../model/finding.js";
import type { Image } from "../model/image.js";
import type { Sizes } from "../model/sizes.js";
import { own } from "../support/own.js";

/** `wanted` is a range of npm's: `^20.19.0 || >=22.12.0`. */
export function judgeNode(version: string, wanted: string): Finding {
  const { ok, fail } = findingsOf("nodejs");
  if (semver.satisfies(version, wanted)) return ok(`Node ${version}`);
  return fail(`Node ${version}, and Ingot needs ${wanted}`, "https://nodejs.org/en/download has one");
}

/** What there is to say of a catalog's folder. */
export type CatalogState =
  | { readonly kind: "none" }
  | { readonly kind: "wrong"; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: "good"; readonly pairs: number; readonly outdated: number };

export function judgeCatalog(root: string, state: CatalogState): Finding {
  const { ok, warn, fail } = findingsOf("catalog");
  if (state.kind === "none") return ok(`none in ${root}: --catalog DIR names one`);
  if (state.kind === "wrong") {
    const [first] = state.diagnostics;
    const rest = state.diagnostics.length === 1 ? "" : `, and ${state.diagnostics.length - 1} more`;
    const place = first?.place === undefined ? first?.file : `${first.place.file}:${first.place.line}`;
    const where = place === undefined ? "" : `${place}: `;
    return fail(`${where}${first?.message}${rest}`, "ingot list shows every mistake at its place");
  }
  const found = `${state.pairs} pairs in ${root}`;
  return state.outdated === 0
    ? ok(found)
    : warn(`${found}; of generated/, ${state.outdated} files are not up to date`, "ingot generate");
}

/**
 * Layers lie on an engine's disk unpacked and, in the containerd store, as a registry has them; what the root file systems were made in is
 * kept by the builder.
 */
const copies = 2;

/** Bytes that all images take together, their shared layers once, as far as they were measured; undefined where none was. */
export function diskNeeded(images: readonly Image[], sizes: Sizes): number | undefined {
  const sizeOf = (id: string): number | undefined => own(sizes, id)?.uncompressed;
  const measured = images.flatMap(({ id, parent }) => {
    const size = sizeOf(id);
    if (size === undefined) return [];
    return [Math.max(0, size - (parent.kind === "image" ? (sizeOf(parent.id) ?? 0) : 0))];
  });
  return measured.length === 0 ? undefined : copies * measured.reduce((sum, size) => sum + size, 0);
}
