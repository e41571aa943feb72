import ansiEscapes from "ansi-escapes";
import { createLogUpdate } from "log-update";
import stringWidth from "string-width";
import { taskKey } from "../model/event.js";
import { formatLive } from "./live-lines.js";
import { advance, type LiveState, nothingScheduled } from "./live-state.js";
import { print, type Screen, say, useScreen } from "./output.js";
import { formatEvent, formatReport, type PlainOptions } from "./plain.js";
import type { Reporter } from "./reporter.js";

/** Milliseconds between two drawings. */
const pause = 100;

/** For who looks on: what runs, at the end of a terminal, and above it what has ended. */
export function createLiveReporter({ now, paint }: PlainOptions): Reporter {
  let state: LiveState = nothingScheduled;
  const files = new Map<string, string>();
  const screen = createScreen(({ columns, rows }) => formatLive(state, now(), { columns, rows, paint }));
  useScreen(screen);
  const timer = setInterval(screen.draw, pause).unref();
  const close = (): void => {
    clearInterval(timer);
    useScreen(undefined);
  };
  // A run that a signal ends comes by nowhere else.
  process.once("exit", close);
  return {
    hear: (event) => {
      state = advance(state, event, now());
      if (event.type === "failed" && event.file !== undefined) files.set(taskKey(event), event.file);
      const text = event.type === "started" ? undefined : formatEvent(event, paint);
      if (text !== undefined) say(text);
    },
    finish: (report) => {
      close();
      print((surface) => formatReport({ report, files }, surface));
    },
    close: () => {
      process.removeListener("exit", close);
      close();
    },
  };
}

interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** The last lines of the terminal on standard error, drawn anew where they have changed. */
function createScreen(linesFor: (size: Size) => readonly string[]): Screen {
  const stream = process.stderr;
  const update = createLogUpdate(stream);
  let drawn: readonly string[] = [];
  let closed = false;
  const clear = (): void => {
    if (drawn.length > 0) update.clear();
    drawn = [];
  };
  const draw = (): void => {
    const lines = closed ? [] : linesFor(sizeOf(stream));
    if (lines.length === 0) clear();
    else update(lines.join("\n"));
    drawn = lines;
  };
  const resize = (): void => {
    const extra = extraRows(drawn, sizeOf(stream).columns);
    clear();
    // Lines that are wider than the window has become take several rows now.
    if (extra > 0) stream.write(ansiEscapes.eraseLines(extra + 1));
    draw();
  };
  stream.on("resize", resize);
  const close = (): void => {
    if (closed) return;
    closed = true;
    stream.removeListener("resize", resize);
    clear();
    update.done();
  };
  return { clear, draw, close };
}

const sizeOf = ({ columns, rows }: Partial<Size>): Size => ({
  columns: columns === undefined || columns < 1 ? 80 : columns,
  rows: rows === undefined || rows < 1 ? 24 : rows,
});

/** How many rows lines take in a window beside one for each. */
const extraRows = (lines: readonly string[], columns: number): number =>
  lines.reduce((sum, line) => sum + Math.max(0, Math.ceil(stringWidth(line) / columns) - 1), 0);
