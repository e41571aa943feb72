import { Failure } from "../model/failure.js";
import type { Digest } from "../model/reference.js";
import { oneLine } from "../support/text.js";
import { reasonOf } from "./files.js";
import { digestOfBytes } from "./registry-manifest.js";

/** Content to upload. */
export interface BlobSource {
  /** Of all its bytes. */
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** All its bytes from the first on; called once for each try, and not at all where the registry has it. A Readable is one. */
  readonly open: () => AsyncIterable<Uint8Array>;
}

/** A blob that is in memory. */
export function blobOf(bytes: Uint8Array): BlobSource {
  return {
    digest: digestOfBytes(bytes),
    size: bytes.length,
    open: async function* () {
      yield bytes;
    },
  };
}

/** Hears how far a blob was read. */
export interface Progress {
  /** A piece is taken. */
  readonly moved: () => void;
  /** The last piece was taken. */
  readonly sent: () => void;
}

/** Bytes that a stream gives at a time, so that a slow network is not taken for one that stands still. */
const pieceSize = 64 * 1024;

/** How a blob is read for one try. */
export interface Reading {
  readonly read: () => AsyncIterable<Uint8Array>;
  /** Why there was no more to read. */
  readonly failure: () => unknown;
}

/** Reads a blob in small pieces, and tells of each. What has another size than it should is never sent to its end. */
export function readInPieces({ size, open }: BlobSource, { moved, sent }: Progress): Reading {
  let failure: unknown;
  const read = async function* (): AsyncGenerator<Uint8Array> {
    let length = 0;
    try {
      for await (const chunk of open()) {
        length += chunk.length;
        if (length > size) break;
        for (let start = 0; start < chunk.length; start += pieceSize) {
          moved();
          yield chunk.subarray(start, start + pieceSize);
        }
      }
      if (length !== size) throw new Failure(`the blob has ${length > size ? "more" : "less"} than its ${size} bytes`);
      sent();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      failure = code === undefined ? error : new Failure(`the blob cannot be read: ${oneLine(reasonOf(error))}`);
      throw failure;
    }
  };
  return { read, failure: () => failure };
}
