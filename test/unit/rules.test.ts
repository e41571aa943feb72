import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { rules } from "../../src/model/rules.js";
import { goldens, repository } from "../support/paths.js";

const folder = join(repository, "docs", "rules");
const pages = readdirSync(folder).map((name) => name.replace(/\.md$/, ""));
const printed = readdirSync(goldens)
  .map((name) => join(goldens, name, "diagnostics.txt"))
  .filter((path) => existsSync(path))
  .map((path) => readFileSync(path, "utf8"));

describe("the rules", () => {
  it("have a page each, and each page has a rule", () => assert.deepEqual(pages.sort(), Object.keys(rules).sort()));

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

  it("that other documents link to have a page", () => {
    const documents = readdirSync(repository).filter((name) => name.endsWith(".md"));
    for (const name of documents) {
      for (const [, rule = ""] of readFileSync(join(repository, name), "utf8").matchAll(/docs\/rules\/([a-z-]+)\.md/g))
        assert.ok(pages.includes(rule), `${name} links to ${rule}`);
    }
  });
});
