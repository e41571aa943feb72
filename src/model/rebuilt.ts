import type { Changes } from "./changes.js";
import type { ImageId } from "./image.js";
import type { Digest } from "./reference.js";
import type { Failed, Report } from "./report.js";
import type { Staleness } from "./staleness.js";

/** What a rebuild of what was stale came to. */
export interface Rebuilt {
  /** What moved in the lock, a line each. */
  readonly moves: readonly string[];
  /** What could not be asked, a line each. */
  readonly unknown: readonly string[];
  /** All that was asked about, fresh or not. */
  readonly images: readonly Staleness[];
  /** Absent where nothing was to be built. */
  readonly report?: Report;
  /** Tags that could not be put back. */
  readonly unmoved: readonly Failed[];
  /** What is published now in place of what was stale, by the image's id. */
  readonly published: ReadonlyMap<ImageId, NowPublished>;
}

export interface NowPublished {
  readonly digest: Digest;
  /** One for each platform; none where the digest is the one before. */
  readonly changes: readonly Changes[];
}
