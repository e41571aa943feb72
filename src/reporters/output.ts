import type { Diagnostic } from "../model/diagnostic.js";
import type { Failure } from "../model/failure.js";
import { formatComplaints, formatFailure } from "./diagnostics.js";
import { formatHelp } from "./help.js";
import { type Surface, surfaceFor } from "./surface.js";

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

/** Lines as they are, or what makes them for where they go. */
export type Text = string | ((surface: Surface) => string);

const setFor = (stream: NodeJS.WriteStream, text: Text): string =>
  typeof text === "string" ? text : text(surfaceFor(process.env, stream));

function write(stream: NodeJS.WriteStream, text: string): void {
  screen?.clear();
  stream.write(text);
  screen?.draw();
}

/** What was asked for goes to standard output; everything said about the work, to standard error. */
export function print(text: Text): void {
  const written = setFor(process.stdout, text);
  write(process.stdout, written.endsWith("\n") ? written : `${written}\n`);
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

export function say(text: Text): void {
  write(process.stderr, `${setFor(process.stderr, text)}\n`);
}

/** Where the parser of the command line writes, and how wide. */
export const helpOutput = {
  writeOut: (text: string): void => writeHelp(process.stdout, text),
  writeErr: (text: string): void => writeHelp(process.stderr, text),
  getOutHelpWidth: (): number => helpWidth(process.stdout),
  getErrHelpWidth: (): number => helpWidth(process.stderr),
};

const helpWidth = (stream: NodeJS.WriteStream): number => {
  const { width } = surfaceFor(process.env, stream);
  return width === Number.POSITIVE_INFINITY ? 80 : width;
};

function writeHelp(stream: NodeJS.WriteStream, text: string): void {
  write(
    stream,
    setFor(stream, (surface) => formatHelp(text, surface)),
  );
}

export function complain(diagnostics: readonly Diagnostic[]): void {
  say((surface) => formatComplaints(diagnostics, surface));
}

export function sayFailure(failure: Failure): void {
  say((surface) => formatFailure(failure, surface));
}

/** Something that Ingot's own code did not expect. */
export function sayBug(error: unknown): void {
  say(
    `ingot: this is a bug of ingot's; please report it with the following:\n${error instanceof Error ? error.stack : String(error)}`,
  );
}
