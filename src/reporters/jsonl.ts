import { print } from "./output.js";
import type { Reporter } from "./reporter.js";

/** Every event as a line of JSON on standard output, then the report as one more, of type `report`. */
export function createJsonReporter(): Reporter {
  return {
    hear: (event) => print(JSON.stringify(event)),
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
      print(JSON.stringify({ type: "report", ms, failedPairs, images: rows }));
    },
  };
}
