import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { marked } from "marked";
import { readCommands } from "./page.js";
import { repository } from "./paths.js";

/** Something that a page shows to be done, or names in a sentence; with the line on which it begins. */
export type Shown = { readonly line: number } & (
  | { readonly type: "command"; readonly command: string; readonly output: string }
  | { readonly type: "dockerfile"; readonly text: string }
  /** Lines of a Dockerfile that the catalog has. */
  | { readonly type: "excerpt"; readonly text: string }
  /** In a sentence: `make sizes` */
  | { readonly type: "named"; readonly command: string }
  /** In a sentence: `--dry-run` */
  | { readonly type: "option"; readonly option: string }
);
type Lineless<T> = T extends unknown ? Omit<T, "line"> : never;

/** `docs/using.md`, of every page that people wrote, and one of those of languages, which are made from one template. */
export function pages(): readonly string[] {
  const below = readdirSync(join(repository, "docs"), { recursive: true, encoding: "utf8" });
  const written = below.filter((path) => path.endsWith(".md") && path !== "sizes.md");
  return [
    "README.md",
    "CONTRIBUTING.md",
    ...written.map((path) => `docs/${path}`).sort(),
    "generated/python/README.md",
  ];
}

/** What a page shows, in its order. */
export const readShown = (page: string): readonly Shown[] => shownIn(readFileSync(join(repository, page), "utf8"));

/** Throws where a block has commands and is not of a language that says so. */
export function shownIn(text: string): readonly Shown[] {
  const shown: Shown[] = [];
  let offset = 0;
  void marked.walkTokens(marked.lexer(text), (token) => {
    if (token.type !== "code" && token.type !== "codespan") return;
    offset = Math.max(offset, text.indexOf(token.raw.trim(), offset));
    const line = text.slice(0, offset).split("\n").length;
    const found = token.type === "code" ? inBlock(token as Block) : inSentence(token.raw);
    shown.push(...found.map((each) => ({ ...each, line })));
  });
  return shown;
}

interface Block {
  readonly lang?: string;
  readonly text: string;
}

function inBlock({ lang = "", text }: Block): readonly Lineless<Shown>[] {
  if (lang === "console") return readCommands(`${text}\n`);
  if (lang === "sh" || lang === "bash") return [{ type: "command", command: text, output: "" }];
  if (lang === "dockerfile")
    return [{ type: /^(#.*\n)*(FROM|ARG) /.test(text) ? "dockerfile" : "excerpt", text: `${text}\n` }];
  // Five fields say when.
  if (lang === "crontab") return [{ type: "command", command: text.replace(/^(\S+ +){5}/, ""), output: "" }];
  if (/^\$ /m.test(text)) throw new Error(`a block with commands is of the language console:\n${text}`);
  return [];
}

function inSentence(raw: string): readonly Lineless<Shown>[] {
  const words = raw.replace(/^`+|`+$/g, "").trim();
  if (/^--[a-z]/.test(words)) return [{ type: "option", option: words.split(/[ =]/)[0] ?? "" }];
  return /^((\.\/bin\/)?ingot|make)( |$)/.test(words) ? [{ type: "named", command: words }] : [];
}
