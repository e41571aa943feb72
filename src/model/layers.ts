import type { ImageContent, ImageEntry, ImageLayer } from "./content.js";
import type { Digest } from "./reference.js";

/** What one layer of an image says, in the order in which it says it. */
export interface LayerContent {
  readonly digest: Digest;
  /** Bytes of what a registry stores. */
  readonly compressed: number;
  readonly entries: readonly Omit<ImageEntry, "layer">[];
  readonly texts: ReadonlyMap<string, string>;
}

// The OCI image spec's words for what a layer takes away: "Whiteouts" in layer.md.
const whiteout = /^(.*\/)\.wh\.([^/]+)$/;
const opaque = ".wh..opq";

/** Lays layers on each other, lowest first. */
export function layLayers(layers: readonly LayerContent[]): Pick<ImageContent, "layers" | "entries" | "texts"> {
  const entries = new Map<string, ImageEntry>();
  const texts = new Map<string, string>();
  const described = layers.map((layer, index) => lay({ layer, index, entries, texts }));
  return { layers: described, entries, texts };
}

interface Laying {
  readonly layer: LayerContent;
  readonly index: number;
  readonly entries: Map<string, ImageEntry>;
  readonly texts: Map<string, string>;
}

function lay({ layer, index, entries, texts }: Laying): ImageLayer {
  const below = new Map(entries);
  const repeated: string[] = [];
  for (const entry of layer.entries) {
    const [, folder, name] = whiteout.exec(entry.path) ?? [];
    if (folder !== undefined && name !== undefined) {
      takeAway(folder, name, below, entries);
      continue;
    }
    const covered = below.get(entry.path);
    if (covered !== undefined && isSame(covered, entry)) repeated.push(entry.path);
    if (covered?.type === "directory" && entry.type !== "directory") removeBelow(`${entry.path}/`, below, entries);
    entries.set(entry.path, { ...entry, layer: index });
  }
  for (const [path, text] of layer.texts) texts.set(path, text);
  for (const path of texts.keys()) if (!entries.has(path)) texts.delete(path);
  const size = layer.entries.reduce((sum, entry) => sum + (entry.type === "file" ? entry.size : 0), 0);
  return { digest: layer.digest, compressed: layer.compressed, size, repeated };
}

/** A whiteout hides what is in the layers below, and never what is in its own. */
function takeAway(
  folder: string,
  name: string,
  below: ReadonlyMap<string, ImageEntry>,
  entries: Map<string, ImageEntry>,
) {
  if (`.wh.${name}` === `.wh.${opaque}`) return removeBelow(folder, below, entries);
  removeBelow(`${folder}${name}/`, below, entries);
  removeIfBelow(`${folder}${name}`, below, entries);
}

function removeBelow(folder: string, below: ReadonlyMap<string, ImageEntry>, entries: Map<string, ImageEntry>): void {
  for (const path of below.keys()) if (path.startsWith(folder)) removeIfBelow(path, below, entries);
}

function removeIfBelow(path: string, below: ReadonlyMap<string, ImageEntry>, entries: Map<string, ImageEntry>): void {
  if (entries.get(path) === below.get(path)) entries.delete(path);
}

/** Folders are repeated to hold what is new in them; a file or link is not, unless something went wrong. */
function isSame(a: ImageEntry, b: Omit<ImageEntry, "layer">): boolean {
  const facts = ({ type, mode, uid, gid, size, target, sha256 }: Omit<ImageEntry, "layer">) =>
    JSON.stringify([type, mode, uid, gid, size, target, sha256]);
  return a.type !== "directory" && facts(a) === facts(b);
}
