import { type Diagnostic, formatDiagnostic, sortDiagnostics } from "../model/diagnostic.js";
import type { Failure } from "../model/failure.js";
import { visibleLine } from "./visible.js";

/** What is drawn at the end of a terminal and changes: it makes room for what is written. */
export interface Screen {
  readonly clear: () => void;
  readonly draw: () => void;
  /** Clears it, and draws nothing any more. */
  readonly close: () => void;
}

let screen: Screen | undefined;

/** Has what is written from now on stand above a screen; without one, after all that was written. */
export function useScreen(next: Screen | undefined): void {
  screen?.close();
  screen = next;
}

function write(stream: NodeJS.WriteStream, text: string): void {
  screen?.clear();
  stream.write(text);
  screen?.draw();
}

/** What was asked for goes to standard output; everything said about the work, to standard error. */
export function print(text: string): void {
  write(process.stdout, text.endsWith("\n") ? text : `${text}\n`);
}

/** A reader that has seen enough (`| head`, `2>&1 | head`) is no error: the run ends, and leaves nothing behind. */
export function endWithReader(end: () => void): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE" && error.code !== "ERR_STREAM_DESTROYED") throw error;
      end();
    });
  }
}

export function say(text: string): void {
  write(process.stderr, `${text}\n`);
}

export function complain(diagnostics: readonly Diagnostic[]): void {
  const sorted = sortDiagnostics(diagnostics);
  say(formatDiagnostics(sorted));
  say(`\n${sorted.length} ${sorted.length === 1 ? "mistake" : "mistakes"}; docs/rules/ explains each by its name.`);
}

/** What is one line stands with its like; what shows its place has room around it. */
function formatDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const texts = diagnostics.map(formatDiagnostic);
  const hasRoom = (text: string | undefined): boolean => text?.includes("\n") ?? false;
  return texts
    .map((text, index) => (index > 0 && (hasRoom(text) || hasRoom(texts[index - 1])) ? `\n${text}` : text))
    .join("\n");
}

export function sayFailure(failure: Failure): void {
  for (const line of failure.log.slice(-20)) say(`  | ${visibleLine(line)}`);
  say(`ingot: ${failure.message.split("\n").map(visibleLine).join("\n")}`);
}

/** Something that Ingot's own code did not expect. */
export function sayBug(error: unknown): void {
  say(
    `ingot: this is a bug of ingot's; please report it with the following:\n${error instanceof Error ? error.stack : String(error)}`,
  );
}
