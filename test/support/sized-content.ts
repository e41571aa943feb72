import type { ImageContent } from "../../src/model/content.js";
import type { Digest } from "../../src/model/reference.js";

/** A package of a test image: its version, and its files with their bytes. */
export interface SizedPackage {
  readonly version: string;
  readonly files: Readonly<Record<string, number>>;
}

/** An image of one layer with a Debian database of some packages, and files of no package. Half of it when compressed. */
export function sizedContent(
  packages: Readonly<Record<string, SizedPackage>>,
  generated: Readonly<Record<string, number>> = {},
): ImageContent {
  const files = [
    ...Object.values(packages).flatMap((each) => Object.entries(each.files)),
    ...Object.entries(generated),
  ];
  const total = files.reduce((sum, [, bytes]) => sum + bytes, 0);
  const sums = (paths: Readonly<Record<string, number>>): string =>
    Object.keys(paths)
      .map((path) => `${"0".repeat(32)}  ${path.slice(1)}\n`)
      .join("");
  return {
    layers: [{ digest: `sha256:${"a".repeat(64)}` as Digest, compressed: total / 2, size: total, repeated: [] }],
    entries: new Map(
      files.map(([path, size]) => [
        path,
        { path, type: "file" as const, mode: 0o644, uid: 0, gid: 0, modified: 0, size, layer: 0 },
      ]),
    ),
    texts: new Map(
      Object.entries(packages).flatMap(([name, { version, files: own }]) => [
        [`/var/lib/dpkg/status.d/${name}`, `Package: ${name}\nArchitecture: amd64\nVersion: ${version}\n`],
        [`/var/lib/dpkg/status.d/${name}.md5sums`, sums(own)],
      ]),
    ),
    digest: `sha256:${"b".repeat(64)}` as Digest,
    architecture: "amd64",
    user: "65532:65532",
    env: [],
  };
}
