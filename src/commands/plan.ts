import { type Diagnostic, failed, ok, type Result } from "../model/diagnostic.js";
import type { Image, Pair, Plan } from "../model/image.js";
import type { Selector } from "../model/selector.js";
import { type BakeOptions, makeBakeFile } from "../stages/bake.js";
import { complaintsOf, openCatalog, select } from "./catalog.js";
import { legsOf, type Narrowing, narrow } from "./narrow.js";

export type PlanFormat = "text" | "json" | "bake" | "github-matrix";

export interface PlanOptions extends Narrowing, BakeOptions {
  readonly selectors: readonly Selector[];
  readonly format: PlanFormat;
  /** Of a matrix: how many jobs at most. */
  readonly legs: number | undefined;
}

export type Planned =
  | { readonly kind: "images"; readonly plan: Plan; readonly images: readonly Image[] }
  /** For a program, as JSON. */
  | { readonly kind: "file"; readonly content: object };

/** What a selection is built from, in the form that was asked for. */
export async function plan(root: string, options: PlanOptions): Promise<Result<Planned>> {
  const complaints = complaintsAbout(options);
  const opened = openCatalog(root);
  if (!opened.ok || complaints.length > 0) return failed(...complaints, ...complaintsOf(opened));
  const { plan, tree } = opened.value;
  const images = await narrow(opened.value, select(opened.value, options.selectors), options);
  if (!images.ok) return images;
  if (options.format === "bake") {
    const file = makeBakeFile(images.value, { ...options, plan, tree });
    return file.ok ? ok({ kind: "file", content: file.value }) : file;
  }
  if (options.format === "github-matrix")
    return ok({ kind: "file", content: makeMatrix(legsOf(opened.value, images.value, options.legs ?? 1)) });
  return ok({ kind: "images", plan, images: images.value });
}

/** One job of a GitHub workflow for each leg; none for one without pairs, as no selector at all would mean everything. */
function makeMatrix(legs: readonly (readonly Pair[])[]): object {
  const include = legs.flatMap((pairs, index) =>
    pairs.length === 0 ? [] : [{ name: `${index + 1}/${legs.length}`, selectors: pairs.map(selectorOf).join(" ") }],
  );
  return { include };
}

/** `python:3.13.5-trixie`: no other pair has that tag, and a shell leaves it as it is. */
function selectorOf({ language, images }: Pair): Selector {
  const image = images.find(({ variant }) => variant === "runtime") ?? images[0];
  return `${language}:${image?.tags[0]}`;
}

function complaintsAbout({ format, legs, platforms, contexts, mirrorFile }: PlanOptions): readonly Diagnostic[] {
  const complain = (message: string): Diagnostic => ({ rule: "invalid-option", message });
  const isForBake = platforms !== undefined || Object.keys(contexts).length > 0 || mirrorFile !== undefined;
  return [
    ...(legs !== undefined && format !== "github-matrix" ? [complain("--legs is for --format github-matrix")] : []),
    ...(isForBake && format !== "bake"
      ? [complain("--platform, --context and --mirror-file are for --format bake")]
      : []),
    // A mirror may have a login in its URL, and the file goes to other machines.
    ...(mirrorFile?.includes("://")
      ? [complain("--mirror-file must be a file that names the mirror, and is a URL")]
      : []),
  ];
}
