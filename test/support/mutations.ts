import fc from "fast-check";
import { parse, stringify } from "yaml";

/** What somebody might put into any text: each has broken some generator of Dockerfiles, parser of YAML or template engine. */
export const hostileTexts: readonly string[] = [
  "'; rm -rf / #",
  "$(id)",
  "`id`",
  "a\nRUN id",
  "a\r\nUSER root",
  "a\u0000b",
  "\u001b[31mred",
  "$\u007bPATH}",
  "$PATH",
  "a\\",
  "\\\n",
  '"; USER root; "',
  "a b",
  "a' b",
  "&& id",
  "| id",
  "> /etc/passwd",
  "{{constructor}}",
  "{{#each this}}",
  "{{from}}",
  "{{{this}}}",
  "{{/if}}",
  "{{> (lookup . 'x')}}",
  "{{..}}",
  "{{from x=1}}",
  "{{> nothing}}",
  "{{> 1}}",
  "{{#if this}}",
  "{{@root}}",
  "{{!--",
  "{{else}}",
  "{{#each env as |a b|}}{{a}}{{/each}}",
  "../../etc/passwd",
  "/etc/passwd",
  "..",
  ".",
  "a/../b",
  "-rf",
  "--allow-untrusted",
  "Dockerfile",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "prototype",
  "x".repeat(5000),
  "9".repeat(400),
  "1.".repeat(300),
  "💥",
  "\u202Egnp.exe",
  "a\u2028RUN id",
  "a\u2029b",
  "a\u0085b",
  "\uFEFF",
  "é",
  "\uD800",
  "*a",
  "&a b",
  "!!binary aGk=",
  "!foo bar",
  "<<",
  "0o17",
  "017",
  "0x1f",
  "1e400",
  "-0",
  ".nan",
  ".inf",
  "3.10",
  "3.14",
  "2026-11-21",
  "9999-99-99",
  "0000-01-01",
  "2026-02-31",
  "true",
  "null",
  "~",
  "yes",
  "",
  " ",
  "\t",
  "#",
  ":",
  "- a",
  "? a",
  "|",
  ">",
  "%YAML 1.1",
  "---",
  "...",
  "scratch",
  "distribution",
  "runtime",
  "dev",
  "static",
  "base",
  "latest",
  "trixie",
  "alpine3.24",
  "1.2.3",
  "1:2.0~rc1+dfsg-1",
  `debian:x@sha256:${"a".repeat(64)}`,
  "UPPER/case",
  "localhost:99999/a",
  "https://example.org/$(id)",
  "http://[::1]",
  "<<EOF",
  "# escape=`",
  "@@",
  "]",
  "{",
  "sh -c id",
];

/** Whole stretches of YAML and Handlebars that are dear to parse, or that mean something else than they look like. */
const hostileBlocks: readonly string[] = [
  "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
  "<<: { language: evil }\n",
  "%YAML 1.1\n---\n",
  "---\nlanguage: other\n",
  "[".repeat(3000),
  "{a: ".repeat(1500),
  "- ".repeat(1000),
  "? ? ? a\n",
  "? [a, b]\n: c\n",
  ": x\n",
  "? |\n  a\n  b\n: c\n",
  "a: !!set {a, b}\n",
  "a: !!omap [a: 1]\n",
  "a: !<tag:yaml.org,2002:js/function> 'function(){}'\n",
  "__proto__: { polluted: [yes] }\n",
  "constructor: { prototype: { polluted: [yes] } }\n",
  "key\u0007with\u001bcontrol: 1\n",
  "\tindented: 1\n",
  "{{#if from}}".repeat(400),
  `${"{{#if from}}".repeat(1500)}${"{{/if}}".repeat(1500)}`,
  "{{#each pairs}}{{#each images}}{{../../language}}{{/each}}{{/each}}",
  "{{> config}}",
  '{{#*inline "x"}}{{/inline}}',
  "{{#> config}}{{/config}}",
  "{{{{raw}}}} {{x}} {{{{/raw}}}}",
];

const hostileValues: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e21,
  Number.MAX_SAFE_INTEGER,
  [],
  {},
  [[]],
  [null],
  [{}],
  { a: 1 },
  { version: "a" },
  { constructor: ["a"] },
  [1, 2],
  ["a", "a"],
  ["constructor"],
  { "3.14": { on: {} } },
];

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
