import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { type ExtractEvents, extract } from "tar-stream";

/** A stream of what follows a header, with the header. */
export type Entry = ExtractEvents["entry"][1];

/** Gives a tar's entries to `use`, one after the other; it reads each to its end. Throws whatever goes wrong with any of the streams. */
export function readTar(file: string, use: (entry: Entry) => Promise<void>): Promise<void> {
  return readTarStream([createReadStream(file)], use);
}

/** The same of a tar that comes out of the last of some streams. */
export async function readTarStream(
  streams: readonly [NodeJS.ReadableStream, ...NodeJS.ReadWriteStream[]],
  use: (entry: Entry) => Promise<void>,
): Promise<void> {
  const archive = extract();
  const flow = pipeline([...streams, archive]);
  // An error of an earlier stream ends the archive and its present entry with that error: it is thrown below.
  const ended = flow.catch(() => {});
  try {
    for await (const entry of archive) await use(entry);
  } finally {
    await ended;
  }
  await flow;
}

/** Where a file's bytes are in an archive. */
export interface Span {
  readonly start: number;
  readonly size: number;
}

/** What an archive that is not compressed holds, by name, so that it can be read in any order and in part. */
export async function indexTar(file: string): Promise<ReadonlyMap<string, Span>> {
  const spans = new Map<string, Span>();
  await readTar(file, async (entry) => {
    const { name, type, size = 0, byteOffset } = entry.header as Entry["header"] & Placed;
    if (type === "file") spans.set(name, { start: byteOffset, size });
    entry.resume();
  });
  return spans;
}

/** What the types of tar-stream do not know of its headers: how many of the archive's bytes are before the content. */
interface Placed {
  readonly byteOffset: number;
}
