import assert from "node:assert/strict";
import fc from "fast-check";
import parseExpression from "spdx-expression-parse";
import { parseLicence } from "../../src/model/licence.js";
import { exceptions, shortNames } from "../../src/model/licence-names.js";

/** What is declared → SPDX's expression. */
const known: readonly (readonly [string, string])[] = [
  ["Expat", "MIT"],
  ["GPL-2", "GPL-2.0-only"],
  ["GPL-2+", "GPL-2.0-or-later"],
  ["GPL-2.0", "GPL-2.0-only"],
  ["GPL", "GPL-1.0-or-later"],
  ["LGPL-2.1+", "LGPL-2.1-or-later"],
  ["LGPL-3", "LGPL-3.0-only"],
  ["AGPL-3+", "AGPL-3.0-or-later"],
  ["GFDL-1.3+", "GFDL-1.3-or-later"],
  ["GFDL-NIV-1.3+", "GFDL-1.3-no-invariants-or-later"],
  ["Apache-2.0", "Apache-2.0"],
  ["Apache-2", "Apache-2.0"],
  ["MPL-1.1+", "MPL-1.1+"],
  ["BSD-3-clause", "BSD-3-Clause"],
  ["Artistic", "Artistic-1.0-Perl"],
  ["Artistic-2", "Artistic-2.0"],
  ["Python-2.0", "Python-2.0"],
  ["GPL-2 with Classpath exception", "GPL-2.0-only WITH Classpath-exception-2.0"],
  ["GPL-3+ with GCC Runtime Library exception", "GPL-3.0-or-later WITH GCC-exception-3.1"],
  ["GPL-2+-with-Autoconf-exception", "GPL-2.0-or-later WITH Autoconf-exception-generic"],
  ["GPL-1+ or Artistic", "GPL-1.0-or-later OR Artistic-1.0-Perl"],
  ["GPL-1+ or Artistic, and BSD-3-clause", "(GPL-1.0-or-later OR Artistic-1.0-Perl) AND BSD-3-Clause"],
  ["Expat, GPL-2+, Zlib", "MIT AND GPL-2.0-or-later AND Zlib"],
  ["Expat, MIT, Expat", "MIT"],
  ["Expat and Zlib, or ISC, or TCL", "(MIT AND Zlib) OR ISC OR TCL"],
  [
    "MIT AND (GPL-2.0-or-later OR Apache-2.0 WITH LLVM-exception)",
    "MIT AND (GPL-2.0-or-later OR Apache-2.0 WITH LLVM-exception)",
  ],
  ["GPL-2.0-or-later WITH GCC-exception-3.1", "GPL-2.0-or-later WITH GCC-exception-3.1"],
];

describe("a declared licence", () => {
  it("is looked up in tables that hold names which SPDX has, and nothing else", () => {
    for (const id of [...shortNames.values(), ...[...exceptions.values()].map((id) => `GPL-2.0-only WITH ${id}`)])
      assert.doesNotThrow(() => parseExpression(id), id);
    for (const name of [...shortNames.keys(), ...exceptions.keys()]) assert.equal(name, name.toLowerCase());
  });

  for (const [declared, expression] of known)
    it(`${declared} is ${expression} in SPDX's words`, () => {
      assert.deepEqual(parseLicence(declared), { expression, references: new Map() });
    });

  it("that SPDX has no name for becomes a reference that keeps its words", () => {
    assert.deepEqual(parseLicence("public-domain, GPL-2+ with OpenSSL exception, Expat"), {
      expression: "LicenseRef-public-domain AND LicenseRef-GPL-2plus-with-OpenSSL-exception AND MIT",
      references: new Map([
        ["LicenseRef-public-domain", "public-domain"],
        ["LicenseRef-GPL-2plus-with-OpenSSL-exception", "GPL-2+ with OpenSSL exception"],
      ]),
    });
    assert.equal(parseLicence("GPL-9")?.expression, "LicenseRef-GPL-9");
    assert.equal(parseLicence("constructor")?.expression, "LicenseRef-constructor");
    assert.deepEqual(parseLicence("LicenseRef-custom"), {
      expression: "LicenseRef-custom",
      references: new Map([["LicenseRef-custom", "LicenseRef-custom"]]),
    });
  });

  it("that is no expression at all becomes one reference", () => {
    assert.deepEqual(parseLicence("MIT and"), {
      expression: "LicenseRef-MIT-and",
      references: new Map([["LicenseRef-MIT-and", "MIT and"]]),
    });
    assert.equal(parseLicence("(".repeat(100_000))?.expression, "LicenseRef-unnamed");
  });

  it("that says nothing is none", () => {
    assert.equal(parseLicence(" \n"), undefined);
    assert.equal(parseLicence(" , ,"), undefined);
    assert.equal(parseLicence("NOASSERTION"), undefined);
  });

  it("is an expression that SPDX reads, whatever was declared, and every reference in it is explained", () => {
    const word = fc.constantFrom(
      "Expat",
      "GPL-2+",
      "or",
      "and",
      ",",
      "(",
      ")",
      "with",
      "exception",
      "LicenseRef-x",
      "+",
      "~",
    );
    const text = fc
      .array(fc.oneof(word, fc.string({ unit: "grapheme" })), { maxLength: 12 })
      .map((words) => words.join(" "));
    fc.assert(
      fc.property(text, (declared) => {
        const licence = parseLicence(declared);
        if (licence === undefined) return;
        assert.doesNotThrow(() => parseExpression(licence.expression));
        const named = licence.expression.match(/LicenseRef-[A-Za-z0-9.-]+/g) ?? [];
        assert.deepEqual([...new Set(named)].sort(), [...licence.references.keys()].sort());
      }),
    );
  });
});
