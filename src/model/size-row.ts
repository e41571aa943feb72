import type { Image } from "./image.js";

/** Bytes of an image's files, and of its layers as a registry has them. */
export interface Weight {
  readonly uncompressed: number;
  readonly compressed: number;
}

/** What an image weighed when that was recorded, and what it weighs in the engine. */
export interface SizeRow {
  readonly image: Image;
  /** Undefined where nothing was recorded. */
  readonly before: Weight | undefined;
  /** Undefined where it is not built. */
  readonly after: Weight | undefined;
}
