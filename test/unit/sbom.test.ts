import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { PackageURL } from "packageurl-js";
import type { ImageArtifact } from "../../src/model/artifact.js";
import type { ImageContent } from "../../src/model/content.js";
import { readPackageDatabase } from "../../src/model/package-database.js";
import { parseDigest } from "../../src/model/reference.js";
import { formatSbom, type SbomImage } from "../../src/model/sbom.js";
import { sbomArtifacts } from "../../src/model/sbom-artifacts.js";
import { supplierOf } from "../../src/model/sbom-supplier.js";
import { contentOf } from "../support/image-content.js";
import { fixtures } from "../support/paths.js";

interface Package {
  readonly SPDXID: string;
  readonly name: string;
  readonly [key: string]: unknown;
}

/** What is read of a document; the schema holds its whole form. */
interface Spdx {
  readonly SPDXID: string;
  readonly documentNamespace: string;
  readonly creationInfo: { readonly created: string };
  readonly packages: readonly Package[];
  readonly files: readonly {
    readonly SPDXID: string;
    readonly fileName: string;
    readonly checksums: readonly object[];
  }[];
  readonly hasExtractedLicensingInfos: readonly { readonly licenseId: string; readonly extractedText: string }[];
  readonly relationships: readonly Readonly<
    Record<"spdxElementId" | "relationshipType" | "relatedSpdxElement", string>
  >[];
}

function digestOf(text: string) {
  const digest = parseDigest(`sha256:${createHash("sha256").update(text).digest("hex")}`);
  assert.ok(digest !== undefined);
  return digest;
}

const image: SbomImage = {
  name: "ingot/python",
  version: "3.13.5",
  reference: "docker.io/ingot/python:3.13.5-trixie",
  id: digestOf("an image"),
  created: 1_795_219_200,
  distribution: { family: "debian", release: "13" },
};

const stanza = (name: string, more: readonly string[]): string =>
  [`Package: ${name}`, "Architecture: amd64", ...more, ""].join("\n");

const sum = "0".repeat(32);

const debian = contentOf({
  files: ["/usr/lib/libstdc++.so.6", "/usr/lib/libz.so.1", "/usr/share/a b/ü", "/usr/share/a_b/-", "/etc/passwd"],
  folders: ["/usr", "/usr/lib"],
  links: { "/lib": "usr/lib", "/usr/lib/libz.so": "libz.so.1" },
  texts: {
    "/var/lib/dpkg/status.d/libstdc++6": stanza("libstdc++6", [
      "Version: 14.2.0-19",
      "Source: gcc-14",
      "Maintainer: Debian GCC Maintainers <gcc@lists.example.org>",
      "Homepage: javascript:alert(1)",
      "X-License: GPL-3+ with GCC-Runtime-Library exception, public-domain",
    ]),
    "/var/lib/dpkg/status.d/libstdc++6.md5sums": `${sum}  usr/lib/libstdc++.so.6\n`,
    "/var/lib/dpkg/status.d/zlib1g": stanza("zlib1g", [
      "Version: 1:1.3.1+dfsg-1",
      "Source: zlib (1:1.3.1+dfsg-0)",
      "Maintainer: Zed Packager <zed@example.org>",
      "Homepage: https://zlib.example/",
      "X-License: Zlib",
    ]),
    "/var/lib/dpkg/status.d/zlib1g.md5sums": `${sum}  lib/libz.so.1\n${sum}  usr/share/a b/ü\n${sum}  usr/share/a_b/-\n`,
    "/var/lib/dpkg/status.d/netbase": stanza("netbase", ["Version: 6.5"]),
  },
});

const format = (content: ImageContent, of = image): string =>
  formatSbom({ content, database: readPackageDatabase(content), image: of });
