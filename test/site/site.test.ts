import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { imagesOf } from "../../src/model/image.js";
import type { Tree } from "../../src/ports/files.js";
import { replaceFolder } from "../../src/ports/whole-folder.js";
import { siteMarker } from "../../src/stages/site.js";
import { requireBrowser, type SiteServer, serveTree } from "../support/browser.js";
import { useTemporaryFolder } from "../support/folders.js";
import { repository } from "../support/paths.js";
import { openGood, writeResolvedCatalog } from "../support/resolved-catalog.js";
import { everythingKnown, isPage, renderGood } from "../support/site.js";

const wide = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };

/** One page of each kind. */
const kinds = [
  "index.html",
  "languages/python/index.html",
  "languages/python/packages.html",
  "languages/python/changes.html",
  "packages/index.html",
  "packages/1.html",
];

const attack = "<img/src=x/onerror=document.title='attacked'>";

describe("the site in a browser", () => {
  let browser: Browser;
  let server: SiteServer;
  let tree: Tree;
  /** What pages said in their consoles or asked of others, which nothing here may. */
  let noise: string[];
  let page: Page;

  before(async function () {
    browser = await requireBrowser(this);
    const { plan, loaded } = openGood(repository);
    const facts = everythingKnown(plan, 40, 4);
    const described = new Map(facts.packages);
    const [image] = imagesOf(plan).filter(({ id }) => id.startsWith("ruby/"));
    assert.ok(image !== undefined);
    described.set(image.id, [
      { name: "libssl3t64", version: "3.5.1-1", source: "openssl" },
      { name: attack, version: attack, source: attack },
    ]);
    tree = renderGood(plan, loaded, { ...facts, packages: described });
    server = await serveTree(tree);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  async function open(path: string, options: BrowserContextOptions = {}, address = server.address): Promise<Page> {
    const context = await browser.newContext({ viewport: wide, ...options });
    const opened = await context.newPage();
    opened.on("console", (message) => noise.push(`${path}: ${message.type()}: ${message.text()}`));
    opened.on("pageerror", (error) => noise.push(`${path}: ${error.message}`));
    opened.on("request", (request) => {
      if (!request.url().startsWith(address)) noise.push(`${path} asked for ${request.url()}`);
    });
    await opened.goto(`${address}${path}`);
    return opened;
  }

  beforeEach(() => {
    noise = [];
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    assert.deepEqual(noise, []);
    assert.deepEqual(server.missing, []);
  });

  const cards = () => page.locator(".card:visible h3").allTextContents();
  const status = () => page.locator("#status").textContent();
  /** Playwright's own waiting for a function is what the site's policy forbids: text that is evaluated. */
  const says = (selector: string, text: RegExp) =>
    page.locator(selector).filter({ hasText: text }).waitFor({ state: "attached" });
  const search = async (text: string, expected: RegExp) => {
    await page.fill("#q", text);
    await says("#status", expected);
  };

  describe("finds languages", () => {
    beforeEach(async () => {
      page = await open("index.html");
    });

    it("by name and by what they are for, and shows all again without a word", async () => {
      await search("python", /^1 language\b/);
      assert.deepEqual((await cards())[0], "python");
      await search("javascript runtime", /^3 languages/);
      assert.deepEqual((await cards()).sort(), ["bun", "deno", "node"]);
      await search("", /^$/);
      assert.equal((await cards()).length, 25);
    });

    it("by version and by tag, and says which", async () => {
      await search("3.13.5-trixie-dev", /^1 language$/);
      assert.deepEqual(await cards(), ["python"]);
      assert.equal(await page.locator(".card:visible .why").textContent(), "tag 3.13.5-trixie-dev");
    });

    it("by a package or its source package, and says which", async () => {
      await search("openssl", /by package$/);
      assert.deepEqual(await cards(), ["ruby"]);
      assert.equal(await page.locator(".card:visible .why").textContent(), "package libssl3t64 3.5.1-1");
    });

    it("none, and says so", async () => {
      await search("cobol-2002", /^No language has that\.$/);
      assert.deepEqual(await cards(), []);
    });

    it("by family, platform and support, one pair having all that is asked for", async () => {
      await page.selectOption("#family", "debian");
      assert.ok(!(await cards()).includes("dotnet"));
      await page.selectOption("#family", "alpine");
      assert.ok((await cards()).includes("dotnet") && !(await cards()).includes("clojure"));
      await page.selectOption("#support", "ended");
      // Node's ended lines are on Debian alone.
      assert.ok((await cards()).includes("deno") && !(await cards()).includes("node"));
      await page.selectOption("#platform", "linux/arm64");
      assert.ok((await cards()).includes("deno"));
      await search("deno", /^1 language\b/);
      assert.deepEqual((await cards())[0], "deno");
    });

    it("as an address says that somebody was sent", async () => {
      await search("ocaml", /^1 language/);
      const { hash } = new URL(page.url());
      assert.equal(hash, "#q=ocaml");
      page = await open(`index.html${hash}`);
      await says("#status", /^1 language/);
      assert.equal(await page.inputValue("#q"), "ocaml");
    });
  });

  it("answers which images have a package, by its source too, and leads to each image", async () => {
    page = await open("packages/index.html");
    await search("openssl 3.5", /^1 package in 1 image\.$/);
    assert.equal(await page.locator("#results th[scope=row]").textContent(), "libssl3t64 from openssl");
    await page.locator("#results summary").click();
    await page.locator("#results li a").click();
    await page.waitForURL(/languages\/ruby\/index\.html#/);
    const anchor = new URL(page.url()).hash.slice(1);
    assert.match((await page.locator(`tbody[id="${anchor}"]`).textContent()) ?? "", /trixie|alpine|bookworm/);
  });

  it("says when no image has a package", async () => {
    page = await open("packages/index.html");
    await search("log4j", /^No image has such a package, as far as packages are known\.$/);
    assert.equal(await page.locator("#results").isVisible(), false);
  });

  it("shows what a hostile bill of materials holds as text", async () => {
    page = await open("packages/index.html");
    await search("onerror", /^1 package in 1 image\.$/);
    assert.equal(await page.locator("#results th[scope=row]").textContent(), `${attack} from ${attack}`);
    assert.equal(await page.locator("img").count(), 0);
    assert.equal(await page.title(), "Does it contain…? · Ingot reference catalog");
  });

  it("finds packages of a language, in all its images or in one", async () => {
    page = await open("languages/python/packages.html");
    await search("number12", /^\d+ packages?\.$/);
    const everywhere = await page.locator("li:visible").count();
    await page.selectOption("#image", "3.13-trixie-dev");
    await says("#status", /^1 package\.$/);
    assert.ok(everywhere > 1);
    await search("no-such", /^No such package\.$/);
  });

  it("copies a command, the lines of a Dockerfile and an image's name, and says so to everybody", async () => {
    page = await open("languages/python/index.html", { permissions: ["clipboard-read", "clipboard-write"] });
    const clipboard = (): Promise<string> => page.evaluate("navigator.clipboard.readText()");
    const copy = async (name: string) => {
      const button = page.getByRole("button", { name, exact: true });
      await button.click();
      await button.filter({ hasText: "Copied" }).waitFor();
      await says("#said", /^Copied$/);
      return clipboard();
    };
    const place = "registry.example:5000/acme/images/python";
    assert.equal(await copy("Copy the pull command"), `docker pull ${place}:3.13`);
    assert.match(await copy("Copy the FROM lines"), new RegExp(`^FROM ${place}:3\\.13-dev AS build\n`));
    assert.equal(await copy(`Copy ${place}:3.13.5-trixie-dev`), `${place}:3.13.5-trixie-dev`);
  });

  it("is used by keyboard alone: past the navigation, into the search, out of it, and to a language", async () => {
    page = await open("index.html");
    const focused = () => page.evaluate("document.activeElement.id || document.activeElement.textContent");
    await page.keyboard.press("Tab");
    assert.equal(await focused(), "Skip to the content");
    await page.keyboard.press("Enter");
    assert.equal(await focused(), "content");
    await page.keyboard.press("/");
    assert.equal(await focused(), "q");
    await page.keyboard.type("ruby");
    await says("#status", /^1 language/);
    await page.keyboard.press("Escape");
    assert.equal(await page.inputValue("#q"), "");
    await page.keyboard.type("ruby");
    await says("#status", /^1 language/);
    for (const expected of ["family", "platform", "support", "ruby"]) {
      await page.keyboard.press("Tab");
      assert.equal(await focused(), expected);
    }
    await page.keyboard.press("Enter");
    await page.waitForURL(/languages\/ruby\/index\.html$/);
  });

  it("opens every page that links lead to, and none of them is noisy or asks another host", async () => {
    page = await open("index.html");
    const seen = new Set<string>();
    const next = ["index.html"];
    for (let path = next.pop(); path !== undefined; path = next.pop()) {
      if (seen.has(path)) continue;
      seen.add(path);
      const answer = await page.goto(`${server.address}${path}`);
      assert.equal(answer?.status(), 200, path);
      const links = (await page.evaluate("[...document.links].map(({ href }) => href.split('#')[0])")) as string[];
      next.push(
        ...links.filter((link) => link.startsWith(server.address)).map((link) => link.slice(server.address.length)),
      );
    }
    const pages = [...tree.keys()].filter(isPage);
    assert.deepEqual([...seen].sort(), pages.sort());
  });

  it("is never wider than a phone or a screen", async () => {
    for (const path of kinds) {
      page = await open(path);
      for (const viewport of [wide, phone]) {
        await page.setViewportSize(viewport);
        assert.equal(await page.evaluate("document.documentElement.scrollWidth"), viewport.width, path);
      }
      await page.context().close();
    }
  });

  it("has everything but search and copying without JavaScript", async () => {
    page = await open("index.html", { javaScriptEnabled: false });
    assert.equal((await cards()).length, 25);
    assert.equal(await page.locator(".tools").isVisible(), false);
    await page.getByRole("link", { name: "ruby" }).click();
    assert.equal(await page.locator("button:visible").count(), 0);
    await page.getByText("The same as a table").click();
    assert.ok(await page.getByRole("cell", { name: /^ruby:3\.3\.\d+-trixie$/ }).isVisible());
    await page.getByRole("link", { name: "Does it contain…?" }).click();
    await page.locator(".parts a").first().click();
    assert.match((await page.locator("h1").textContent()) ?? "", /^Packages$/);
  });

  it("does the same from a folder, without any server", async () => {
    const folder = mkdtempSync(join(tmpdir(), "ingot-test-"));
    try {
      replaceFolder(join(folder, "site"), tree, siteMarker);
      const address = `${pathToFileURL(join(folder, "site")).href}/`;
      page = await open("index.html", {}, address);
      await search("openssl", /by package$/);
      assert.deepEqual(await cards(), ["ruby"]);
      assert.match((await status()) ?? "", /^1 language by package$/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("the site for who uses a keyboard, a screen reader or a phone", () => {
  const folder = useTemporaryFolder();
  let browser: Browser;

  before(async function () {
    browser = await requireBrowser(this);
  });
  after(() => browser?.close());

  // A small catalog has every part that a large one has.
  for (const colorScheme of ["light", "dark"] as const) {
    it(`has nothing that axe-core complains of in ${colorScheme}, on a phone and on a wide screen`, async () => {
      writeResolvedCatalog(folder());
      const { plan, loaded } = openGood(folder());
      const server = await serveTree(renderGood(plan, loaded, everythingKnown(plan, 12, 3)));
      const context = await browser.newContext({ colorScheme });
      try {
        const page = await context.newPage();
        for (const path of kinds) {
          await page.goto(`${server.address}${path}`);
          if (path === "packages/index.html") await page.fill("#q", "number1");
          await page.evaluate(axe.source);
          for (const viewport of [phone, wide]) {
            await page.setViewportSize(viewport);
            const { violations, passes } = (await page.evaluate("axe.run()")) as axe.AxeResults;
            const complaints = violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${path} ${id}: ${html}`));
            assert.deepEqual(complaints, []);
            assert.ok(passes.some(({ id }) => id === "color-contrast"));
          }
        }
      } finally {
        await context.close();
        await server.stop();
      }
    });
  }
});
