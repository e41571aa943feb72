import type { RuleId } from "./rules.js";

/** A stretch of one line of a file, for underlining. Lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Characters to underline; at least 1. */
  readonly length: number;
  /** The whole source line. */
  readonly text: string;
}

/** One mistake of the user's: what is wrong, where, and what to do. */
export interface Diagnostic {
  readonly rule: RuleId;
  readonly message: string;
  readonly place?: Place;
  /** The file, where no line of it can be pointed at. */
  readonly file?: string;
}

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function failed(...diagnostics: readonly Diagnostic[]): Result<never> {
  return {
    ok: false,
    diagnostics: diagnostics.map((diagnostic) => ({ ...diagnostic, message: visible(diagnostic.message) })),
  };
}

/** A message may quote a file: what would control a terminal, or turn the direction of text, is shown as "�". */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, "�");
}

/** The value if there is no complaint, all complaints otherwise. */
export function unlessAny<T>(diagnostics: readonly Diagnostic[], value: () => T): Result<T> {
  return diagnostics.length === 0 ? ok(value()) : failed(...diagnostics);
}

const byPlace = (a: Diagnostic, b: Diagnostic): number => {
  const [fileA, fileB] = [a.place?.file ?? a.file ?? "", b.place?.file ?? b.file ?? ""];
  if (fileA !== fileB) return fileA < fileB ? -1 : 1;
  return (a.place?.line ?? 0) - (b.place?.line ?? 0) || (a.place?.column ?? 0) - (b.place?.column ?? 0);
};

/** By file, line and column; the same complaint about the same place once. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const once = new Map(diagnostics.map((diagnostic) => [keyOf(diagnostic), diagnostic]));
  return [...once.values()].sort(byPlace);
}

const keyOf = ({ rule, message, place, file }: Diagnostic): string =>
  JSON.stringify([rule, message, place?.file ?? file, place?.line, place?.column, place?.length]);
