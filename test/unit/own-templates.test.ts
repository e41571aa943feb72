import assert from "node:assert/strict";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { renderCatalog } from "../../src/stages/render.js";
import { renderSite } from "../../src/stages/site.js";
import { readTemplates } from "../../src/stages/templates.js";
import { runInProcess } from "../support/command-line.js";
import { useTemporaryFolder, writeFiles } from "../support/folders.js";
import { repository } from "../support/paths.js";
import { formatShort, openGood, writeResolvedCatalog } from "../support/resolved-catalog.js";
import { nothingKnown } from "../support/site.js";

const own = (path: string): string => readFileSync(join(repository, "templates", path), "utf8");

describe("a template that a catalog has a file for", () => {
  const folder = useTemporaryFolder();
  beforeEach(() => writeResolvedCatalog(folder()));
  const copy = (path: string): void => {
    mkdirSync(dirname(join(folder(), "templates", path)), { recursive: true });
    writeFileSync(join(folder(), "templates", path), own(path));
  };
  /** Files of `generated/` that are other than with Ingot's own templates. */
  const changed = (path: string, edit: (text: string) => string): readonly string[] => {
    const { tree } = openGood(folder());
    writeFiles(folder(), { [`templates/${path}`]: edit(own(path)) });
    const after = openGood(folder()).tree;
    assert.deepEqual([...after.keys()], [...tree.keys()]);
    return [...after].filter(([file, { text }]) => tree.get(file)?.text !== text).map(([file]) => file);
  };

  it("is the only one that is taken from there: all others are ingot's own", () => {
    copy("dev.Dockerfile.hbs");
    const templates = readTemplates(folder());
    const files = [...templates].map(([path, { file, text }]) => [path, file.replace(path, ""), text === own(path)]);
    const listed = readdirSync(join(repository, "templates"), { recursive: true, withFileTypes: true });
    assert.equal(files.length, listed.filter((entry) => entry.isFile()).length);
    const catalogs = ["alpine/microroot", "debian/microroot", "dev.Dockerfile.hbs"];
    for (const [path, place, isSame] of files) {
      const inCatalog = catalogs.includes(String(path));
      assert.equal(place, inCatalog ? "templates/" : "ingot's own templates/", String(path));
      assert.equal(isSame, !String(path).endsWith("/microroot"), String(path));
    }
  });

  it("changes nothing where it is a copy: not a byte that an image is made from", () => {
    const { tree } = openGood(folder());
    cpSync(join(repository, "templates"), join(folder(), "templates"), {
      recursive: true,
      filter: (path) => !/[/\\]microroot$/.test(path),
    });
    assert.deepEqual(openGood(folder()).tree, tree);
  });

  it("changes what is made from it, and nothing else: of a Dockerfile, a partial, a page", () => {
    const dev = changed("dev.Dockerfile.hbs", (text) => `${text}# more\n`);
    assert.ok(dev.length > 2 && dev.every((file) => /\/dev\/Dockerfile$/.test(file)), dev.join());
    const partial = changed("partials/config.hbs", (text) => `${text}# more\n`);
    assert.ok(partial.length > dev.length && partial.every((file) => /\/Dockerfile$/.test(file)), partial.join());
    assert.deepEqual(
      changed("languages.md.hbs", (text) => `${text}more\n`),
      ["README.md"],
    );
  });

  it("is a script of one family, and the other's stays ingot's own", () => {
    writeFiles(folder(), {
      "languages/base.yaml": readFileSync(join(folder(), "languages/base.yaml"), "utf8").replace(
        "files: [microroot]",
        "files: [microroot, microroot.rules]",
      ),
    });
    const scripts = changed("debian/microroot.rules", (text) => `${text}# more\n`);
    assert.ok(scripts.length > 0 && scripts.every((file) => /^base\/.*\/trixie\/dev\/microroot\.rules$/.test(file)));
    assert.equal(
      openGood(folder()).tree.get("base/3.24/alpine3.24/dev/microroot.rules")?.text,
      own("alpine/microroot.rules"),
    );
  });

  it("is a style sheet or a part of a page of the site", () => {
    writeFiles(folder(), { "templates/site/site.css": "b {}\n", "templates/site/partials/foot.hbs": "<p>ours</p>\n" });
    const { plan, loaded } = openGood(folder());
    const site = renderSite(plan, loaded, nothingKnown);
    assert.ok(site.ok);
    assert.equal(site.value.get("assets/site.css")?.text, "b {}\n");
    assert.equal(site.value.get("assets/site.js")?.text, own("site/site.js"));
    assert.match(site.value.get("index.html")?.text ?? "", /<p>ours<\/p>/);
  });

  it("is named by a complaint as it lies in the catalog; ingot's own, as ingot's own", () => {
    writeFiles(folder(), { "templates/partials/config.hbs": "{{nothing}}" });
    const templates = new Map(readTemplates(folder()));
    const readme = templates.get("README.md.hbs");
    assert.ok(readme !== undefined);
    templates.set("README.md.hbs", { ...readme, text: "{{none}}" });
    const { plan, loaded } = openGood(makeGood(folder()));
    const rendered = renderCatalog(plan, { ...loaded, templates });
    const complaints = rendered.ok ? [] : [...new Set(rendered.diagnostics.map(formatShort))].sort();
    assert.deepEqual(complaints, [
      "ingot's own templates/README.md.hbs:1:3 template-name: none is not in the view",
      "templates/partials/config.hbs:1:3 template-name: nothing is not in the view",
    ]);
  });
});

/** Without the template that is wrong. */
function makeGood(folder: string): string {
  writeFiles(folder, { "templates/partials/config.hbs": own("partials/config.hbs") });
  return folder;
}

describe("ingot template", () => {
  const folder = useTemporaryFolder();
  beforeEach(() => writeResolvedCatalog(folder()));

  it("lists every template, and where it is taken from", async () => {
    writeFiles(folder(), { "templates/README.md.hbs": "x\n", "templates/dev.dockerfile.hbs": "misnamed\n" });
    const { status, stdout } = await runInProcess(folder(), ["template"]);
    assert.equal(status, 0);
    assert.match(stdout, /^dev\.Dockerfile\.hbs +ingot's own$/m);
    assert.match(stdout, /^debian\/microroot +the catalog's, in place of ingot's own$/m);
    assert.match(stdout, /^README\.md\.hbs +the catalog's, in place of ingot's own$/m);
    assert.match(stdout, /^dev\.dockerfile\.hbs +the catalog's, and ingot has none of that name$/m);
    assert.doesNotMatch(stdout, /init\//);
  });

  it("prints ingot's own, whether or not the catalog has another", async () => {
    for (const name of ["debian/microroot", "site/icon.svg", "templates/partials/config.hbs"]) {
      const { status, stdout } = await runInProcess(folder(), ["template", name]);
      assert.deepEqual([status, stdout], [0, own(name.replace(/^templates\//, ""))]);
    }
  });

  it("refuses what ingot has none of, and says what is near", async () => {
    for (const [name, near] of [
      ["dev.dockerfile.hbs", "dev.Dockerfile.hbs"],
      ["../package.json", undefined],
    ] as const) {
      const { status, stdout, stderr } = await runInProcess(folder(), ["template", name]);
      assert.deepEqual([status, stdout], [2, ""]);
      assert.match(stderr, /^invalid-option: ingot has no template "/);
      assert.equal(near === undefined || stderr.includes(`(did you mean ${near}?)`), true);
    }
  });
});
