import { isMap, type Node, type Pair } from "yaml";
import { parseYaml, rangeOf } from "./yaml.js";

type Entry = Pair<Node, Node | null>;

/**
 * The text of a YAML file without some entries of the mapping at a path, and else as it was to the letter: a formatter would lay out anew
 * what somebody wrote. Of a block, comments right above an entry go with it; a mapping that would be empty goes whole.
 */
export function withoutEntries(text: string, path: readonly string[], names: readonly string[]): string {
  const { document } = parseYaml(text);
  const map = path.length === 0 ? document?.contents : document?.getIn(path, true);
  if (!isMap(map)) return text;
  const entries = map.items as readonly Entry[];
  const isCut = ({ key }: Entry): boolean => names.includes(String(key));
  if (!entries.some(isCut)) return text;
  const last = path.at(-1);
  if (last !== undefined && entries.every(isCut)) return withoutEntries(text, path.slice(0, -1), [last]);
  return map.flow === true ? cutFlow(text, entries, isCut) : cutBlock(text, entries, isCut);
}

type Choose = (entry: Entry) => boolean;

const startOf = ({ key }: Entry): number => rangeOf(key)[0];
const endOf = ({ key, value }: Entry): number => Math.max(rangeOf(key)[1], value === null ? 0 : rangeOf(value)[1]);

function cutFlow(text: string, entries: readonly Entry[], isCut: Choose): string {
  const [first, last] = [entries[0], entries.at(-1)];
  if (first === undefined || last === undefined) return text;
  const kept = entries.filter((entry) => !isCut(entry)).map((entry) => text.slice(startOf(entry), endOf(entry)));
  return `${text.slice(0, startOf(first))}${kept.join(", ")}${text.slice(endOf(last))}`;
}

function cutBlock(text: string, entries: readonly Entry[], isCut: Choose): string {
  const starts = entries.map((entry, index) => {
    const before = entries[index - 1];
    return withComments(text, lineStart(text, startOf(entry)), before === undefined ? 0 : endOf(before));
  });
  const parts = entries.flatMap((entry, index) =>
    isCut(entry) ? [] : [text.slice(starts[index], starts[index + 1] ?? lineEnd(text, endOf(entry)))],
  );
  const last = entries.at(-1) as Entry;
  return `${text.slice(0, starts[0])}${parts.join("")}${text.slice(lineEnd(text, endOf(last)))}`;
}

const lineStart = (text: string, offset: number): number => text.lastIndexOf("\n", offset - 1) + 1;

/** Of the next line; the end of a text whose last line has none. A block's value may end there already. */
function lineEnd(text: string, offset: number): number {
  if (text[offset - 1] === "\n") return offset;
  const end = text.indexOf("\n", offset);
  return end === -1 ? text.length : end + 1;
}

/** Where the comments right above a line begin, as far as they are after an offset. */
function withComments(text: string, start: number, after: number): number {
  const above = lineStart(text, start - 1);
  return start > 0 && above >= after && /^[ \t]*#/.test(text.slice(above, start))
    ? withComments(text, above, after)
    : start;
}
