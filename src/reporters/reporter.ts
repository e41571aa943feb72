import type { Event } from "../model/event.js";
import type { Report } from "../model/report.js";

/** Puts what happens into words, or into a file. */
export interface Reporter {
  readonly hear: (event: Event) => void;
  readonly finish: (report: Report) => void;
  /** Leaves the terminal as it was, however the run ended; twice is as good as once. */
  readonly close: () => void;
}
