import stringWidth from "string-width";
import { type LiveState, type Running, secondsLeft, shareDone } from "./live-state.js";
import type { Paint } from "./paint.js";
import { nameOf } from "./plain.js";
import { cut } from "./wrap.js";

/** A terminal's window. */
export interface Window {
  readonly columns: number;
  readonly rows: number;
  readonly paint: Paint;
}

/** Columns below which a row has no stage, and below which it has no room for output. */
const narrow = 44;
/** Of output: with less there is none. */
const leastOutput = 12;
const mostBar = 30;
const leastBar = 5;

/**
 * What a run looks like while it works: a line for each running task, oldest first, as many as there is room for, and a bar over the
 * whole. No line is wider than the window less one column, as terminals differ in what they do after the last.
 */
export function formatLive(state: LiveState, now: number, window: Window): readonly string[] {
  if (state.costs.size === 0) return [];
  const width = Math.max(1, window.columns - 1);
  const room = Math.max(0, window.rows - 3);
  const running = [...state.running.values()];
  const shown = running.length <= room ? running : running.slice(0, Math.max(0, room - 1));
  const names = Math.max(...shown.map((task) => stringWidth(nameOf(task))), 0);
  const more = running.length - shown.length;
  return [
    ...shown.map((task) => formatRow(task, { now, width, names, paint: window.paint })),
    ...(more > 0 ? [cut(`and ${more} more`, width)] : []),
    formatBar(state, now, { width, paint: window.paint }),
  ];
}

interface Row {
  readonly now: number;
  readonly width: number;
  /** Of the longest name. */
  readonly names: number;
  readonly paint: Paint;
}

/** `build   python/3.13/trixie/dev  0:12  Setting up python3.13`; in a narrow window without what matters least. */
function formatRow(task: Running, { now, width, names, paint }: Row): string {
  const clock = formatClock(now - task.since).padStart(5);
  const stage = width < narrow ? "" : `${task.stage.padEnd(7)} `;
  const room = Math.max(1, width - stage.length - clock.length - 1);
  const wanted = width < narrow ? room : Math.max(20, Math.floor(width * 0.45));
  const name = pad(cut(nameOf(task), Math.min(names, room, wanted), "middle"), Math.min(names, room, wanted));
  const output = width - stage.length - stringWidth(name) - clock.length - 3;
  const line = output < leastOutput || task.line === "" ? "" : `  ${paint("dim", cut(task.line, output))}`;
  return cut(`${stage}${name} ${clock}`, width) + line;
}

/** `████████░░░░░░ 14 of 40, about 3 min left, 1 FAILED`: as much of it as there is room for. */
function formatBar(state: LiveState, now: number, { width, paint }: Pick<Row, "width" | "paint">): string {
  const [ended, all] = [[...state.settled].filter((key) => state.costs.has(key)).length, state.costs.size];
  const failed = state.failed === 0 ? "" : `, ${state.failed} FAILED`;
  const left = ended === all ? "" : formatLeft(secondsLeft(state, now));
  const texts = [`${ended} of ${all}${left}${failed}`, `${ended} of ${all}${failed}`, `${ended}/${all}${failed}`];
  const text = texts.find((each) => each.length + leastBar < width) ?? `${ended}/${all}`;
  const bar = Math.min(mostBar, width - text.length - 1);
  const painted = state.failed === 0 ? text : text.replace(/\d+ FAILED/, (found) => paint("red", found));
  if (bar < leastBar) return cut(text, width);
  const full = Math.min(bar, Math.floor(bar * shareDone(state, now)));
  return `${paint("green", "█".repeat(full))}${paint("dim", "░".repeat(bar - full))} ${painted}`;
}

/** `0:07`, `4:10`, `1:02:03` */
export function formatClock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (number: number): string => String(number).padStart(2, "0");
  return hours === 0 ? `${minutes}:${two(seconds % 60)}` : `${hours}:${two(minutes)}:${two(seconds % 60)}`;
}

/** Coarse, as it is a guess: `, about 40 s left`, `, about 1 h 20 min left`. */
export function formatLeft(seconds: number): string {
  if (seconds < 1) return "";
  if (seconds < 55) return `, about ${Math.ceil(seconds / 10) * 10} s left`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `, about ${Math.max(1, minutes)} min left`;
  const rest = Math.round((minutes % 60) / 10) * 10;
  const hours = Math.floor(minutes / 60) + (rest === 60 ? 1 : 0);
  return `, about ${hours} h${rest % 60 === 0 ? "" : ` ${rest} min`} left`;
}

const pad = (text: string, width: number): string => text + " ".repeat(Math.max(0, width - stringWidth(text)));
