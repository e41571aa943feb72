import assert from "node:assert/strict";
import fc from "fast-check";
import { pinOf, upstreamOf } from "../../src/model/package.js";
import { comparePackageVersions } from "../../src/model/package-order.js";

describe("the upstream version of a package", () => {
  const cases = [
    ["debian", "20.19.2+dfsg-1+deb13u2", "20.19.2"],
    ["debian", "3.13.5-2+deb13u5", "3.13.5"],
    ["debian", "2:8.4.16-1~deb13u1", "8.4.16"],
    ["debian", "1:27.3.4.1+dfsg-1+deb13u1", "27.3.4.1"],
    ["debian", "21.0.8+9-1~deb13u1", "21.0.8+9"],
    ["debian", "3.15.0~rc1-1", "3.15.0-rc1"],
    ["debian", "9.2.0~ds1-3", "9.2.0"],
    ["debian", "12.12", "12.12"],
    ["debian", "4.2.2.20221110-2", "4.2.2"],
    ["alpine", "24.16.0-r0", "24.16.0"],
    ["alpine", "21.0.8_p9-r10", "21.0.8_p9"],
    ["alpine", "3.24.0", "3.24.0"],
  ] as const;
  for (const [family, written, expected] of cases) {
    it(`${written} of ${family} is ${expected}`, () => assert.equal(upstreamOf(family, written), expected));
  }
});

describe("a pin", () => {
  it("holds Debian's epoch and upstream version, and lets the revision float", () => {
    assert.equal(pinOf("debian", "nodejs", "20.19.2+dfsg-1+deb13u2"), "nodejs=20.19.2+dfsg-*");
    assert.equal(pinOf("debian", "git", "1:2.47.3-0+deb13u1"), "git=1:2.47.3-*");
  });

  it("of a Debian package without a revision is exact", () =>
    assert.equal(pinOf("debian", "build-essential", "12.12"), "build-essential=12.12"));

  it("of an Alpine package matches every revision", () =>
    assert.equal(pinOf("alpine", "nodejs", "24.16.0-r12"), "nodejs~24.16.0"));
});

/** Each older than the next. */
const orders = {
  // deb-version(7), "Sorting algorithm": ~~, ~~a, ~, the empty part, a.
  "debian, by deb-version(7)": ["1.0~~", "1.0~~a", "1.0~", "1.0", "1.0a", "1.0z", "1.0+b1"],
  "debian, by number and not by text": ["1.2-9", "1.2-10", "1.10-1", "2026a-0+deb13u1", "2026b-0+deb13u1"],
  "debian, by epoch before all else": ["9.9-1", "1:0.1-1", "2:0.0-1"],
  "debian, with updates and backports": ["1.24.4-1~bpo12+1", "1.24.4-1", "1.24.4-1+b1", "1.24.4-1+deb13u1", "1.24.4-2"],
  // apk-package(5): numbers, a letter, suffixes, the revision.
  "alpine, by number and not by text": ["1.9-r0", "1.10-r0", "1.10-r2", "1.10-r10", "1.10.1-r0"],
  "alpine, by letter": ["1.2-r5", "1.2a-r0", "1.2b-r0", "1.2.1-r0"],
  "alpine, with suffixes": [
    "8.5.0_alpha3-r0",
    "8.5.0_beta1-r0",
    "8.5.0_pre1-r0",
    "8.5.0_rc1-r1",
    "8.5.0_rc2-r0",
    "8.5.0-r0",
    "8.5.0_cvs1-r0",
    "8.5.0_svn1-r0",
    "8.5.0_git20260101-r0",
    "8.5.0_hg1-r0",
    "8.5.0_p1-r0",
    "8.5.0_p2-r0",
    "8.5.0.1-r0",
  ],
};

describe("the order of package versions", () => {
  for (const [name, expected] of Object.entries(orders)) {
    const family = name.startsWith("alpine") ? "alpine" : "debian";
    it(`is that of ${name}`, () => {
      for (const [index, older] of expected.entries()) {
        for (const newer of expected.slice(index + 1)) {
          assert.ok(comparePackageVersions(family, older, newer) < 0, `${older} is older than ${newer}`);
          assert.ok(comparePackageVersions(family, newer, older) > 0, `${newer} is newer than ${older}`);
        }
      }
    });
  }

  it("takes a missing number for zero, as Debian does", () => {
    assert.equal(comparePackageVersions("debian", "1.0", "1."), 0);
    assert.equal(comparePackageVersions("debian", "1.0-0", "1.0"), 0);
    assert.equal(comparePackageVersions("debian", "0:1.0-1", "1.0-1"), 0);
    assert.equal(comparePackageVersions("debian", "1.01-1", "1.1-1"), 0);
  });

  it("never goes in a circle", () => {
    const part = fc.constantFrom("0", "1", "10", "a", "~", "+", ".", "rc", "_p", "_rc1", "-r1", "-1");
    const text = fc.array(part, { maxLength: 6 }).map((parts) => `1${parts.join("")}`);
    fc.assert(
      fc.property(fc.constantFrom("debian" as const, "alpine" as const), text, text, text, (family, a, b, c) => {
        const compare = (x: string, y: string) => Math.sign(comparePackageVersions(family, x, y));
        assert.equal(compare(a, b), -compare(b, a) + 0);
        if (family === "debian" && compare(a, b) <= 0 && compare(b, c) <= 0)
          assert.ok(compare(a, c) <= 0, `${a} ≤ ${b} ≤ ${c}`);
      }),
    );
  });
});
