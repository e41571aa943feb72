import type { Digest } from "./reference.js";

/** What the dynamic section of an ELF file says. */
export interface ElfFile {
  /** `e_machine`: 62 for amd64, 183 for arm64. */
  readonly machine: number;
  /** Sonames of the shared objects that it needs: `libc.so.6` */
  readonly needed: readonly string[];
  /** Folders to look for them in, before all others; `$ORIGIN` is the file's own folder. */
  readonly runPath: readonly string[];
  /** The program that loads it: `/lib64/ld-linux-x86-64.so.2` */
  readonly interpreter?: string;
}

/** A file, folder or link of an image's root file system. */
export interface ImageEntry {
  /** `/usr/bin/python3` */
  readonly path: string;
  /** `link` is a second name of a file, whose `target` is the first. */
  readonly type: "file" | "directory" | "symlink" | "link" | "device";
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes. */
  readonly size: number;
  /** Seconds since 1970. */
  readonly modified: number;
  /** Where a link points: a symlink as it says it, a `link` by the whole path of the other name. */
  readonly target?: string;
  /** Position in `layers` of the layer that it comes from. */
  readonly layer: number;
  /** Of files, in hexadecimal. */
  readonly sha1?: string;
  readonly sha256?: string;
  readonly elf?: ElfFile;
}

export interface ImageLayer {
  /** Of what a registry stores. */
  readonly digest: Digest;
  /** Bytes of what a registry stores: the layer's tar, compressed with gzip. */
  readonly compressed: number;
  /** Bytes of the files in it. */
  readonly size: number;
  /** Paths in it that an earlier layer has with the same content, owner and rights. */
  readonly repeated: readonly string[];
}

/** Everything in an image, read without running anything in it. */
export interface ImageContent {
  readonly layers: readonly ImageLayer[];
  /** The root file system that the layers make together, by path. */
  readonly entries: ReadonlyMap<string, ImageEntry>;
  /** Of the small files that say what the image holds: package databases, users, the loader's configuration. */
  readonly texts: ReadonlyMap<string, string>;
  /** `65532:65532`; empty for root. */
  readonly user: string;
  /** `LANG=C.UTF-8` */
  readonly env: readonly string[];
}

/** A package that an image's own package database names. */
export interface InstalledPackage {
  /** `libssl3t64` */
  readonly name: string;
  /** `3.5.1-1` */
  readonly version: string;
  /** In the distribution's words: `amd64`, `all`; `x86_64`, `noarch`. */
  readonly architecture: string;
  /** The source package, and its version where that is another. */
  readonly source: { readonly name: string; readonly version: string };
  readonly maintainer?: string;
  readonly homepage?: string;
  /** As the database has it: an SPDX expression on Alpine, the short names of the copyright file on Debian. */
  readonly licence?: string;
  /** Files and links that the database says are the package's, and that are in the image. */
  readonly files: readonly string[];
}

export interface PackageDatabase {
  readonly family: "alpine" | "debian";
  readonly packages: readonly InstalledPackage[];
}
