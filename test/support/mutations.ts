import fc from "fast-check";
import { parse, stringify } from "yaml";
import { hostileBlocks, hostileTexts, hostileValues } from "./hostile.js";

export type Mutation = (text: string) => string;

const position = fc.nat({ max: 1_000_000 });
const at = (count: number, index: number): number => (count === 0 ? 0 : index % count);
const splice = (text: string, index: number, removed: number, added: string): string => {
  const start = at(text.length + 1, index);
  return text.slice(0, start) + added + text.slice(start + removed);
};
const onLines =
  (change: (lines: string[]) => void): Mutation =>
  (text) => {
    const lines = text.split("\n");
    change(lines);
    return lines.join("\n");
  };

const deleteLine = position.map((index) => onLines((lines) => lines.splice(at(lines.length, index), 1)));
const duplicateLine = position.map((index) =>
  onLines((lines) => lines.splice(at(lines.length, index), 0, lines[at(lines.length, index)] ?? "")),
);
const swapLines = fc.tuple(position, position).map(([a, b]) =>
  onLines((lines) => {
    const [i, j] = [at(lines.length, a), at(lines.length, b)];
    [lines[i], lines[j]] = [lines[j] ?? "", lines[i] ?? ""];
  }),
);
const flipCharacter = fc.tuple(position, fc.integer({ min: 0, max: 0x2fff })).map(
  ([index, code]): Mutation =>
    (text) =>
      splice(text, index, 1, String.fromCharCode(code)),
);
const insertText = fc.tuple(position, fc.constantFrom(...hostileTexts)).map(
  ([index, hostile]): Mutation =>
    (text) =>
      splice(text, index, 0, hostile),
);
const overwriteText = fc.tuple(position, fc.nat({ max: 12 }), fc.constantFrom(...hostileTexts)).map(
  ([index, removed, hostile]): Mutation =>
    (text) =>
      splice(text, index, removed, hostile),
);
const insertBlock = fc
  .tuple(position, fc.constantFrom(...hostileBlocks))
  .map(([index, block]) => onLines((lines) => lines.splice(at(lines.length + 1, index), 0, block)));
const wholeText = fc.constantFrom<Mutation>(
  (text) => text.replaceAll("\n", "\r\n"),
  (text) => text.replaceAll("\n", "\r"),
  (text) => `\uFEFF${text}`,
  (text) => text.replaceAll("  ", "\t"),
  (text) => text.slice(0, text.length / 2),
  (text) => text + text,
  (text) => `%YAML 1.1\n---\n${text}`,
  () => "",
  () => "\n\n",
);

export const textMutation: fc.Arbitrary<Mutation> = fc.oneof(
  deleteLine,
  duplicateLine,
  swapLines,
  flipCharacter,
  insertText,
  overwriteText,
  insertBlock,
  wholeText,
);

type Container = Record<string, unknown> | unknown[];

interface Slot {
  readonly container: Container;
  readonly key: string;
}

const isContainer = (value: unknown): value is Container => typeof value === "object" && value !== null;
const valueIn = ({ container, key }: Slot): unknown => (container as Record<string, unknown>)[key];

function slotsOf(value: unknown): readonly Slot[] {
  if (!isContainer(value)) return [];
  return Object.keys(value).flatMap((key) => [
    { container: value, key },
    ...slotsOf((value as Record<string, unknown>)[key]),
  ]);
}

/** Sets without ever calling the setter that `__proto__` has. */
function put({ container, key }: Slot, value: unknown): void {
  Object.defineProperty(container, key, { value, enumerable: true, configurable: true, writable: true });
}

const asKey = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

const hostileValue = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<unknown>(...hostileTexts) },
  { weight: 1, arbitrary: fc.constantFrom(...hostileValues) },
);

type Change = (slot: Slot, other: Slot, value: unknown) => void;

const changes = {
  replace: (slot, _, value) => put(slot, value),
  remove: ({ container, key }) =>
    void (Array.isArray(container) ? container.splice(Number(key), 1) : Reflect.deleteProperty(container, key)),
  swap: (slot, other) => {
    const [a, b] = [valueIn(slot), valueIn(other)];
    put(slot, b);
    put(other, structuredClone(a));
  },
  copy: (slot, other) => put(slot, structuredClone(valueIn(other))),
  rename: (slot, _, value) => {
    const content = valueIn(slot);
    Reflect.deleteProperty(slot.container, slot.key);
    put({ container: slot.container, key: asKey(value) }, content);
  },
  add: (slot, _, value) => {
    const content = valueIn(slot);
    if (Array.isArray(content)) content.push(value);
    else if (isContainer(content)) put({ container: content, key: asKey(value) }, value);
    else put(slot, value);
  },
} satisfies Record<string, Change>;

/** Changes the content of a YAML file and writes it well-formed, so that the mistake is beyond what a parser finds. */
export const valueMutation: fc.Arbitrary<Mutation> = fc
  .tuple(
    fc.constantFrom<Change>(changes.replace, changes.replace, ...Object.values(changes)),
    position,
    position,
    hostileValue,
    fc.constantFrom("PLAIN", "QUOTE_DOUBLE"),
  )
  .map(([change, index, otherIndex, value, defaultStringType]) => (text) => {
    const content: unknown = parse(text);
    const slots = slotsOf(content);
    const [slot, other] = [slots[at(slots.length, index)], slots[at(slots.length, otherIndex)]];
    if (slot === undefined || other === undefined) return text;
    change(slot, other, structuredClone(value));
    return stringify(content, { aliasDuplicateObjects: false, defaultStringType, defaultKeyType: "PLAIN" });
  });
