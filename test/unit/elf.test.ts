import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { readElf } from "../../src/model/elf.js";

/** A file with a dynamic section, as small as they come: two segments, at addresses that are not their offsets. */
function makeElf({ needed, runPath }: { readonly needed: string; readonly runPath: string }): Buffer {
  const bytes = Buffer.alloc(0x400);
  bytes.writeUInt32BE(0x7f454c46, 0);
  bytes.set([2, 1, 1], 4);
  bytes.writeUInt16LE(183, 18);
  bytes.writeBigUInt64LE(64n, 32);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(3, 56);
  const segment = (index: number, type: number, offset: number, size: number) => {
    const at = 64 + index * 56;
    bytes.writeUInt32LE(type, at);
    bytes.writeBigUInt64LE(BigInt(offset), at + 8);
    bytes.writeBigUInt64LE(0x10000n + BigInt(offset), at + 16);
    bytes.writeBigUInt64LE(BigInt(size), at + 32);
  };
  segment(0, 1, 0, 0x400);
  segment(1, 2, 0x200, 64);
  segment(2, 3, 0x380, 16);
  bytes.write(`\0${needed}\0${runPath}\0`, 0x300);
  bytes.write("/lib/ld.so\0", 0x380);
  const tags = [5n, 0x10300n, 1n, 1n, 29n, BigInt(needed.length + 2), 0n, 0n];
  for (const [index, value] of tags.entries()) bytes.writeBigUInt64LE(value, 0x200 + index * 8);
  return bytes;
}

describe("an ELF file", () => {
  const small = makeElf({ needed: "libc.so.6", runPath: "$ORIGIN/../lib:/opt/lib" });

  it("says what it needs, where to look for it, its machine and its loader", () => {
    assert.deepEqual(readElf(small), {
      machine: 183,
      needed: ["libc.so.6"],
      runPath: ["$ORIGIN/../lib", "/opt/lib"],
      interpreter: "/lib/ld.so",
    });
  });

  it("as it really is: the program that runs this test needs a C library and has a loader", () => {
    const elf = readElf(readFileSync(process.execPath));
    assert.ok(
      elf?.needed.some((name) => name.startsWith("libc.")),
      elf?.needed.join(),
    );
    assert.match(elf?.interpreter ?? "", /\/ld-/);
  });

  it("that is cut off anywhere, or has any byte changed, is read or refused, and never a bug", () => {
    for (let length = 0; length < small.length; length += 7) readElf(small.subarray(0, length));
    for (let at = 0; at < small.length; at += 1) {
      const spoiled = Buffer.from(small);
      spoiled[at] = 0xff;
      readElf(spoiled);
    }
    assert.equal(readElf(Buffer.from("#!/bin/sh\n")), undefined);
  });
});
