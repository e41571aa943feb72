import type { ElfFile } from "./content.js";

// The names are those of the ELF specification (System V gABI, chapters 4 and 5).
const magic = 0x7f454c46;
const class64 = 2;
const littleEndian = 1;
const loadable = 1;
const dynamic = 2;
const interpreter = 3;
const tags = { end: 0n, needed: 1n, stringTable: 5n, runPathOld: 15n, runPath: 29n };

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: bigint;
  readonly fileSize: number;
}

/** Reads a 64-bit little-endian ELF file, as amd64's and arm64's are; undefined for anything else, and for what is broken. */
export function readElf(bytes: Uint8Array): ElfFile | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 64 || view.getUint32(0) !== magic) return undefined;
  if (bytes[4] !== class64 || bytes[5] !== littleEndian) return undefined;
  try {
    return readDynamic(bytes, view);
  } catch (error) {
    // A table that points outside of the file.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function readDynamic(bytes: Uint8Array, view: DataView): ElfFile {
  const segments = readSegments(view);
  const text = (offset: number): string => {
    const end = bytes.indexOf(0, offset);
    return new TextDecoder().decode(bytes.subarray(offset, end === -1 ? bytes.length : end));
  };
  const entries = readEntries(view, segments);
  const strings = offsetOf(segments, entries.find(([tag]) => tag === tags.stringTable)?.[1] ?? 0n);
  const values = (...wanted: readonly bigint[]): readonly string[] =>
    entries.filter(([tag]) => wanted.includes(tag)).map(([, value]) => text(strings + Number(value)));
  const loader = segments.find(({ type }) => type === interpreter);
  return {
    machine: view.getUint16(18, true),
    needed: values(tags.needed),
    runPath: values(tags.runPathOld, tags.runPath).flatMap((path) => path.split(":")),
    ...(loader === undefined ? {} : { interpreter: text(loader.offset) }),
  };
}

function readSegments(view: DataView): readonly Segment[] {
  const start = Number(view.getBigUint64(32, true));
  const size = view.getUint16(54, true);
  return Array.from({ length: view.getUint16(56, true) }, (_, index) => {
    const at = start + index * size;
    return {
      type: view.getUint32(at, true),
      offset: Number(view.getBigUint64(at + 8, true)),
      address: view.getBigUint64(at + 16, true),
      fileSize: Number(view.getBigUint64(at + 32, true)),
    };
  });
}

function readEntries(view: DataView, segments: readonly Segment[]): readonly (readonly [tag: bigint, value: bigint])[] {
  const segment = segments.find(({ type }) => type === dynamic);
  if (segment === undefined) return [];
  const entries: [bigint, bigint][] = [];
  for (let at = segment.offset; at < segment.offset + segment.fileSize; at += 16) {
    const tag = view.getBigInt64(at, true);
    if (tag === tags.end) break;
    entries.push([tag, view.getBigUint64(at + 8, true)]);
  }
  return entries;
}

/** Where in the file an address of the loaded program lies. */
function offsetOf(segments: readonly Segment[], address: bigint): number {
  const segment = segments.find(
    (each) => each.type === loadable && address >= each.address && address < each.address + BigInt(each.fileSize),
  );
  return segment === undefined ? 0 : segment.offset + Number(address - segment.address);
}
