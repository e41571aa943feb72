import type { Event } from "./event.js";
import type { Image, Pair, PairId } from "./image.js";
import { type Platform, platforms } from "./platform.js";

export type ImageState = "built" | "kept" | "failed" | "skipped";

/** How a run ended for one image. */
export interface ImageReport {
  readonly image: Image;
  /** Absent for that of this machine. */
  readonly platform?: Platform;
  readonly state: ImageState;
  /** Bytes, uncompressed; absent where there is no image. */
  readonly size?: number;
  /** Why it failed or was skipped; one line. */
  readonly reason?: string;
}

export type Failed = Pick<Extract<Event, { type: "failed" }>, "stage" | "subject" | "reason" | "platform">;

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

/** Tells an image of one platform from that of another; without a platform, that of this machine. */
export function imageKey(image: string, platform: Platform | undefined): string {
  return platform === undefined ? image : `${image} ${platform}`;
}

/** What became of each image, from the events of a run. Sizes are in bytes, by image key. */
export function makeReport(
  pairs: readonly Pair[],
  events: readonly Event[],
  sizes: ReadonlyMap<string, number>,
  ms: number,
): Report {
  const states = statesOf(events);
  const images = pairs.flatMap((pair) =>
    pair.images.flatMap((image) =>
      [undefined, ...platforms].flatMap((platform): readonly ImageReport[] => {
        const key = imageKey(image.id, platform);
        const [known, size] = [states.get(key), sizes.get(key)];
        if (known === undefined) return [];
        return [{ image, ...known, ...optional({ platform }), ...(size === undefined ? {} : { size }) }];
      }),
    ),
  );
  const failures = events.flatMap((event): readonly Failed[] =>
    event.type === "failed"
      ? [{ stage: event.stage, subject: event.subject, reason: event.reason, ...optional(event) }]
      : [],
  );
  const failedPairs = new Set(
    failures.flatMap(({ stage, subject }) => (stage === "build" || stage === "verify" ? [] : [subject as PairId])),
  );
  return { images, failedPairs: [...failedPairs], failures, ms };
}

interface State {
  readonly state: ImageState;
  readonly reason?: string;
}

/** By image key. */
function statesOf(events: readonly Event[]): ReadonlyMap<string, State> {
  const states = new Map<string, State>();
  for (const event of events) {
    if (!("subject" in event)) continue;
    const key = imageKey(event.subject, event.platform);
    if (event.type === "built") states.set(key, { state: "built" });
    else if (event.type === "kept" && event.stage === "build") states.set(key, { state: "kept" });
    // What failed before it could begin is said to be skipped as well.
    else if (event.type === "skipped" && event.stage === "build" && states.get(key)?.state !== "failed")
      states.set(key, { state: "skipped", reason: event.reason });
    else if (event.type === "failed" && (event.stage === "build" || event.stage === "verify"))
      states.set(key, { state: "failed", reason: event.reason });
  }
  return states;
}

const optional = ({ platform }: { readonly platform?: Platform | undefined }): { readonly platform?: Platform } =>
  platform === undefined ? {} : { platform };
