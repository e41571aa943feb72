import type { ImageId, PairId } from "./image.js";
import type { Platform } from "./platform.js";
import type { Digest, Tag } from "./reference.js";

export type StageName = "build" | "verify" | "test" | "publish";
export type Subject = ImageId | PairId;

/** A tag that a publication moved, or would move. */
export interface Move {
  readonly repository: string;
  readonly tag: Tag;
  /** Absent where the tag is new. */
  readonly from?: Digest;
  readonly to: Digest;
  /** `3.14.6 → 3.14.7` */
  readonly why: string;
}

/** A part of a run that reporters tell of. */
export interface ScheduledTask {
  readonly stage: StageName;
  readonly subject: Subject;
  /** Absent for that of this machine. */
  readonly platform?: Platform;
  /** About how long it takes. */
  readonly seconds: number;
}

/** What happened, for reporters to put into words; on which platform, where that is not this machine's. */
export type Event = Happening & { readonly platform?: Platform };

/** Durations are in milliseconds, sizes in bytes. */
type Happening =
  /** All that a run is about to do, and how much of it at a time: before any of it begins. */
  | { readonly type: "scheduled"; readonly jobs: number; readonly tasks: readonly ScheduledTask[] }
  | { readonly type: "started"; readonly stage: StageName; readonly subject: Subject }
  | { readonly type: "output"; readonly stage: StageName; readonly subject: Subject; readonly line: string }
  | { readonly type: "built"; readonly subject: ImageId; readonly ms: number; readonly size: number }
  /** Built twice, with one digest. */
  | { readonly type: "verified"; readonly subject: ImageId; readonly ms: number; readonly digest: Digest }
  | { readonly type: "tested"; readonly subject: PairId; readonly ms: number; readonly checks: number }
  | { readonly type: "published"; readonly subject: PairId; readonly ms: number; readonly moves: readonly Move[] }
  /** What a publication would move. */
  | { readonly type: "planned"; readonly subject: PairId; readonly moves: readonly Move[] }
  /** Nothing to do: the engine or the registry has it already. */
  | { readonly type: "kept"; readonly stage: StageName; readonly subject: Subject }
  | {
      readonly type: "failed";
      readonly stage: StageName;
      readonly subject: Subject;
      readonly reason: string;
      /** The last lines of what failed, oldest first. */
      readonly log: readonly string[];
      /** Where all of its output is. */
      readonly file?: string;
    }
  | { readonly type: "skipped"; readonly stage: StageName; readonly subject: Subject; readonly reason: string }
  | { readonly type: "note"; readonly text: string };

/** Where a stage says what happens. */
export type Say = (event: Event) => void;

/** `build python/3.13/trixie/dev`, or `build python/3.13/trixie/dev linux/arm64`: tells one task of a run from the others. */
export const taskKey = ({ stage, subject, platform }: Omit<ScheduledTask, "seconds">): string =>
  `${stage} ${subject}${platform === undefined ? "" : ` ${platform}`}`;

/** The stage that an event is about; undefined where it is about a run. */
export function stageOf(event: Event): StageName | undefined {
  if ("stage" in event) return event.stage;
  return event.type === "scheduled" || event.type === "note" ? undefined : stages[event.type];
}

const stages = {
  built: "build",
  verified: "verify",
  tested: "test",
  published: "publish",
  planned: "publish",
} as const satisfies Readonly<Record<string, StageName>>;
