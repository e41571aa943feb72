import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { marked } from "marked";
import { repository } from "../support/paths.js";
import { pages } from "../support/shown.js";

interface Link {
  readonly page: string;
  readonly href: string;
  /** `docs/tags.md`, from the repository's folder. */
  readonly path: string;
  /** `promises`, or nothing. */
  readonly heading: string;
}

const read = (page: string): string => readFileSync(join(repository, page), "utf8");

function linksOf(page: string): readonly Link[] {
  const found: string[] = [];
  void marked.walkTokens(marked.lexer(read(page)), (token) => {
    if (token.type === "link" || token.type === "image") found.push(token["href"] as string);
  });
  return found
    .filter((href) => !/^(https?|mailto):/.test(href))
    .map((href) => {
      const [path = "", heading = ""] = href.split("#");
      return { page, href, path: path === "" ? page : normalize(join(dirname(page), path)), heading };
    });
}

/** As GitHub names them: `A definition` → `a-definition` */
function headingsOf(page: string): readonly string[] {
  const found: string[] = [];
  void marked.walkTokens(marked.lexer(read(page)), (token) => {
    if (token.type === "heading") found.push(token["text"] as string);
  });
  return found.map((text) =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

describe("the links of the documents", () => {
  const links = pages().flatMap(linksOf);

  it("lead to files and headings that there are", () => {
    const wrong = links.filter(
      ({ path, heading }) =>
        !existsSync(join(repository, path)) || (heading !== "" && !headingsOf(path).includes(heading)),
    );
    assert.deepEqual(
      wrong.map(({ page, href }) => `${page}: ${href}`),
      [],
    );
    assert.ok(links.length > 100);
  });

  it("lead from the README to every page but those of rules, which complaints name", () => {
    const reached = new Set(["README.md"]);
    for (const page of reached) for (const link of links) if (link.page === page) reached.add(link.path);
    assert.deepEqual(
      pages().filter((page) => !reached.has(page) && !page.startsWith("docs/rules/")),
      [],
    );
  });
});
