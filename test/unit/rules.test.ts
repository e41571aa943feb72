import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promises } from "../../src/model/promises.js";
import { rules } from "../../src/model/rules.js";
import { goldens, repository } from "../support/paths.js";

const folder = join(repository, "docs", "rules");
const pages = readdirSync(folder).map((name) => name.replace(/\.md$/, ""));
const printed = readdirSync(goldens)
  .map((name) => join(goldens, name, "diagnostics.txt"))
  .filter((path) => existsSync(path))
  .map((path) => readFileSync(path, "utf8"));

describe("the rules", () => {
  it("and the promises of images have a page each, and each page has one of them", () =>
    assert.deepEqual(pages.sort(), [...Object.keys(rules), ...Object.keys(promises)].sort()));

  for (const [promise, summary] of Object.entries(promises)) {
    it(`of what images promise: ${promise} has a page with its name, what it means, an example and what to do`, () => {
      const page = existsSync(join(folder, `${promise}.md`)) ? readFileSync(join(folder, `${promise}.md`), "utf8") : "";
      const sentence = `${summary[0]?.toUpperCase()}${summary.slice(1)}.`;
      assert.equal(page.split("\n").slice(0, 3).join("\n"), `# ${promise}\n\n${sentence}`);
      assert.match(page, /\n## Example\n\n```\n.+\n```\n\n## What to do\n\n\S/);
    });
  }

  for (const [rule, summary] of Object.entries(rules)) {
    describe(rule, () => {
      const page = existsSync(join(folder, `${rule}.md`)) ? readFileSync(join(folder, `${rule}.md`), "utf8") : "";

      it("has a page that begins with its name and what it means", () =>
        assert.equal(page.split("\n").slice(0, 3).join("\n"), `# ${rule}\n\n${summary}`));
      it("has an example that is what a case prints", () => {
        const [, example = ""] = /```\n([\s\S]+?\n)```/.exec(page) ?? [];
        assert.match(example, new RegExp(`(^|\\s)${rule}: `));
        assert.ok(
          printed.some((text) => text.includes(example)),
          `no case prints ${JSON.stringify(example)}`,
        );
      });
      it("says what to do", () => assert.match(page, /\n## What to do\n\n\S/));
    });
  }

  it("of images are all in the table of docs/images.md", () => {
    const document = readFileSync(join(repository, "docs", "images.md"), "utf8");
    const rows = [...document.matchAll(/^\| \[([a-z0-9-]+)\]\(rules\/\1\.md\) \| (.+?) \|/gm)].map(([, id, text]) => [
      id,
      text,
    ]);
    assert.deepEqual(rows, Object.entries(promises));
  });

  it("that other documents link to have a page", () => {
    const documents = readdirSync(repository).filter((name) => name.endsWith(".md"));
    for (const name of documents) {
      for (const [, rule = ""] of readFileSync(join(repository, name), "utf8").matchAll(/docs\/rules\/([a-z-]+)\.md/g))
        assert.ok(pages.includes(rule), `${name} links to ${rule}`);
    }
  });
});
