import assert from "node:assert/strict";
import { type Image, imagesOf } from "../../src/model/image.js";
import type { Tree } from "../../src/ports/files.js";
import { recipeOf } from "../../src/stages/recipe.js";
import { useTemporaryFolder } from "../support/folders.js";
import { openGood, writeResolvedCatalog } from "../support/resolved-catalog.js";

const platform = "linux/amd64";

describe("the recipe of an image", () => {
  const folder = useTemporaryFolder();

  function open(id: string): { readonly image: Image; readonly tree: Tree } {
    writeResolvedCatalog(folder());
    const { plan, tree } = openGood(folder());
    const image = imagesOf(plan).find((each) => each.id === id);
    assert.ok(image !== undefined, id);
    return { image, tree };
  }
  /** With a file of `generated/` changed. */
  const edited = (tree: Tree, path: string): Tree => {
    const file = tree.get(path);
    assert.ok(file !== undefined, path);
    return new Map([...tree, [path, { ...file, text: `${file.text}# changed\n` }]]);
  };
  const differing = (image: Image, tree: Tree, other: Tree): readonly string[] => {
    const [left, right] = [recipeOf(image, { tree, platform }), recipeOf(image, { tree: other, platform })];
    return Object.keys({ ...left, ...right }).filter((part) => left[part] !== right[part]);
  };

  it("has a part for the Dockerfile, its arguments, and each file beside it or beside that of what makes its root file system", () => {
    const dev = open("base/13/trixie/dev");
    assert.deepEqual(Object.keys(recipeOf(dev.image, { ...dev, platform })), ["Dockerfile", "microroot", "arguments"]);
    const { image, tree } = open("python/3.13/trixie/runtime");
    assert.deepEqual(Object.keys(recipeOf(image, { tree, platform })), ["Dockerfile", "microroot", "arguments"]);
  });

  it("changes in just the part that changed", () => {
    const { image, tree } = open("python/3.13/trixie/runtime");
    assert.deepEqual(differing(image, tree, tree), []);
    assert.deepEqual(differing(image, tree, edited(tree, "python/3.13/trixie/runtime/Dockerfile")), ["Dockerfile"]);
    assert.deepEqual(differing(image, tree, edited(tree, "base/13/trixie/dev/microroot")), ["microroot"]);
    const later = { ...image, sourceDateEpoch: image.sourceDateEpoch + 86_400 };
    const [now, then] = [image, later].map((each) => recipeOf(each, { tree, platform }));
    assert.deepEqual(
      [now?.["Dockerfile"] === then?.["Dockerfile"], now?.["arguments"] === then?.["arguments"]],
      [true, false],
    );
  });

  it("does not change with what else is in the image that makes its root file system", () => {
    const { image, tree } = open("python/3.13/trixie/runtime");
    assert.deepEqual(differing(image, tree, edited(tree, "base/13/trixie/dev/Dockerfile")), []);
    assert.deepEqual(differing(image, tree, edited(tree, "python/3.13/trixie/dev/Dockerfile")), []);
  });

  it("has a part for artifacts, which changes with what is fetched for that platform alone", () => {
    const { image, tree } = open("python/3.13/trixie/runtime");
    const download = (integrity: string) => ({ url: "https://example.org/node", integrity });
    const withArtifact = (arm64: string): Image =>
      ({
        ...image,
        artifacts: [
          {
            ...{ name: "node", strip: 0, files: {}, links: {}, reference: "acme/artifact:node-24" },
            downloads: { "linux/amd64": download("sha512-a"), "linux/arm64": download(arm64) },
          },
        ],
      }) as unknown as Image;
    const recipes = ["sha512-b", "sha512-c"].map((each) =>
      (["linux/amd64", "linux/arm64"] as const).map(
        (where) => recipeOf(withArtifact(each), { tree, platform: where })["artifacts"],
      ),
    );
    const [first = [], second = []] = recipes;
    assert.ok(first.every((part) => /^[0-9a-f]{32}$/.test(part ?? "")));
    assert.deepEqual([first[0] === second[0], first[1] === second[1]], [true, false]);
  });
});
