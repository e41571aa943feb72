import type { Changes } from "./changes.js";
import type { ImageId } from "./image.js";
import type { Digest, Tag } from "./reference.js";

/** A package in an image, as who reads a notice of a vulnerability looks for it. */
export interface SitePackage {
  /** `libssl3t64` */
  readonly name: string;
  /** `3.5.1-1` */
  readonly version: string;
  /** Its source package, where that has another name and somebody wrote it down: `openssl` */
  readonly source?: string;
}

/** A unique tag of an image, and what was attached to what it points at. */
export interface SiteBuild {
  readonly tag: Tag;
  /** `2026-11-21` */
  readonly day: string;
  /** Bytes that a registry stores of it, for one platform; absent where nobody recorded them. */
  readonly size?: number;
  /** For one platform; one for each image that it took the place of. */
  readonly changes: readonly Changes[];
}

/** What a registry has of an image. */
export interface SitePublished {
  readonly digest: Digest;
  /** `2026-11-21`; absent where there is no unique tag. */
  readonly day?: string;
  /** Tags that are not there, or point at something else. */
  readonly astray: readonly Tag[];
  /** Oldest first. */
  readonly builds: readonly SiteBuild[];
}

/** What a site is made from beside the plan. */
export interface SiteFacts {
  /** What goes before `/python:3.13` in a reference: `ingot`, `registry.example/acme` */
  readonly place: string;
  /** Whether a registry was asked. */
  readonly asked: boolean;
  /** Every package of an image; an image that nobody described is absent. */
  readonly packages: ReadonlyMap<ImageId, readonly SitePackage[]>;
  /** What definitions name, of those images that nobody described. */
  readonly named: ReadonlyMap<ImageId, readonly SitePackage[]>;
  readonly published: ReadonlyMap<ImageId, SitePublished>;
}

/** Where a language's page has an image: `3.13-trixie-dev`. */
export function anchorOf(image: { readonly id: ImageId }): string {
  return image.id.split("/").slice(1).join("-");
}
