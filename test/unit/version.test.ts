import assert from "node:assert/strict";
import fc from "fast-check";
import {
  compareVersions,
  isOfLine,
  isPrerelease,
  isSameVersion,
  parseVersion,
  prefixesOf,
} from "../../src/model/version.js";
import { version } from "../support/subjects.js";

/** Each older than the next, as their makers released them. */
const histories: Readonly<Record<string, readonly string[]>> = {
  Node: ["9.11.2", "18.20.8", "20.9.0", "20.10.0", "24.16.0"],
  OpenJDK: ["17.0.16_p8", "21_p35", "21.0.8", "21.0.8_p9", "21.0.8_p10", "21.0.9_p1", "25_p36"],
  "OpenJDK on Debian": ["21.0.8+9", "21.0.8+10", "21.0.9+1"],
  Erlang: ["27.3.4.10", "28.1", "28.1.2", "28.5.0", "28.5.0.2", "28.5.0.10", "28.5.1"],
  PHP: ["8.4.9", "8.4.10", "8.5.0_alpha1", "8.5.0_beta2", "8.5.0_rc1", "8.5.0"],
  Lua: ["5.1", "5.1.5", "5.4.7", "5.5"],
  Python: ["3.9.25", "3.14.5", "3.15.0a7", "3.15.0b1", "3.15.0rc1", "3.15.0rc2", "3.15.0"],
};

describe("versions", () => {
  for (const [language, history] of Object.entries(histories)) {
    it(`of ${language} are in the order of their release`, () => {
      const shuffled = [...history].reverse().map(version);
      assert.deepEqual(
        shuffled.sort(compareVersions).map(({ text }) => text),
        history,
      );
    });
  }

  it("that differ in zeros at the end alone are equal only up to the third part", () => {
    assert.equal(compareVersions(version("5.4"), version("5.4.0")), 0);
    assert.ok(compareVersions(version("28.5.0"), version("28.5.0.0")) < 0);
  });

  it("are compared the same from both sides, and never in a circle", () => {
    const text = fc
      .tuple(fc.array(fc.nat(30), { minLength: 1, maxLength: 5 }), fc.constantFrom("", "rc1", "_beta2", "_p3", "+4"))
      .map(([parts, suffix]) => version(parts.join(".") + suffix));
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        assert.equal(Math.sign(compareVersions(a, b)), -Math.sign(compareVersions(b, a)) + 0);
        const [first, second, third] = [a, b, c].sort(compareVersions) as [typeof a, typeof a, typeof a];
        assert.ok(
          compareVersions(first, second) <= 0 &&
            compareVersions(second, third) <= 0 &&
            compareVersions(first, third) <= 0,
        );
      }),
    );
  });

  for (const text of [
    "",
    "latest",
    "v1.2",
    "1..2",
    "1.2-",
    "1.2.3foo",
    "1.2\n",
    "1.2.3; rm -rf /",
    "9999999999999999.1",
  ]) {
    it(`${JSON.stringify(text)} is none`, () => assert.equal(parseVersion(text), undefined));
  }

  it("that are no release yet are known by their form", () => {
    for (const text of ["3.15.0rc1", "3.15.0-rc1", "3.15.0_alpha2", "8.5.0_rc1", "3.15.0b2"])
      assert.equal(isPrerelease(version(text)), true, text);
    for (const text of ["3.15.0", "21.0.8_p9", "21.0.8+9", "28.5.0.2"])
      assert.equal(isPrerelease(version(text)), false, text);
  });
});

describe("a version's shorter names", () => {
  const names: Readonly<Record<string, readonly string[]>> = {
    "24.16.0": ["24.16.0", "24.16", "24"],
    "21.0.8_p9": ["21.0.8_p9", "21.0.8", "21.0", "21"],
    "21.0.8+9": ["21.0.8_9", "21.0.8", "21.0", "21"],
    "28.5.0.2": ["28.5.0.2", "28.5.0", "28.5", "28"],
    "5.4": ["5.4", "5"],
    "3.15.0rc1": ["3.15.0rc1"],
  };
  for (const [text, expected] of Object.entries(names)) {
    it(`of ${text} are ${expected.join(", ")}`, () => assert.deepEqual(prefixesOf(version(text)), expected));
  }
});

describe("two ways to write a version", () => {
  it("are one version where their numbers, build and stage are the same", () => {
    const cases: readonly (readonly [string, string, boolean])[] = [
      ["21.0.8+9", "21.0.8_p9", true],
      ["3.15.0rc1", "3.15.0_rc1", true],
      ["21.0.8", "21.0.8_p9", false],
      ["24.16.0", "24.16.1", false],
      ["undefined", "undefined", false],
    ];
    for (const [a, b, expected] of cases) assert.equal(isSameVersion(a, b), expected, `${a} and ${b}`);
  });
});

describe("a release line", () => {
  it("has the versions that begin with its numbers, and no others", () => {
    const cases: readonly (readonly [string, string, boolean])[] = [
      ["24.16.0", "24", true],
      ["24.16.0", "24.16", true],
      ["24.16.0", "24.16.0", true],
      ["24.16.0", "2", false],
      ["24.16.0", "24.1", false],
      ["3.14.5", "3.1", false],
      ["3.15.0rc1", "3.15", true],
      ["21_p35", "21", true],
      ["5.4", "5.4.7", false],
    ];
    for (const [text, line, expected] of cases)
      assert.equal(isOfLine(version(text), line), expected, `${text} in ${line}`);
  });
});
