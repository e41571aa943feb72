import { isCollection, isMap, isScalar, isSeq, type Node } from "yaml";
import type { Diagnostic, Place } from "../model/diagnostic.js";
import type { RuleId } from "../model/rules.js";
import { parseYaml, plainValue, type Range, rangeOf } from "./yaml.js";

export type Path = readonly PropertyKey[];

/** A YAML file that remembers where everything stands in it. */
export interface SourceDocument {
  readonly file: string;
  /** The content as plain values; undefined where the file is not well-formed. */
  readonly value: unknown;
  readonly complaints: readonly Diagnostic[];
  /** Where the key or the value at a path stands; the nearest part of the path that is there, where it is not. */
  readonly placeOf: (path: Path, part?: "key" | "value") => Place;
  /** Whether there is anything at a path, and as what it is written. */
  readonly sourceOf: (path: Path) => string | undefined;
}

/** The offset at which each line of a text begins. */
export function lineStartsOf(text: string, lineEnd = /\n/g): readonly number[] {
  return [0, ...[...text.matchAll(lineEnd)].map((match) => match.index + match[0].length)];
}

/** The place of the characters from `start` to `end` (exclusive) of a text, cut at the end of its line. */
export function placeIn(file: string, text: string, [start, end]: Range, lineStarts: readonly number[]): Place {
  const position = Math.max(0, Math.min(start, text.length));
  const line = Math.max(1, lineAt(lineStarts, position));
  const lineStart = lineStarts[line - 1] ?? 0;
  const [lineText = ""] = text.slice(lineStart).split(/\r?\n/, 1);
  // An offset may be that of the second character of a line's end.
  const column = Math.min(position - lineStart, lineText.length) + 1;
  const length = Math.max(1, Math.min(end - position, lineText.length - column + 1));
  return { file, line, column, length, text: lineText };
}

/** How many lines begin at or before an offset. */
function lineAt(lineStarts: readonly number[], offset: number): number {
  let [low, high] = [0, lineStarts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lineStarts[middle] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function readDocument(file: string, text: string): SourceDocument {
  const lineStarts = once(() => lineStartsOf(text));
  const place = (range: Range) => placeIn(file, text, range, lineStarts());
  const complain = (rule: RuleId, range: Range, message: string): Diagnostic => ({
    rule,
    message,
    place: place(range),
  });
  const { document, errors } = parseYaml(text);
  const complaints = errors.map(({ pos, message }) => complain("yaml-syntax", pos, firstLine(message)));
  const value = plainValue(document?.contents ?? null, (...complaint) => complaints.push(complain(...complaint)));
  const syntactic = complaints.some(({ rule }) => rule === "yaml-syntax");
  // Parsed again for a complaint: to keep all trees of a large catalog would cost every run more.
  const contents = once(() => parseYaml(text).document?.contents ?? null);
  const lookUp = (path: Path) => nodesAt(contents(), path);
  return {
    file,
    value: syntactic ? undefined : value,
    complaints,
    placeOf: (path, part = "value") => place(rangeAt(lookUp(path), part)),
    sourceOf: (path) => {
      const { value, found } = lookUp(path);
      return found && isWritten(value) ? text.slice(...rangeOf(value)) : undefined;
    },
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

const firstLine = (text: string): string => text.split("\n", 1)[0] ?? text;

interface Nodes {
  readonly key?: Node;
  readonly value?: Node | null;
  /** False where `value` is only the nearest ancestor that is there. */
  readonly found: boolean;
}

function nodesAt(root: Node | null, path: Path): Nodes {
  let nodes: Nodes = { value: root, found: true };
  for (const step of path) {
    const child = childOf(nodes.value, step);
    if (child === undefined) return { ...nodes, found: false };
    nodes = child;
  }
  return nodes;
}

function childOf(node: Node | null | undefined, step: PropertyKey): Nodes | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(step)] as Node | undefined;
    return item === undefined ? undefined : { value: item, found: true };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
  return pair === undefined ? undefined : { key: pair.key as Node, value: pair.value as Node | null, found: true };
}

function rangeAt({ key, value, found }: Nodes, part: "key" | "value"): Range {
  // A whole block is no help to a reader: the key that opens it is.
  const wholeBlock = isCollection(value) && value.flow !== true;
  if (key !== undefined && (part === "key" || !isWritten(value) || !found || wholeBlock)) return rangeOf(key);
  return value == null || wholeBlock ? [0, 1] : rangeOf(value);
}

/** `key:` without a value has a node too, of no length, after the colon. */
function isWritten(node: Node | null | undefined): node is Node {
  if (node == null) return false;
  const [start, end] = rangeOf(node);
  return start < end;
}
