import type { Candidate, Completion } from "../model/completion.js";
import { visible } from "./visible.js";

export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

export interface Asked {
  readonly shell: Shell;
  /** The word at the cursor. */
  readonly current: string;
  readonly isQuoted: boolean;
  /** Characters at which the shell begins a new word to replace: bash's COMP_WORDBREAKS. */
  readonly breaks: string;
}

/**
 * What the scripts in `scripts/completion/` read: `files`, `folders`, `words`, or `open` for words that go on; then the words, each as its shell
 * takes it. A word with a character that a shell reads as more than text is left out: it would be run.
 */
export function formatCompletion(completion: Completion, asked: Asked): string {
  if (completion.kind !== "words") return completion.kind;
  const candidates = completion.candidates.filter(({ word }) => /^[\w.,:=/+-]+$/.test(word));
  const kind = candidates.some(({ word }) => word.endsWith("=")) ? "open" : "words";
  return [kind, ...candidates.map((candidate) => formats[asked.shell](candidate, asked))].join("\n");
}

const formats: Readonly<Record<Shell, (candidate: Candidate, asked: Asked) => string>> = {
  // readline replaces what stands behind the last of these characters, and in quotes the whole.
  bash: ({ word }, { current, isQuoted, breaks }) =>
    isQuoted ? word : word.slice([...current].findLastIndex((character) => breaks.includes(character)) + 1),
  zsh: ({ word, description }) =>
    `${word.replaceAll(":", "\\:")}${description === undefined ? "" : `:${visible(description)}`}`,
  fish: ({ word, description }) => `${word}${description === undefined ? "" : `\t${visible(description)}`}`,
};
