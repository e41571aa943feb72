import type { Event } from "../model/event.js";
import type { Report } from "../model/report.js";

/** Puts what happens into words, or into a file. */
export interface Reporter {
  readonly hear: (event: Event) => void;
  readonly finish: (report: Report) => void;
}
