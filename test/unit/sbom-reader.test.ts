import assert from "node:assert/strict";
import type { Digest } from "../../src/model/reference.js";
import { readSbom, type SbomEntry } from "../../src/model/sbom-reader.js";
import { sbomOf } from "../support/sbom.js";

const digest = `sha256:${"a".repeat(64)}` as Digest;
const libc: SbomEntry = { name: "libc6", version: "2.41-12+deb13u1", architecture: "amd64" };
const zones: SbomEntry = { name: "tzdata", version: "2025b-4", architecture: "all" };
const text = sbomOf([libc, zones], { digest });

interface Written {
  documentDescribes: string[];
  packages: Record<string, unknown>[];
  relationships: Record<string, string>[];
  files: Record<string, unknown>[];
  [key: string]: unknown;
}

/** The document, after somebody changed it. */
function changed(change: (document: Written) => void): string {
  const document = JSON.parse(text) as Written;
  change(document);
  return JSON.stringify(document);
}

describe("a bill of materials that a registry kept", () => {
  it("is read: which image it is of, and its packages with version and architecture", () => {
    const { packages, ...image } = readSbom(text);
    assert.deepEqual(image, { name: "acme/lua", version: "5.4.7", architecture: "amd64", digests: [digest] });
    assert.deepEqual(
      [...packages].sort((a, b) => (a.name < b.name ? -1 : 1)),
      [libc, zones],
    );
  });

  it("names its image by its own id too, where that is another", () => {
    const other = `sha256:${"b".repeat(64)}` as Digest;
    const document = changed((written) => {
      written["documentNamespace"] = `https://spdx.org/spdxdocs/acme-lua-${other.replace(":", "-")}`;
    });
    assert.deepEqual(readSbom(document).digests, [digest, other]);
  });

  const broken: Readonly<Record<string, readonly [(document: Written) => void, RegExp]>> = {
    "is of another version of SPDX": [
      (document) => {
        document["spdxVersion"] = "SPDX-3.0";
      },
      /^it is no SPDX 2\.3 document as Ingot writes them: spdxVersion is not as it should be$/,
    ],
    "has no packages": [
      (document) => {
        document.packages = [];
      },
      /: packages is not/,
    ],
    "has a package whose name would control a terminal": [
      (document) => Object.assign(document.packages[1] ?? {}, { name: "\u001b[2J" }),
      /: packages\.1\.name is not/,
    ],
    "has a package without a version": [
      (document) => Object.assign(document.packages[1] ?? {}, { versionInfo: undefined }),
      /: packages\.1\.versionInfo is not/,
    ],
    "has a file outside the image": [
      (document) => Object.assign(document.files[0] ?? {}, { fileName: "/etc/passwd" }),
      /: files\.0\.fileName is not/,
    ],
    "describes what is not in it": [
      (document) => {
        document.documentDescribes = ["SPDXRef-Other"];
      },
      /^it describes a package that is not in it$/,
    ],
    "has one identifier twice": [
      (document) => {
        document.packages.push({ ...document.packages[1] });
      },
      /^two things in it have one identifier$/,
    ],
    "relates what is not in it": [
      (document) => Object.assign(document.relationships[1] ?? {}, { relatedSpdxElement: "SPDXRef-Other" }),
      /^it relates something that is not in it$/,
    ],
    "names a package that the image does not have": [
      (document) => {
        document.relationships = document.relationships.filter(
          (each) => !each["relatedSpdxElement"]?.startsWith("SPDXRef-Package-libc6"),
        );
      },
      /^it names libc6, and does not say that the image has it$/,
    ],
    "has a package URL that is none": [
      (document) =>
        Object.assign(document.packages[1] ?? {}, { externalRefs: [{ referenceType: "purl", referenceLocator: "x" }] }),
      /^it gives \S+ a package URL that is none$/,
    ],
    "has a package for a machine that there is not": [
      (document) =>
        Object.assign(document.packages[1] ?? {}, {
          externalRefs: [{ referenceType: "purl", referenceLocator: "pkg:deb/debian/a@1?arch=%1B%5B2J" }],
        }),
      /^it says that \S+ is for a machine that there is not$/,
    ],
  };
  for (const [what, [change, message]] of Object.entries(broken))
    it(`that ${what} is refused`, () => {
      assert.throws(
        () => readSbom(changed(change)),
        (error: Error) => error.name === "Failure" && message.test(error.message),
      );
    });

  it("that is no JSON, or no document, is refused", () => {
    for (const wrong of ["", "{", "7", "[]", "null"])
      assert.throws(() => readSbom(wrong), /^Failure: it is no SPDX 2\.3 document as Ingot writes them/);
  });
});
