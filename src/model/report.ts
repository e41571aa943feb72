import type { Event } from "./event.js";
import type { Image, Pair, PairId } from "./image.js";

export type ImageState = "built" | "kept" | "failed" | "skipped";

/** How a run ended for one image. */
export interface ImageReport {
  readonly image: Image;
  readonly state: ImageState;
  /** Bytes, uncompressed; absent where there is no image. */
  readonly size?: number;
  /** Why it failed or was skipped; one line. */
  readonly reason?: string;
}

export type Failed = Pick<Extract<Event, { type: "failed" }>, "stage" | "subject" | "reason">;

/** How a run ended. */
export interface Report {
  readonly images: readonly ImageReport[];
  /** Pairs that failed a test or a publication. */
  readonly failedPairs: readonly PairId[];
  /** Every failure in the order in which it happened. */
  readonly failures: readonly Failed[];
  /** Milliseconds. */
  readonly ms: number;
}

export function hasFailed(report: Report, strict: boolean): boolean {
  return (
    report.failedPairs.length > 0 ||
    report.images.some(({ state }) => state === "failed" || (strict && state === "skipped"))
  );
}

/** What became of each image, from the events of a run. */
export function makeReport(
  pairs: readonly Pair[],
  events: readonly Event[],
  sizes: ReadonlyMap<string, number>,
  ms: number,
): Report {
  const states = new Map<string, { readonly state: ImageState; readonly reason?: string }>();
  const failedPairs: PairId[] = [];
  for (const event of events) {
    if (event.type === "built") states.set(event.subject, { state: "built" });
    else if (event.type === "kept" && event.stage === "build") states.set(event.subject, { state: "kept" });
    // What failed before it could begin is said to be skipped as well.
    else if (event.type === "skipped" && event.stage === "build" && states.get(event.subject)?.state !== "failed")
      states.set(event.subject, { state: "skipped", reason: event.reason });
    else if (event.type === "failed" && (event.stage === "build" || event.stage === "verify"))
      states.set(event.subject, { state: "failed", reason: event.reason });
    else if (event.type === "failed") failedPairs.push(event.subject as PairId);
  }
  const images = pairs.flatMap((pair) =>
    pair.images.flatMap((image): readonly ImageReport[] => {
      const known = states.get(image.id);
      const size = sizes.get(image.id);
      return known === undefined ? [] : [{ image, ...known, ...(size === undefined ? {} : { size }) }];
    }),
  );
  const failures = events.flatMap((event) =>
    event.type === "failed" ? [{ stage: event.stage, subject: event.subject, reason: event.reason }] : [],
  );
  return { images, failedPairs, failures, ms };
}