const sbomOf = (content: ImageContent, of = image): Spdx => JSON.parse(format(content, of));
const packageOf = ({ packages }: Spdx, name: string): Package => {
  const found = packages.find((described) => described.name === name);
  assert.ok(found !== undefined, name);
  return found;
};
const purlOf = (described: Package): string => {
  const [reference] = described["externalRefs"] as readonly { readonly referenceLocator: string }[];
  return reference?.referenceLocator ?? "";
};
/** What an element contains, by the names that files and packages have. */
function contentsOf({ relationships, files, packages }: Spdx, id: string): readonly string[] {
  const names = new Map([
    ...files.map(({ SPDXID, fileName }) => [SPDXID, fileName] as const),
    ...packages.map(({ SPDXID, name }) => [SPDXID, name] as const),
  ]);
  return relationships
    .filter(({ spdxElementId, relationshipType }) => spdxElementId === id && relationshipType === "CONTAINS")
    .map(({ relatedSpdxElement }) => names.get(relatedSpdxElement) ?? "");
}

const schema = JSON.parse(readFileSync(join(fixtures, "spdx/written.schema.json"), "utf8"));
const isValid = new Ajv({ allErrors: true }).compile(schema);

const artifact: ImageArtifact = {
  name: "z",
  version: "1.4+5",
  reference: "ingot/artifact:z-1.4_5",
  strip: 1,
  files: { lib: "/usr/share/a b", x: "/etc/passwd" },
  links: {},
  downloads: {
    "linux/amd64": {
      integrity: `sha512-${Buffer.alloc(64, 1).toString("base64")}`,
      from: { kind: "npm", name: "@acme/z-linux-x64", version: "1.4+5" },
    },
    "linux/arm64": {
      integrity: `sha256-${Buffer.alloc(32, 2).toString("base64")}`,
      from: { kind: "url", url: "https://example.org/z.tgz" },
    },
  },
};

describe("an artifact in a bill of materials", () => {
  const withArtifact = (architecture: string): Spdx =>
    JSON.parse(
      formatSbom({ content: debian, database: undefined, image, artifacts: sbomArtifacts([artifact], architecture) }),
    );

  it("is a package with the address and the checksum of what was fetched, and holds its files", () => {
    const spdx = withArtifact("amd64");
    assert.ok(isValid(spdx), JSON.stringify(isValid.errors, undefined, 2));
    const described = packageOf(spdx, "@acme/z-linux-x64");
    assert.equal(purlOf(described), "pkg:npm/%40acme/z-linux-x64@1.4%2B5");
    assert.deepEqual(described["checksums"], [{ algorithm: "SHA512", checksumValue: "01".repeat(64) }]);
    assert.deepEqual(contentsOf(spdx, described.SPDXID), ["./etc/passwd", "./usr/share/a b/ü"]);
    assert.equal(contentsOf(spdx, "SPDXRef-Image").includes("./etc/passwd"), false);
  });

  it("from a URL has it, and is of no package registry", () => {
    const described = packageOf(withArtifact("arm64"), "z");
    assert.equal(described["downloadLocation"], "https://example.org/z.tgz");
    const { type, name, qualifiers } = PackageURL.fromString(purlOf(described));
    assert.deepEqual([type, name, qualifiers?.["checksum"]], ["generic", "z", `sha256:${"02".repeat(32)}`]);
  });

  it("is not there for a machine that it is not for", () => {
    assert.deepEqual(
      withArtifact("riscv64").packages.map(({ name }) => name),
      ["ingot/python"],
    );
  });
});

