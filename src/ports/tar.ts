import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { type ExtractEvents, extract } from "tar-stream";

/** A stream of what follows a header, with the header. */
export type Entry = ExtractEvents["entry"][1];

interface TarFile {
  readonly file: string;
  /** With gzip. */
  readonly compressed: boolean;
}

/** Gives a tar's entries to `use`, one after the other; it reads each to its end. Throws whatever goes wrong with any of the streams. */
export function readTar({ file, compressed }: TarFile, use: (entry: Entry) => Promise<void>): Promise<void> {
  const blob = createReadStream(file);
  return readTarStream(compressed ? [blob, createGunzip()] : [blob], use);
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
