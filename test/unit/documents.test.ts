import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openCatalog, select } from "../../src/commands/catalog.js";
import { catalogFile } from "../../src/model/catalog.js";
import { imagesOf } from "../../src/model/image.js";
import { loadCatalog } from "../../src/stages/load.js";
import { trustDockerfile } from "../../src/stages/probe.js";
import { copyCatalog } from "../support/catalog-copy.js";
import { useTemporaryFolder } from "../support/folders.js";
import { followPage, readPage } from "../support/page.js";
import { repository } from "../support/paths.js";

describe("the documented way to add a certificate authority", () => {
  for (const document of ["generated/python/README.md", "generated/java/README.md", "docs/images.md"]) {
    it(`is what the probe of TLS does: ${document}`, () => {
      const text = readFileSync(join(repository, document), "utf8");
      const [, shown = ""] =
        [...text.matchAll(/```dockerfile\n([\s\S]+?)```/g)].find(([, each]) =>
          each?.includes("update-ca-certificates"),
        ) ?? [];
      const [dev, image] = [...shown.matchAll(/^FROM (\S+)/gm)].map(([, name]) => name ?? "");
      const done = trustDockerfile
        .replace(/^ARG .*\n/gm, "")
        .replace("$DEV", dev ?? "")
        .replace("$IMAGE", image ?? "");
      assert.equal(done, shown);
    });
  }
});

describe("the keys of catalog.yaml", () => {
  it("are all on docs/catalog.md", () => {
    const text = readFileSync(join(repository, "docs", "catalog.md"), "utf8");
    const [, section = ""] = /^## catalog\.yaml\n([\s\S]*?)^## /m.exec(text) ?? [];
    const rows = [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, key]) => key);
    assert.deepEqual(rows, Object.keys(catalogFile.shape));
  });
});

describe("the recipes", () => {
  const folder = join(repository, "docs", "recipes");
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  const names = readdirSync(folder).filter((name) => name !== "README.md");

  it("are all listed on one page, with their files' names", () => {
    const listed = [...read("README.md").matchAll(/^\| \[([a-z-]+\.md)\]\(\1\) \| \S/gm)].map(([, name]) => name);
    assert.deepEqual([...listed].sort(), names);
  });

  it("are all followed by a test", () => {
    const test = readFileSync(join(repository, "test", "catalog", "recipes.test.ts"), "utf8");
    for (const name of names) assert.ok(test.includes(`name: "${name.replace(".md", "")}"`), name);
  });

  for (const name of names) {
    it(`have no block that nothing runs: ${name}`, () => {
      const steps = readPage(read(name));
      assert.ok(steps.some((step) => step.type === "file" && step.path === "Dockerfile"));
      assert.ok(steps.some(({ type }) => type === "command"));
    });
  }
});

describe("the language that docs/adding-a-language.md adds", () => {
  const folder = useTemporaryFolder();

  it("is one definition of less than 60 lines that loads, and one folder", () => {
    const steps = readPage(readFileSync(join(repository, "docs", "adding-a-language.md"), "utf8"));
    const files = steps.filter((step) => step.type === "file");
    for (const { path } of files) assert.match(path, /^languages\/tcl(\.yaml$|\/hello\/)/);
    assert.ok((files.find(({ path }) => path.endsWith(".yaml"))?.text.split("\n").length ?? 60) < 60);
    copyCatalog(folder(), {});
    followPage(files, { folder: folder() });
    const loaded = loadCatalog(folder());
    assert.ok(loaded.ok, JSON.stringify(loaded));
  });
});

describe("a page that is followed", () => {
  const follow = (text: string) => followPage(readPage(text), { folder: repository });

  it("must have told what its commands print", () => {
    follow("```console\n$ echo one; echo \\\n  two\none\ntwo\n$ echo a b c\na … c\n```\n");
    assert.throws(() => follow("```console\n$ echo one\ntwo\n```\n"), /should print\ntwo/);
    assert.throws(() => follow("```console\n$ echo one\none\n$ false\n```\n"), /false/);
  });

  it("has no block without a file's path, but commands", () =>
    assert.throws(() => follow("```sh\necho one\n```\n"), /neither a file/));
});

interface Index {
  readonly languages: readonly {
    readonly language: string;
    readonly pairs: readonly {
      readonly images: readonly { readonly repository: string; readonly tags: readonly string[] }[];
    }[];
  }[];
}

describe("a language's page", () => {
  const read = (path: string): string => readFileSync(join(repository, path), "utf8");
  const { languages } = JSON.parse(read("generated/catalog.json")) as Index;
  const withHello = languages.filter(({ language }) => existsSync(join(repository, "languages", language, "hello")));

  it("is there for every language with a hello application", () => assert.ok(withHello.length >= 4));

  for (const { language, pairs } of withHello) {
    it(`shows the Dockerfile that is tested, on images that there are: ${language}`, () => {
      const [, shown = ""] = /```dockerfile\n([\s\S]+?)```/.exec(read(`generated/${language}/README.md`)) ?? [];
      const named = [...shown.matchAll(/^ARG (?:DEV|RUNTIME)=(.+)$/gm)].map(([, name]) => name);
      const withoutImages = (text: string): string => text.replace(/^ARG (DEV|RUNTIME)\b.*$/gm, "ARG $1").trim();
      assert.equal(withoutImages(shown), withoutImages(read(`languages/${language}/hello/Dockerfile`)));
      const known = new Set(
        pairs.flatMap(({ images }) =>
          images.flatMap(({ repository: name, tags }) => tags.map((tag) => `${name}:${tag}`)),
        ),
      );
      assert.deepEqual([named.length, named.filter((name) => !known.has(name ?? ""))], [2, []]);
    });
  }
});

describe("make catalog", () => {
  it("selects every image on Debian, and no other", () => {
    const [, written = ""] = /^ON_DEBIAN := (.+)$/m.exec(readFileSync(join(repository, "Makefile"), "utf8")) ?? [];
    const opened = openCatalog(repository);
    assert.ok(opened.ok);
    const selected = select(opened.value, written.replaceAll('"', "").split(" "));
    assert.ok(selected.ok);
    const onDebian = imagesOf(opened.value.plan).filter(({ distribution }) => distribution.family === "debian");
    assert.deepEqual(selected.value.map(({ id }) => id).sort(), onDebian.map(({ id }) => id).sort());
  });
});
