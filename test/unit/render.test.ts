import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { stringify } from "yaml";
import { imagesOf } from "../../src/model/image.js";
import { renderCatalog } from "../../src/stages/render.js";
import { dockerfileView, shellWord } from "../../src/stages/view.js";
import { readDockerfile } from "../support/dockerfile.js";
import { useTemporaryFolder, writeFiles } from "../support/folders.js";
import { openGood, writeResolvedCatalog } from "../support/resolved-catalog.js";

/** Text without the control characters that no definition may hold. */
const text = fc
  .string({ unit: "grapheme", maxLength: 40 })
  .filter((each) => /^[^\p{Cc}\u2028\u2029\p{Bidi_Control}]*$/u.test(each));
const hostile = fc.constantFrom(
  '"',
  "\\",
  '\\"',
  "$HOME",
  `$${"{HOME:-x}"}`,
  "`id`",
  "$(id)",
  "'",
  "a\\",
  "\\n",
  "#",
  " x ",
  '"; RUN id',
  "\\\\$x",
  "--mount=type=bind",
  "{{this}}",
  "",
);
const value = fc.oneof(
  text,
  hostile,
  fc.array(hostile).map((parts) => parts.join("")),
);

describe("rendering", () => {
  const folder = useTemporaryFolder();
  beforeEach(() => writeResolvedCatalog(folder()));

  it("twice gives the same bytes, from the same plan and from one that is made anew", () => {
    const { plan, loaded, tree } = openGood(folder());
    const again = renderCatalog(plan, loaded);
    assert.ok(again.ok);
    assert.deepEqual(again.value, tree);
    assert.deepEqual(openGood(folder()).tree, tree);
  });

  it("ends every file with one newline, and leaves no space at the end of a line", () => {
    for (const [path, { text: content }] of openGood(folder()).tree) {
      assert.match(content, /[^\n]\n$/, path);
      assert.doesNotMatch(content, /[ \t]\n/, path);
    }
  });

  it("says in each Dockerfile and README what it is made from", () => {
    for (const [path, { text: content }] of openGood(folder()).tree) {
      if (/Dockerfile$|README\.md$/.test(path))
        assert.match(
          content.split("\n")[0] ?? "",
          new RegExp(
            `Made by \`ingot generate\` from languages/${path === "README.md" ? "\\*" : path.split("/")[0]}\\.yaml`,
          ),
          path,
        );
    }
  });

  it("puts the files that an image's definition names beside its Dockerfile, as programs", () => {
    const { tree } = openGood(folder());
    assert.deepEqual(tree.get("base/13/trixie/dev/microroot"), {
      text: readFileSync(join(folder(), "templates/debian/microroot"), "utf8"),
      executable: true,
    });
    assert.equal(tree.has("base/13/trixie/runtime/microroot"), false);
  });

  it("lists every image with its tags for programs, in JSON", () => {
    const { tree, plan } = openGood(folder());
    const index = JSON.parse(tree.get("catalog.json")?.text ?? "") as {
      languages: { pairs: { images: { dockerfile: string; tags: string[] }[] }[] }[];
    };
    const listed = index.languages.flatMap(({ pairs }) => pairs.flatMap(({ images }) => images));
    assert.deepEqual(
      listed.map(({ dockerfile }) => dockerfile).sort(),
      imagesOf(plan)
        .map(({ id }) => `generated/${id}/Dockerfile`)
        .sort(),
    );
    for (const { dockerfile } of listed) assert.ok(tree.has(dockerfile.replace("generated/", "")), dockerfile);
  });

  it("names no host but those of the catalog and its definitions, and no date of this run", () => {
    const { tree, plan, loaded } = openGood(folder());
    const known = new Set([loaded.catalog.settings.source, ...plan.languages.map(({ homepage }) => homepage)]);
    const today = new Date().toISOString().slice(0, 10);
    for (const [path, { text: content }] of tree) {
      const named = content.match(/https?:\/\/[^\s"<>]+/g) ?? [];
      assert.deepEqual(
        named.filter((url) => !known.has(url)),
        [],
        path,
      );
      assert.ok(!content.includes(today) && !content.includes("# syntax="), path);
    }
  });

  it("keeps environment values and commands to the letter, whatever is in them", () => {
    const python = readFileSync(join(folder(), "languages/python.yaml"), "utf8").replace(/^runtime: .*\n/m, "");
    const cases = fc.record({
      env: fc.dictionary(fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/), value, {
        maxKeys: 3,
        noNullPrototype: true,
      }),
      cmd: fc.array(value, { minLength: 1, maxLength: 3 }),
    });
    fc.assert(
      fc.property(cases, ({ env, cmd }) => {
        writeFiles(folder(), {
          "languages/python.yaml": python + stringify({ runtime: { env, cmd } }, { lineWidth: 0 }),
        });
        const read = readDockerfile(openGood(folder()).tree.get("python/3.13/trixie/runtime/Dockerfile")?.text ?? "");
        assert.deepEqual([read.env, read.cmd], [env, cmd]);
      }),
      { numRuns: 15 },
    );
  });
});

describe("a word for a shell", () => {
  it("stands as it is where it is plain, and in single quotes otherwise", () => {
    assert.deepEqual(["python3", "lib+x.y-z_1", "a=b:c/d@e%f,g"].map(shellWord), [
      "python3",
      "lib+x.y-z_1",
      "a=b:c/d@e%f,g",
    ]);
    assert.deepEqual(["a*", "a b", "$(id)", "it's", "", "~x", "a;b"].map(shellWord), [
      "'a*'",
      "'a b'",
      "'$(id)'",
      "'it'\\''s'",
      "''",
      "'~x'",
      "'a;b'",
    ]);
  });
});

describe("what a Dockerfile's template may place", () => {
  const folder = useTemporaryFolder();
  it("is quoted in packages, environment and labels", () => {
    writeResolvedCatalog(folder());
    const [image] = imagesOf(openGood(folder()).plan).filter(({ id }) => id === "python/3.13/trixie/runtime");
    assert.ok(image !== undefined);
    const view = dockerfileView({
      ...image,
      packages: ["x; rm -rf /", "a=1-*"],
      env: { A: '"$b\\' },
      labels: { l: '"' },
      cmd: ['"', "$x"],
    });
    assert.equal(view.packages, "'x; rm -rf /' 'a=1-*'");
    assert.deepEqual(view.env, ['A="\\"\\$b\\\\"']);
    assert.equal(view.argument, "");
    assert.deepEqual(view.labels, ['l="\\""']);
    assert.equal(view.cmd, '["\\"","$x"]');
  });

  it("is the engine's own name of the architecture where the environment asks for it, and quoted around that", () => {
    writeResolvedCatalog(folder());
    const [image] = imagesOf(openGood(folder()).plan).filter(({ id }) => id === "python/3.13/trixie/runtime");
    assert.ok(image !== undefined);
    const view = dockerfileView({ ...image, env: { A: "$x/{architecture}/{architecture}" } });
    const named = "$" + "{TARGETARCH}";
    assert.deepEqual([view.argument, view.env], ["TARGETARCH", [`A="\\$x/${named}/${named}"`]]);
  });
});