describe("a bill of materials", () => {
  const spdx = sbomOf(debian);

  it("has the form that SPDX 2.3 publishes", () => {
    assert.ok(isValid(spdx), JSON.stringify(isValid.errors, undefined, 2));
    assert.ok(isValid(sbomOf(contentOf({}))), "also of an image with nothing in it");
  });

  it("that is broken is refused: the check of its form can fail", () => {
    const [first, ...others] = spdx.packages;
    const broken: readonly object[] = [
      { ...spdx, creationInfo: { ...spdx.creationInfo, creators: [] } },
      {
        ...spdx,
        packages: [{ ...first, downloadLocation: undefined }, ...others].map((some) =>
          JSON.parse(JSON.stringify(some)),
        ),
      },
      { ...spdx, packages: [{ ...first, license: "MIT" }, ...others] },
      {
        ...spdx,
        files: spdx.files.map((file) => ({ ...file, checksums: [{ algorithm: "SHA-1", checksumValue: "" }] })),
      },
      { ...spdx, files: spdx.files.map((file) => ({ ...file, checksums: [] })) },
      { ...spdx, relationships: [{ ...spdx.relationships[0], relationshipType: "HAS" }] },
      { ...spdx, dataLicense: 1 },
    ];
    for (const [position, document] of broken.entries()) assert.equal(isValid(document), false, String(position));
  });

  it("names each element once, in letters that SPDX takes, and speaks of no other", () => {
    const ids = [spdx.SPDXID, ...spdx.packages.map(({ SPDXID }) => SPDXID), ...spdx.files.map(({ SPDXID }) => SPDXID)];
    assert.equal(new Set(ids).size, ids.length);
    for (const id of ids) assert.match(id, /^SPDXRef-[A-Za-z0-9.-]+$/);
    for (const { spdxElementId, relatedSpdxElement } of spdx.relationships)
      assert.ok(ids.includes(spdxElementId) && ids.includes(relatedSpdxElement), relatedSpdxElement);
    const alike = ids.filter((id) => id.startsWith("SPDXRef-File-usr-share-a-b--"));
    assert.deepEqual(alike, ["SPDXRef-File-usr-share-a-b--", "SPDXRef-File-usr-share-a-b--.2"]);
  });

  it("describes the image, and says which digest and which reference it has", () => {
    const [described] = spdx.relationships;
    assert.deepEqual(described, {
      spdxElementId: "SPDXRef-DOCUMENT",
      relationshipType: "DESCRIBES",
      relatedSpdxElement: "SPDXRef-Image",
    });
    assert.equal(spdx.creationInfo.created, "2026-11-21T00:00:00Z");
    assert.ok(spdx.documentNamespace.endsWith(image.id.replace(":", "-")));
    assert.equal(
      purlOf(packageOf(spdx, "ingot/python")),
      `pkg:oci/python@${debian.digest}?arch=amd64&repository_url=docker.io%2Fingot%2Fpython&tag=3.13.5-trixie`,
    );
  });

  it("lists each package with its version, supplier, licence and address", () => {
    const zlib = packageOf(spdx, "zlib1g");
    assert.equal(zlib["versionInfo"], "1:1.3.1+dfsg-1");
    assert.equal(zlib["supplier"], "Person: Zed Packager (zed@example.org)");
    assert.equal(zlib["licenseDeclared"], "Zlib");
    assert.equal(zlib["homepage"], "https://zlib.example/");
    const cpp = packageOf(spdx, "libstdc++6");
    assert.equal(cpp["supplier"], "Organization: Debian GCC Maintainers (gcc@lists.example.org)");
    assert.equal(cpp["homepage"], undefined, "what is no web address is not given as one");
    assert.equal(cpp["licenseDeclared"], "GPL-3.0-or-later WITH GCC-exception-3.1 AND LicenseRef-public-domain");
    assert.deepEqual(spdx.hasExtractedLicensingInfos, [
      { licenseId: "LicenseRef-public-domain", name: "public-domain", extractedText: "public-domain" },
    ]);
    const netbase = packageOf(spdx, "netbase");
    assert.deepEqual(
      [netbase["supplier"], netbase["licenseDeclared"], netbase["filesAnalyzed"]],
      ["NOASSERTION", "NOASSERTION", false],
    );
  });

  it("has a package URL of each package that reads back as what it was", () => {
    const zlib =
      "pkg:deb/debian/zlib1g@1:1.3.1%2Bdfsg-1?arch=amd64&distro=debian-13&upstream=zlib%401%3A1.3.1%2Bdfsg-0";
    assert.equal(purlOf(packageOf(spdx, "zlib1g")), zlib);
    const { version, qualifiers } = PackageURL.fromString(zlib);
    assert.deepEqual([version, qualifiers?.["upstream"]], ["1:1.3.1+dfsg-1", "zlib@1:1.3.1+dfsg-0"]);
    const cpp = PackageURL.fromString(purlOf(packageOf(spdx, "libstdc++6")));
    assert.deepEqual([cpp.name, cpp.qualifiers?.["upstream"]], ["libstdc++6", "gcc-14@14.2.0-19"]);
    assert.equal(purlOf(packageOf(spdx, "netbase")), "pkg:deb/debian/netbase@6.5?arch=amd64&distro=debian-13");
  });

  it("of Alpine has Alpine's package URLs, and its licences as they are", () => {
    const alpine = contentOf({
      files: ["/lib/ld-musl-x86_64.so.1"],
      texts: {
        "/lib/apk/db/installed":
          "P:musl\nV:1.2.5-r21\nA:x86_64\nL:MIT AND BSD-2-Clause\nF:lib\nR:ld-musl-x86_64.so.1\n",
      },
    });
    const musl = packageOf(sbomOf(alpine, { ...image, distribution: { family: "alpine", release: "3.24" } }), "musl");
    assert.equal(purlOf(musl), "pkg:apk/alpine/musl@1.2.5-r21?arch=x86_64&distro=alpine-3.24");
    assert.equal(musl["licenseDeclared"], "MIT AND BSD-2-Clause");
  });

  it("hangs each file on its package, and those of none on the image", () => {
    assert.deepEqual(contentsOf(spdx, packageOf(spdx, "zlib1g").SPDXID), [
      "./usr/lib/libz.so.1",
      "./usr/share/a b/ü",
      "./usr/share/a_b/-",
    ]);
    const image = contentsOf(spdx, "SPDXRef-Image");
    assert.deepEqual(image.slice(0, 4), ["libstdc++6", "netbase", "zlib1g", "./etc/passwd"]);
    assert.ok(image.slice(3).every((name) => name === "./etc/passwd" || name.startsWith("./var/lib/dpkg/status.d/")));
    assert.deepEqual(new Set(spdx.files.map(({ fileName }) => fileName)).size, spdx.files.length);
    assert.deepEqual(spdx.files.find(({ fileName }) => fileName === "./etc/passwd")?.checksums, [
      { algorithm: "SHA1", checksumValue: createHash("sha1").update("/etc/passwd").digest("hex") },
      { algorithm: "SHA256", checksumValue: createHash("sha256").update("/etc/passwd").digest("hex") },
    ]);
  });

  it("has a second name of a file as a file, with the first one's checksums", () => {
    const entries = new Map(debian.entries);
    entries.set("/usr/bin/again", {
      path: "/usr/bin/again",
      type: "link",
      mode: 0o755,
      uid: 0,
      gid: 0,
      modified: 0,
      size: 0,
      target: "/etc/passwd",
      layer: 0,
    });
    const { files } = sbomOf({ ...debian, entries });
    const checksumsOf = (name: string) => files.find(({ fileName }) => fileName === name)?.checksums;
    assert.ok(checksumsOf("./usr/bin/again") !== undefined);
    assert.deepEqual(checksumsOf("./usr/bin/again"), checksumsOf("./etc/passwd"));
  });

  it("sums up a package's files in its verification code, which one other byte changes", () => {
    const one = contentOf({ files: ["/b", "/a"], texts: {} });
    const sums = ["/a", "/b"].map((text) => createHash("sha1").update(text).digest("hex")).sort();
    const code = createHash("sha1").update(sums.join("")).digest("hex");
    assert.deepEqual(packageOf(sbomOf(one), "ingot/python")["packageVerificationCode"], {
      packageVerificationCodeValue: code,
    });
  });

  it("is the same byte for byte, in whatever order the image was read", () => {
    const backwards = {
      ...debian,
      entries: new Map([...debian.entries].reverse()),
      texts: new Map([...debian.texts].reverse()),
    };
    assert.equal(format(backwards), format(debian));
    assert.notEqual(sbomOf(debian, { ...image, id: digestOf("another") }).documentNamespace, spdx.documentNamespace);
  });
});

describe("a package's supplier", () => {
  for (const [maintainer, supplier] of [
    ["Zed Packager <zed@example.org>", "Person: Zed Packager (zed@example.org)"],
    ["Debian Curl Maintainers <curl@example.org>", "Organization: Debian Curl Maintainers (curl@example.org)"],
    ["Some One <some@lists.example.org>", "Organization: Some One (some@lists.example.org)"],
    ["zed@example.org", "Person: zed@example.org"],
    ["<zed@example.org>", "Person: zed@example.org"],
    ["", "NOASSERTION"],
    [undefined, "NOASSERTION"],
    ["a < b > c <", "NOASSERTION"],
    ["a".repeat(201), "NOASSERTION"],
  ])
    it(`of ${maintainer?.slice(0, 50)} is ${supplier}`, () => {
      assert.equal(supplierOf(maintainer), supplier);
    });
});
