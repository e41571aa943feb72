import { closest, distance } from "fastest-levenshtein";
import { z } from "zod";
import type { Diagnostic, Result } from "../model/diagnostic.js";
import { failed, ok } from "../model/diagnostic.js";
import type { Path, SourceDocument } from "./document.js";

type Issue = z.core.$ZodIssue;

/** The content of a document if it is as the schema says; otherwise a complaint for each thing that is not. */
export function validate<T extends z.ZodType>(document: SourceDocument, schema: T): Result<z.output<T>> {
  if (document.value === undefined) return failed(...document.complaints);
  const parsed = schema.safeParse(document.value);
  if (parsed.success && document.complaints.length === 0) return ok(parsed.data);
  const issues = parsed.success ? [] : parsed.error.issues;
  return failed(...document.complaints, ...issues.flatMap((issue) => complaintsOf(issue, document, schema)));
}

/** `" (did you mean alpine3.24?)"`, or nothing where no candidate is near. */
export function suggestion(text: string, candidates: readonly string[]): string {
  if (candidates.length === 0) return "";
  const nearest = closest(text, [...candidates]);
  return distance(text, nearest) <= Math.max(2, text.length / 3) ? ` (did you mean ${nearest}?)` : "";
}

function complaintsOf(issue: Issue, document: SourceDocument, schema: z.ZodType): readonly Diagnostic[] {
  const { path } = issue;
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({
        rule: "unknown-key",
        message: `${JSON.stringify(key)} is not known here${suggestion(key, knownKeys(schema))}`,
        place: document.placeOf([...path, key], "key"),
      }));
    case "invalid_key":
      // A key that YAML read as a number has its own complaint already.
      return /^["']?[\d.]+["']?$/.test(String(path.at(-1))) && document.complaints.length > 0
        ? []
        : [
            {
              rule: "invalid-value",
              message: quoteKey(path, issue.issues[0]?.message),
              place: document.placeOf(path, "key"),
            },
          ];
    case "invalid_type":
      return [typeComplaint(document, path, issue.expected)];
    case "invalid_union":
      return [unionComplaint(document, path, issue.message)];
    case "too_small":
    case "too_big":
      return [
        { rule: "invalid-value", message: `${nameOf(path)} ${limitMessage(issue)}`, place: document.placeOf(path) },
      ];
    case "invalid_value":
      return [
        { rule: "invalid-value", message: choiceMessage(document, path, issue.values), place: document.placeOf(path) },
      ];
    default:
      return [{ rule: "invalid-value", message: `${nameOf(path)} ${issue.message}`, place: document.placeOf(path) }];
  }
}

function typeComplaint(document: SourceDocument, path: Path, expected: string): Diagnostic {
  const source = document.sourceOf(path);
  const kinds: Record<string, string> = {
    record: "a mapping",
    object: "a mapping",
    array: "a list",
    string: "text",
    int: "a whole number",
    number: "a number",
  };
  const kind = kinds[expected] ?? expected;
  if (source === undefined && path.length === 0)
    return { rule: "wrong-type", message: "the file is empty", place: document.placeOf(path) };
  if (source === undefined) {
    return {
      rule: "missing-key",
      message: `${nameOf(path)} is missing: it must be ${kind}`,
      place: document.placeOf(path, "key"),
    };
  }
  const number = expected === "string" && /^[\d.]+$/.test(source);
  if (number)
    return { rule: "unquoted-version", message: `write "${source}" in quotes`, place: document.placeOf(path) };
  return { rule: "wrong-type", message: `${nameOf(path)} must be ${kind}`, place: document.placeOf(path) };
}

/** A schema that takes several types may say in its own words what it takes. */
function unionComplaint(document: SourceDocument, path: Path, message: string): Diagnostic {
  const place = document.placeOf(path);
  return message.startsWith("must ")
    ? { rule: "invalid-value", message: `${nameOf(path)} ${message}`, place }
    : { rule: "wrong-type", message: `${nameOf(path)} has a value of the wrong type`, place };
}

/** `must have at least 1 item`, `must be at most 65534` */
function limitMessage(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const [bound, limit] =
    issue.code === "too_small" ? ["least", Number(issue.minimum)] : ["most", Number(issue.maximum)];
  const [verb, unit] =
    issue.origin === "array" ? ["have", " item"] : issue.origin === "string" ? ["have", " character"] : ["be", ""];
  return `must ${verb} at ${bound} ${limit}${unit}${unit === "" || limit === 1 ? "" : "s"}`;
}

function choiceMessage(document: SourceDocument, path: Path, values: readonly unknown[]): string {
  const choices = values.map(String);
  const near = choices.length === 1 ? "" : suggestion(document.sourceOf(path) ?? "", choices);
  return `${nameOf(path)} must be ${choices.join(" or ")}${near}`;
}

const quoteKey = (path: Path, message = "is not allowed"): string =>
  `${JSON.stringify(String(path.at(-1)))} ${message}`;

/** The last name of a path: an item of a list is named after the list. */
function nameOf(path: Path): string {
  const names = path.filter((step) => typeof step === "string");
  const name = names.at(-1);
  if (name === undefined) return "the file";
  return typeof path.at(-1) === "number" ? `an item of ${name}` : name;
}

const keysOfSchemas = new WeakMap<z.ZodType, readonly string[]>();

function knownKeys(schema: z.ZodType): readonly string[] {
  const keys = keysOfSchemas.get(schema) ?? listKeys(schema);
  keysOfSchemas.set(schema, keys);
  return keys;
}

function listKeys(schema: z.ZodType): readonly string[] {
  const keys = new Set<string>();
  JSON.stringify(z.toJSONSchema(schema, { unrepresentable: "any", io: "input" }), (_, value) => {
    for (const key of Object.keys(value?.properties ?? {})) keys.add(key);
    return value;
  });
  return [...keys];
}
