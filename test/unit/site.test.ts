import assert from "node:assert/strict";
import { join } from "node:path";
import type { Diagnostic } from "../../src/model/diagnostic.js";
import { imagesOf, type Plan } from "../../src/model/image.js";
import type { SiteFacts } from "../../src/model/site.js";
import type { Tree } from "../../src/ports/files.js";
import { sbomFile } from "../../src/stages/describe.js";
import { renderSite } from "../../src/stages/site.js";
import { runInProcess } from "../support/command-line.js";
import { readTree, useTemporaryFolder, writeFiles } from "../support/folders.js";
import { repository } from "../support/paths.js";
import { openGood, writeResolvedCatalog } from "../support/resolved-catalog.js";
import { sbomOf } from "../support/sbom.js";
import {
  addressesIn,
  deadLinks,
  everythingKnown,
  isOutside,
  isPage,
  nothingKnown,
  renderGood,
} from "../support/site.js";

/** What a page of any server may weigh, and a folder may be full of. */
const limit = 200_000;

describe("the site of the repository's catalog", () => {
  const { plan, loaded } = openGood(repository);
  const sites: Readonly<Record<string, Tree>> = {
    "with nothing known": renderGood(plan, loaded, nothingKnown),
    "with all that can be known": renderGood(plan, loaded, everythingKnown(plan, 420, 12)),
  };

  for (const [title, tree] of Object.entries(sites)) {
    it(`has every page and every other file below 200 kB ${title}`, () => {
      const large = [...tree].filter(([, { text }]) => Buffer.byteLength(text) >= limit);
      assert.deepEqual(
        large.map(([path, { text }]) => `${path}: ${Buffer.byteLength(text)}`),
        [],
      );
    });

    it(`has no link that leads nowhere ${title}, to a page or a place on it`, () => {
      const count = [...tree].flatMap(([path, { text }]) => (isPage(path) ? addressesIn(text) : [])).length;
      assert.ok(count > 900, String(count));
      assert.deepEqual(deadLinks(tree), []);
    });

    it(`asks no other host for anything ${title}: only a reader who follows a link does`, () => {
      for (const [path, { text }] of tree) {
        const loads = isPage(path)
          ? [...text.matchAll(/<(?!a\b)[a-z]+\b[^>]*\s(?:href|src)="([^"]*)"/g)].map(([, address = ""]) => address)
          : [...text.matchAll(/\burl\(|@import|\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon|\bimport\(/g)].map(
              ([found]) => `//${found}`,
            );
        assert.deepEqual(loads.filter(isOutside), [], path);
      }
    });

    it(`runs no script and takes no style but its own files' ${title}`, () => {
      for (const [path, { text }] of tree) {
        if (!isPage(path)) continue;
        assert.match(text, /<meta http-equiv="Content-Security-Policy" content="default-src 'self'; /, path);
        assert.doesNotMatch(text, /<script(?![^>]* src=)|<style|<[^>]*\s(?:style|on[a-z]+)=/, path);
      }
    });
  }

  it("has a page for each language, with each of its tags", () => {
    const tree = sites["with nothing known"];
    for (const { language, pairs } of plan.languages) {
      const page = tree?.get(`languages/${language}/index.html`)?.text ?? "";
      for (const { tags } of pairs.flatMap(({ images }) => images))
        for (const tag of tags) assert.ok(page.includes(`<code>${tag}</code>`), `${language}:${tag}`);
    }
  });

  it("is the same bytes twice, and whatever the order in which facts came", () => {
    const facts = everythingKnown(plan, 30, 3);
    const reversed = <K, V>(map: ReadonlyMap<K, V>) => new Map([...map].reverse());
    const shuffled = { ...facts, packages: reversed(facts.packages), published: reversed(facts.published) };
    const first = renderGood(plan, loaded, facts);
    assert.deepEqual(renderGood(openGood(repository).plan, loaded, shuffled), first);
  });

  it("says that a build was not measured against anything rather than guessing", () => {
    const page = (language: string) => sites["with nothing known"]?.get(`languages/${language}/index.html`)?.text ?? "";
    const kinds = (text: string) => [...text.matchAll(/<g class="(\w+)">/g)].map(([, kind]) => kind);
    assert.deepEqual(kinds(page("python")), ["ingot", "plain", "distroless", "ingot"]);
    assert.notEqual(page("ruby"), "");
    assert.deepEqual(
      kinds(page("ruby")).filter((kind) => kind !== "ingot"),
      [],
    );
    assert.deepEqual(kinds(page("dotnet")), []);
  });
});

const attack = `"'><script>alert(1)</script><img src=x onerror=alert(1)>`;
const word = attack.replaceAll(" ", "/");

describe("a hostile catalog's site", () => {
  const folder = useTemporaryFolder();
  const definition = () => ({
    language: "python",
    summary: attack,
    licence: attack,
    homepage: "https://example.org/?a=1&b=(alert)",
    lines: { "3.13": { on: { trixie: { version: "python3.13" } } } },
    packages: { debian: { version: "python3", runtime: ["python3"], dev: ["python3-dev"] } },
    limits: [attack, `\`${attack}`],
  });

  function hostileFacts(plan: Plan): SiteFacts {
    const facts = everythingKnown(plan, 2, 2);
    const packages = new Map(
      imagesOf(plan).map(({ id }) => [id, [{ name: word, version: word, source: word }]] as const),
    );
    const published = new Map(
      [...facts.published].map(([id, each]) => [
        id,
        {
          ...each,
          builds: each.builds.map((build) => ({
            ...build,
            changes: build.changes.map((change) => ({
              ...change,
              reasons: [attack],
              packages: {
                added: [{ name: word, version: word }],
                removed: [],
                updated: [{ name: word, from: word, to: word }],
              },
            })),
          })),
        },
      ]),
    );
    return { ...facts, packages, published, place: `registry.example/acme` };
  }

  it("shows every text as text: in no page does one become an element or an attribute", () => {
    writeResolvedCatalog(folder());
    const { plan, loaded } = openGood(folder());
    const { summary, licence, homepage, limits } = definition();
    const spoiled: Plan = {
      ...plan,
      title: attack,
      languages: plan.languages.map((each) => ({
        ...each,
        summary,
        licence,
        homepage,
        notes: { ...each.notes, limits },
      })),
    };
    const hello = new Map(plan.languages.map(({ language }) => [language, `FROM x\n# ${attack}`]));
    const tree = renderGood(spoiled, { ...loaded, hello }, hostileFacts(plan));
    const pages = [...tree].filter(([path]) => isPage(path));
    assert.ok(pages.some(([, { text }]) => text.includes("&lt;script&gt;alert(1)&lt;/script&gt;")));
    for (const [path, { text }] of pages) {
      assert.doesNotMatch(text, /<script>|<img|onerror=|alert\(1\)<\//, path);
      assert.equal(text.match(/<script\b/g)?.length, 1, path);
    }
    assert.deepEqual(deadLinks(tree), []);
  });

  it("has data that are one call with one list, whatever the names in them", () => {
    writeResolvedCatalog(folder());
    const { plan, loaded } = openGood(folder());
    const tree = renderGood(plan, loaded, hostileFacts(plan));
    const data = [...tree].filter(([path]) => /^assets\/\w+-\d+\.js$/.test(path));
    assert.equal(data.length, 4);
    for (const [path, { text }] of data) {
      const [, name, rows = ""] = /^ingotData\("(\w+)", (\[[\s\S]*\])\);\n$/.exec(text) ?? [];
      assert.ok(path.startsWith(`assets/${name}-`), path);
      assert.ok(Array.isArray(JSON.parse(rows)), path);
    }
  });
});

describe("ingot site", () => {
  const folder = useTemporaryFolder();
  const out = () => join(folder(), "web");
  const site = (...more: readonly string[]) => runInProcess(folder(), ["site", "--out", out(), ...more]);

  beforeEach(() => writeResolvedCatalog(folder()));

  it("writes a site, and says how much is known of the images", async () => {
    const { status, stdout, stderr } = await site();
    assert.deepEqual([status, stderr], [0, ""]);
    assert.match(stdout, /^CATALOG\/web: \d+ files; \d+ images, 0 with all their packages\n$/);
    assert.ok(readTree(out())["languages/python/index.html"]?.includes("docker pull acme/python:3.13"));
  });

  it("shows what bills of materials have, and nothing of one that is of another version or cannot be read", async () => {
    const [image, ...others] = imagesOf(openGood(folder()).plan).filter(({ pair }) => pair === "python/3.13/trixie");
    assert.ok(image !== undefined && others[0] !== undefined);
    const digest = `sha256:${"a".repeat(64)}` as never;
    const packages = [{ name: "libc6", version: "2.41-12" }];
    const path = (each: typeof image) => sbomFile(each, "linux/amd64");
    writeFiles(folder(), {
      [path(image)]: sbomOf(packages, { digest, version: image.version.text }),
      [path(others[0])]: "no bill of materials",
    });
    assert.match((await site()).stdout, / 1 with all their packages\n$/);
    assert.match(readTree(out())["languages/python/packages.html"] ?? "", /<li>libc6 <i>2\.41-12<\/i><\/li>/);
    writeFiles(folder(), { [path(image)]: sbomOf(packages, { digest, version: "3.13.0" }) });
    assert.match((await site()).stdout, / 0 with all their packages\n$/);
  });

  it("replaces what it wrote before, and leaves nothing of that or beside it", async () => {
    await site();
    const first = readTree(out());
    writeFiles(out(), { "languages/gone/index.html": "old" });
    await site();
    assert.deepEqual(readTree(out()), first);
    assert.deepEqual(
      Object.keys(readTree(folder())).filter((path) => /\.(tmp|old)\b/.test(path)),
      [],
    );
  });

  it("refuses a folder that holds anything else, and a site beside which somebody put something", async () => {
    writeFiles(out(), { "thesis.txt": "the only copy" });
    assert.equal((await site()).status, 1);
    assert.deepEqual(readTree(out()), { "thesis.txt": "the only copy" });
    const other = join(folder(), "other");
    await runInProcess(folder(), ["site", "--out", other]);
    writeFiles(other, { ".git/HEAD": "ref: refs/heads/pages" });
    const { status, stderr } = await runInProcess(folder(), ["site", "--out", other]);
    assert.equal(status, 1);
    assert.match(stderr, /^ingot: CATALOG\/other holds \.git, which is not of a site that Ingot wrote: name a folder /);
    assert.equal(readTree(other)[".git/HEAD"], "ref: refs/heads/pages");
  });

  it("writes nothing where a template is wrong, and says where it is", async () => {
    writeFiles(folder(), { "templates/site/changes.html.hbs": "{{> head}}{{{language}}}{{nothing}}" });
    const { status, stderr } = await site();
    assert.equal(status, 2);
    assert.match(stderr, /^templates\/site\/changes\.html\.hbs:1:14 template-syntax: write it as \{\{name\}\}/m);
    assert.match(stderr, /^templates\/site\/changes\.html\.hbs:1:27 template-name: nothing is not in the view/m);
    assert.deepEqual(readTree(out()), {});
  });

  it("says which file is missing where a catalog has not all templates", () => {
    const { plan, loaded } = openGood(folder());
    const templates = new Map([...loaded.templates].filter(([path]) => path !== "site/site.css"));
    const tree = renderSite(plan, { ...loaded, templates }, nothingKnown);
    const complaints: readonly Diagnostic[] = tree.ok ? [] : tree.diagnostics;
    assert.deepEqual(
      complaints.map(({ rule, file }) => `${file} ${rule}`),
      ["templates/site/site.css missing-file"],
    );
  });
});
