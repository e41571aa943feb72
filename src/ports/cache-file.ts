import { dirname } from "node:path";
import { Failure } from "../model/failure.js";
import { makeFolder, readText, writeText } from "./files.js";

/** The JSON of a file that may vanish without harm; undefined where there is none, or it cannot be read. */
export function readCache(file: string): unknown {
  try {
    return JSON.parse(readText(file) ?? "null") ?? undefined;
  } catch (error) {
    if (error instanceof Failure || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Never fails: what is lost is found out again. */
export function writeCache(file: string, text: string): void {
  try {
    makeFolder(dirname(file));
    writeText(file, { text });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
}
