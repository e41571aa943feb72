import { createHash } from "node:crypto";
import type { ImageContent, ImageEntry } from "../../src/model/content.js";
import type { Digest } from "../../src/model/reference.js";

/** What an image of a test holds: the paths of its files and folders, where its links point, and some files' text. */
export interface ContentSketch {
  readonly files?: readonly string[];
  readonly folders?: readonly string[];
  readonly links?: Readonly<Record<string, string>>;
  readonly texts?: Readonly<Record<string, string>>;
}

/** An image of one layer whose files hold their own path, or their text. */
export function contentOf({ files = [], folders = [], links = {}, texts = {} }: ContentSketch): ImageContent {
  const entries: readonly ImageEntry[] = [
    ...files.map((path) => fileOf(path, path)),
    ...Object.entries(texts).map(([path, text]) => fileOf(path, text)),
    ...folders.map((path): ImageEntry => ({ ...owned, path, type: "directory", mode: 0o755, size: 0 })),
    ...Object.entries(links).map(
      ([path, target]): ImageEntry => ({ ...owned, path, type: "symlink", mode: 0o777, size: 0, target }),
    ),
  ];
  return {
    layers: [],
    entries: new Map(entries.map((entry) => [entry.path, entry])),
    texts: new Map(Object.entries(texts)),
    digest: `sha256:${"c".repeat(64)}` as Digest,
    architecture: "amd64",
    user: "65532:65532",
    env: [],
  };
}

const owned = { uid: 0, gid: 0, modified: 0, layer: 0 } as const;

function fileOf(path: string, text: string): ImageEntry {
  const hash = (algorithm: string): string => createHash(algorithm).update(text).digest("hex");
  return {
    ...owned,
    path,
    type: "file",
    mode: 0o644,
    size: Buffer.byteLength(text),
    sha1: hash("sha1"),
    sha256: hash("sha256"),
  };
}
