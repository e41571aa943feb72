import assert from "node:assert/strict";
import type { ImageEntry } from "../../src/model/content.js";
import { type LayerContent, layLayers } from "../../src/model/layers.js";
import type { Digest } from "../../src/model/reference.js";

const digest = `sha256:${"0".repeat(64)}` as Digest;

const file = (path: string, sha256 = "1"): Omit<ImageEntry, "layer"> => ({
  path,
  type: "file",
  mode: 0o644,
  uid: 0,
  gid: 0,
  modified: 0,
  size: 3,
  sha256,
});
const folder = (path: string): Omit<ImageEntry, "layer"> => ({
  ...file(path),
  type: "directory",
  mode: 0o755,
  size: 0,
});

const layer = (...entries: readonly Omit<ImageEntry, "layer">[]): LayerContent => ({
  digest,
  compressed: 10,
  entries,
  texts: new Map(entries.filter(({ type }) => type === "file").map(({ path, sha256 }) => [path, sha256 ?? ""])),
});

const paths = (...layers: readonly LayerContent[]): readonly string[] => [...layLayers(layers).entries.keys()].sort();

describe("layers on each other", () => {
  it("show of each path the last that was said of it, and the layer that said so", () => {
    const { entries, texts } = layLayers([layer(file("/a"), file("/b")), layer(file("/b", "2"))]);
    assert.deepEqual(
      [...entries.values()].map(({ path, sha256, layer }) => [path, sha256, layer]),
      [
        ["/a", "1", 0],
        ["/b", "2", 1],
      ],
    );
    assert.equal(texts.get("/b"), "2");
  });

  it("lack what a whiteout takes away, with all below it, and its text", () => {
    const lower = layer(folder("/a"), file("/a/b"), file("/ab"), file("/c"));
    assert.deepEqual(paths(lower, layer(file("/.wh.a"), file("/.wh.c"))), ["/ab"]);
    assert.equal(layLayers([lower, layer(file("/.wh.c"))]).texts.has("/c"), false);
  });

  it("keep what the layer of an opaque folder says itself, before its whiteout and after", () => {
    const lower = layer(folder("/a"), file("/a/old"));
    assert.deepEqual(paths(lower, layer(folder("/a"), file("/a/x"), file("/a/.wh..wh..opq"), file("/a/y"))), [
      ...["/a", "/a/x", "/a/y"],
    ]);
  });

  it("lose what was below a folder that became a file", () => {
    assert.deepEqual(paths(layer(folder("/a"), file("/a/b")), layer(file("/a"))), ["/a"]);
  });

  it("name each file that says again what was there, and no folder", () => {
    const { layers } = layLayers([
      layer(folder("/a"), file("/a/b"), file("/c")),
      layer(folder("/a"), file("/a/b"), file("/c", "2")),
    ]);
    assert.deepEqual(
      layers.map(({ repeated }) => repeated),
      [[], ["/a/b"]],
    );
    assert.deepEqual(
      layers.map(({ size }) => size),
      [6, 6],
    );
  });
});
