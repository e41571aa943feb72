import type { Rebuilt } from "../model/rebuilt.js";
import { print } from "./output.js";
import type { Reporter } from "./reporter.js";
import { describeStaleness } from "./stale.js";

/** Every event as a line of JSON on standard output, then the report as one more, of type `report`. */
export function createJsonReporter(): Reporter {
  return {
    hear: (event) => {
      // For who draws a bar: a program has `ingot plan --format json`.
      if (event.type !== "scheduled") print(formatJson(event));
    },
    finish: ({ images, failedPairs, ms }) => {
      const rows = images.map(({ image, platform, state, size, reason }) => ({
        image: image.id,
        platform,
        version: image.version.text,
        state,
        size,
        reason,
        tags: image.tags,
      }));
      print(formatJson({ type: "report", ms, failedPairs, images: rows }));
    },
    close: () => {},
  };
}

/**
 * Of a rebuild of what was stale: the report where anything was built, then a line of type `rebuilt`: each image as `ingot stale` describes
 * it, and under `now` the digest that is published in its place.
 */
export function finishRebuiltJson(reporter: Reporter, rebuilt: Rebuilt): void {
  const { images, moves, unknown, report, unmoved, published } = rebuilt;
  if (report !== undefined) reporter.finish(report);
  const described = images.map((each) => ({ ...describeStaleness(each), now: published.get(each.image.id)?.digest }));
  print(formatJson({ type: "rebuilt", images: described, moves, unknown, unmoved }));
}

/** On one line, and nothing in it controls a terminal: JSON itself escapes the first of these characters alone. */
const formatJson = (value: object): string =>
  JSON.stringify(value).replace(
    /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
