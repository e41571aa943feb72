import type { ImageArtifact } from "./artifact.js";
import type { Distribution } from "./catalog.js";
import type { Budget, Exceptions, ImageTest, Notes, Probes, Variant } from "./definition.js";
import type { Platform } from "./platform.js";
import type { Tag } from "./reference.js";
import type { Support } from "./support.js";
import type { Version } from "./version.js";

/** `python/3.13/trixie` */
export type PairId = string & { readonly __brand: "PairId" };
/** `python/3.13/trixie/dev` */
export type ImageId = string & { readonly __brand: "ImageId" };

/** What an image is built on. */
export type Parent =
  | { readonly kind: "scratch" }
  | { readonly kind: "distribution"; readonly distribution: Distribution; readonly reference: string }
  | { readonly kind: "image"; readonly id: ImageId; readonly reference: string };

/** The image in which a root file system is made. */
export interface Builder {
  readonly id: ImageId;
  readonly reference: string;
  /** Of its build context: what makes the root file system is among them. */
  readonly files: readonly string[];
}

/** One image of the plan: everything that its Dockerfile, its tags and its tests are made from. */
export interface Image {
  readonly id: ImageId;
  readonly pair: PairId;
  readonly language: string;
  readonly line: string;
  readonly distribution: Distribution;
  readonly variant: Variant;
  readonly version: Version;
  readonly platforms: readonly Platform[];
  /** `ingot/python` */
  readonly repository: string;
  /** Narrowest first; the unique tag is not among them. Never empty. */
  readonly tags: readonly Tag[];
  readonly parent: Parent;
  /** The image in which a root file system is made; absent where packages are installed in place or there are none. */
  readonly builder?: Builder;
  /** As the package manager takes them: `python3.13=3.13.5-*`, `nodejs~24.16.0`. */
  readonly packages: readonly string[];
  /** What is laid over them: files of upstream's own. */
  readonly artifacts: readonly ImageArtifact[];
  /** Patterns of paths that microroot keeps, or leaves out, whatever its rules say. */
  readonly keep: readonly string[];
  readonly drop: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cmd: readonly string[];
  /** uid and gid; absent for root. */
  readonly user?: number;
  /** Paths below `templates/<family>/`: the build context beside the Dockerfile. */
  readonly files: readonly string[];
  /** Of its release line. */
  readonly support: Support;
  /** OCI's predefined annotation keys, as labels of the config. */
  readonly labels: Readonly<Record<string, string>>;
  /** Seconds since 1970. */
  readonly sourceDateEpoch: number;
  readonly tests: readonly ImageTest[];
  /** Absent where the definition names none. */
  readonly budget?: Budget;
}

/** A runtime image, its dev image and what else the definition adds to them: built, tested and published as one. */
export interface Pair {
  readonly id: PairId;
  readonly language: string;
  readonly line: string;
  readonly distribution: Distribution;
  readonly version: Version;
  readonly images: readonly Image[];
  readonly hello?: Readonly<Record<string, string | number>>;
  readonly probes: Probes;
  readonly exceptions: Exceptions;
  readonly devCommands: readonly string[];
  readonly support: Support;
}

/** The whole catalog with every decision taken. Parents come before their children. */
export interface Plan {
  readonly namespace: string;
  readonly title: string;
  /** The language that all others are built on. */
  readonly base: string;
  readonly languages: readonly LanguagePlan[];
  readonly pairs: readonly Pair[];
}

export interface LanguagePlan {
  readonly language: string;
  readonly summary: string;
  readonly licence: string;
  readonly homepage: string;
  readonly notes: Notes;
  readonly pairs: readonly Pair[];
}

export function imagesOf(plan: { readonly pairs: readonly Pair[] }): readonly Image[] {
  return plan.pairs.flatMap((pair) => pair.images);
}

/** The images that must be there before this one can be built. */
export const parentsOf = ({ parent, builder }: Pick<Image, "parent" | "builder">): readonly ImageId[] => [
  ...(parent.kind === "image" ? [parent.id] : []),
  ...(builder === undefined ? [] : [builder.id]),
];

/** The ids of images and of all that they are built on, as far as `all` has them. */
export function closureOf(images: readonly Image[], all: ReadonlyMap<ImageId, Image>): ReadonlySet<ImageId> {
  const needed = new Set<ImageId>();
  const add = (id: ImageId): void => {
    const image = all.get(id);
    if (needed.has(id) || image === undefined) return;
    needed.add(id);
    for (const parent of parentsOf(image)) add(parent);
  };
  for (const { id } of images) add(id);
  return needed;
}

/** `generated/python/3.13/trixie/dev`, with `/` on every system. */
export function folderOf(image: Pick<Image, "id">): string {
  return `generated/${image.id}`;
}

/** `ingot/python:3.13.5-trixie-dev`, the reference that no other version or distribution shares. */
export function narrowestReference(image: Image): string {
  return `${image.repository}:${image.tags[0]}`;
}
