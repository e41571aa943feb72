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

/** What happened, for reporters to put into words; on which platform, where that is not this machine's. */
export type Event = Happening & { readonly platform?: Platform };

/** Durations are in milliseconds, sizes in bytes. */
type Happening =
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
      readonly log: readonly string[];
    }
  | { readonly type: "skipped"; readonly stage: StageName; readonly subject: Subject; readonly reason: string }
  | { readonly type: "note"; readonly text: string };

/** Where a stage says what happens. */
export type Say = (event: Event) => void;
