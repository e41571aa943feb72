import type { Candidate, CommandShape, Completion, OptionShape, Wanted } from "../model/completion.js";
import type { TypedLine } from "./shell-words.js";

/** Gives the selectors that begin with a text; the catalog is the value of `--catalog`, where there is one. */
export type Selectors = (text: string, catalog: string | undefined) => readonly Candidate[];

/** What could stand at the cursor of a command line of a program. */
export function complete(program: CommandShape, { words, current }: TypedLine, selectors: Selectors): Completion {
  const read = readWords(program, words.slice(1));
  const catalog = read.values.get("--catalog");
  const expand = (wanted: Wanted, text: string, before = ""): Completion => {
    if (wanted.kind === "files" || wanted.kind === "folders") return { kind: wanted.kind };
    const proposed = wanted.kind === "selectors" ? selectors(text, catalog) : wordsFor(wanted, text, program);
    const fitting = proposed.filter(({ word }) => word.startsWith(text));
    return { kind: "words", candidates: fitting.map((each) => ({ ...each, word: before + each.word })) };
  };
  if (read.pending !== undefined) return expand(read.pending, current);
  const options = [...read.command.options, ...(read.command === program ? [] : program.options)];
  if (!read.areOptionsOver && current.startsWith("-")) {
    const [, name = "", text = ""] = /^(--[^=]+=)(.*)$/s.exec(current) ?? [];
    const value = find(options, name.slice(0, -1))?.value;
    if (name !== "") return value === undefined ? nothing : expand(value, text, name);
    return { kind: "words", candidates: unused(options, read.used).filter(({ word }) => word.startsWith(current)) };
  }
  const wanted = operandOf(read);
  if (wanted !== undefined) return expand(wanted, current);
  return { kind: "words", candidates: current === "" && read.operands === 0 ? unused(options, read.used) : [] };
}

const nothing: Completion = { kind: "words", candidates: [] };

interface Read {
  readonly command: CommandShape;
  /** Words that are neither options nor their values. */
  readonly operands: number;
  readonly used: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  readonly areOptionsOver: boolean;
  /** What the value is that the last word waits for. */
  readonly pending?: Wanted;
}

/** Reads whole words as the program itself would: options of the program may stand behind a command too. */
function readWords(program: CommandShape, words: readonly string[]): Read {
  const used = new Set<string>();
  const values = new Map<string, string>();
  let [command, operands, areOptionsOver] = [program, 0, false];
  let waiting: OptionShape | undefined;
  for (const word of words) {
    const name = /^--?[^-=][^=]*/.exec(word)?.[0];
    if (waiting !== undefined) {
      for (const each of waiting.names) values.set(each, word);
      waiting = undefined;
    } else if (!areOptionsOver && word === "--") {
      areOptionsOver = true;
    } else if (!areOptionsOver && name !== undefined) {
      const option = find([...command.options, ...program.options], name);
      for (const each of option?.names ?? []) used.add(each);
      if (word.includes("=")) values.set(name, word.slice(name.length + 1));
      else if (option?.value !== undefined) waiting = option;
    } else {
      const found = operands === 0 ? command.commands.find((each) => each.name === word) : undefined;
      if (found === undefined) operands += 1;
      else command = found;
    }
  }
  return {
    command,
    operands,
    used,
    values,
    areOptionsOver,
    ...(waiting?.value === undefined ? {} : { pending: waiting.value }),
  };
}

/** What the next word is that is no option; undefined where none is expected. */
function operandOf({ command, operands }: Read): Wanted | undefined {
  if (command.commands.length > 0) return operands === 0 ? { kind: "commands" } : undefined;
  const last = command.operands.at(-1);
  return (command.operands[operands] ?? (last?.isVariadic === true ? last : undefined))?.wanted;
}

function wordsFor(wanted: Wanted, text: string, program: CommandShape): readonly Candidate[] {
  switch (wanted.kind) {
    case "commands":
      return program.commands.map(({ name, description }) => ({ word: name, description }));
    case "one":
      return wanted.of.map((word) => ({ word }));
    case "some": {
      const [, before = ""] = /^(.*,)?/s.exec(text) ?? [];
      const named = before.split(",");
      return wanted.of.filter((each) => !named.includes(each)).map((each) => ({ word: before + each }));
    }
    default:
      return [];
  }
}

const find = (options: readonly OptionShape[], name: string): OptionShape | undefined =>
  options.find(({ names }) => names.includes(name));

/** By their long names. One whose values are named (`debian=…`) may be given once more. */
const unused = (options: readonly OptionShape[], used: ReadonlySet<string>): readonly Candidate[] =>
  options
    .filter(({ names, value }) => isRepeatable(value) || !names.some((name) => used.has(name)))
    .map(({ names, description }) => ({
      word: names.find((name) => name.startsWith("--")) ?? names[0] ?? "",
      description,
    }));

const isRepeatable = (value: Wanted | undefined): boolean =>
  value?.kind === "one" && value.of.some((word) => word.endsWith("="));
