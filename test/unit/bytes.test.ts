import assert from "node:assert/strict";
import fc from "fast-check";
import { formatBytes, formatGrowth, parseBytes } from "../../src/model/bytes.js";

describe("a size", () => {
  const shown: Readonly<Record<number, string>> = {
    0: "0 B",
    999: "999 B",
    1000: "1.0 kB",
    999949: "999.9 kB",
    999950: "1.0 MB",
    47400000: "47.4 MB",
    1234567890: "1234.6 MB",
  };
  for (const [bytes, text] of Object.entries(shown))
    it(`of ${bytes} bytes is ${text}`, () => assert.equal(formatBytes(Number(bytes)), text));

  it("that is a difference has its sign", () =>
    assert.deepEqual([1_200_000, -850, 0].map(formatGrowth), ["+1.2 MB", "-850 B", "+0 B"]));

  it("is read as it is written, with or without a space", () =>
    assert.deepEqual(
      ["47.4 MB", "47.4MB", "850 kB", "2 GB", "0.1 MB"].map(parseBytes),
      [47_400_000, 47_400_000, 850_000, 2_000_000_000, 100_000],
    ));

  for (const text of [
    "",
    "MB",
    "12",
    "12 MiB",
    "4,2 MB",
    "-4 MB",
    "1e3 MB",
    "12  MB",
    " 12 MB",
    "12 mb",
    ".5 MB",
    "12 MB\n",
  ])
    it(`is not ${JSON.stringify(text)}`, () => assert.equal(parseBytes(text), undefined));

  it("is exact to the byte where it is written so", () =>
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999_999 }), (bytes) => {
        assert.equal(parseBytes(`${Math.floor(bytes / 1e6)}.${String(bytes % 1e6).padStart(6, "0")} MB`), bytes);
      }),
    ));
});
