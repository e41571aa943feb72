import { print, say } from "./output.js";
import { formatEvent, formatSummary, type PlainOptions } from "./plain.js";
import type { Reporter } from "./reporter.js";

/** Failures, and one line at the end. */
export function createQuietReporter({ paint }: Pick<PlainOptions, "paint">): Reporter {
  return {
    hear: (event) => {
      const text = event.type === "failed" ? formatEvent(event, paint) : undefined;
      if (text !== undefined) say(text);
    },
    finish: (report) => print(formatSummary(report)),
    close: () => {},
  };
}
