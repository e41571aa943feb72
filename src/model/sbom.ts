import { createHash } from "node:crypto";
import type { Distribution } from "./catalog.js";
import type { ImageContent, ImageEntry, InstalledPackage, PackageDatabase } from "./content.js";
import { parseLicence } from "./licence.js";
import { imageUrl, packageUrl } from "./package-url.js";
import type { Digest } from "./reference.js";
import { nameUniquely } from "./sbom-names.js";
import { supplierOf } from "./sbom-supplier.js";

/** The image that a bill of materials is of. */
export interface SbomImage {
  /** `ingot/python` */
  readonly name: string;
  /** `3.13.5` */
  readonly version: string;
  /** `docker.io/ingot/python:3.13.5-trixie` */
  readonly reference: string;
  readonly digest: Digest;
  /** Seconds since 1970: the image's own date, so that the same image has the same document. */
  readonly created: number;
  /** In OCI's words: `amd64` */
  readonly architecture: string;
  readonly distribution: Pick<Distribution, "family" | "release">;
}

export interface SbomRequest {
  readonly content: ImageContent;
  /** Undefined where the image has none: everything then hangs on the image. */
  readonly database: PackageDatabase | undefined;
  readonly image: SbomImage;
}

const document = "SPDXRef-DOCUMENT";
const root = "SPDXRef-Image";

/** The name that tells a document from all others: one per image digest. */
export function namespaceOf({ name, digest }: Pick<SbomImage, "name" | "digest">): string {
  return `https://spdx.org/spdxdocs/${name.replace(/[^A-Za-z0-9.]+/g, "-")}-${digest.replace(":", "-")}`;
}

/** A software bill of materials in SPDX 2.3's JSON. The same image gives the same bytes. */
export function formatSbom({ content, database, image }: SbomRequest): string {
  const files = filesOf(content);
  const packages = packagesOf(database, files);
  const references = new Map<string, Set<string>>();
  const spdx = {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: document,
    name: image.reference,
    documentNamespace: namespaceOf(image),
    creationInfo: { created: dateOf(image.created), creators: ["Tool: ingot"] },
    documentDescribes: [root],
    packages: [
      imagePackage(image, files),
      ...packages.map((described) => describePackage(described, image, references)),
    ],
    files: files.map(describeFile),
    hasExtractedLicensingInfos: [...references].sort(byFirst).map(([licenseId, words]) => ({
      licenseId,
      name: licenseId.replace("LicenseRef-", ""),
      extractedText: [...words].sort().join("\n"),
    })),
    relationships: relationshipsOf(packages, files),
  };
  return `${JSON.stringify(spdx, undefined, 1)}\n`;
}

const byFirst = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

/** `2026-11-21T00:00:00Z` */
const dateOf = (seconds: number): string => new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, "Z");

/** A file under one of its names. */
interface SbomFile {
  readonly id: string;
  readonly path: string;
  readonly sha1: string;
  readonly sha256: string;
}

/** By path. A second name of a file is a file of its own, with the same checksums. */
function filesOf({ entries }: ImageContent): readonly SbomFile[] {
  const files = [...entries].sort(byFirst).flatMap(([path, entry]) => {
    const { sha1, sha256 } = firstName(entry, entries) ?? {};
    return sha1 === undefined || sha256 === undefined ? [] : [{ path, sha1, sha256 }];
  });
  const ids = nameUniquely(files.map(({ path }) => `SPDXRef-File${path}`));
  return files.map((file, index) => ({ id: ids[index] ?? "", ...file }));
}

function firstName(entry: ImageEntry, entries: ReadonlyMap<string, ImageEntry>): ImageEntry | undefined {
  if (entry.type === "link") return entries.get(entry.target ?? "");
  return entry.type === "file" ? entry : undefined;
}

interface SbomPackage {
  readonly id: string;
  readonly installed: InstalledPackage;
  /** Regular files alone. */
  readonly files: readonly SbomFile[];
}

function packagesOf(database: PackageDatabase | undefined, files: readonly SbomFile[]): readonly SbomPackage[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const packages = database?.packages ?? [];
  const ids = nameUniquely(packages.map(({ name, architecture }) => `SPDXRef-Package-${name}-${architecture}`));
  return packages.map((installed, index) => ({
    id: ids[index] ?? "",
    installed,
    files: installed.files.flatMap((path) => byPath.get(path) ?? []),
  }));
}

function imagePackage(image: SbomImage, files: readonly SbomFile[]): object {
  return {
    SPDXID: root,
    name: image.name,
    versionInfo: image.version,
    primaryPackagePurpose: "CONTAINER",
    downloadLocation: "NOASSERTION",
    ...analysed(files),
    checksums: [{ algorithm: "SHA256", checksumValue: image.digest.replace("sha256:", "") }],
    licenseConcluded: "NOASSERTION",
    licenseDeclared: "NOASSERTION",
    copyrightText: "NOASSERTION",
    externalRefs: [purlReference(imageUrl(image))],
  };
}

/** Paragraph 7.9: the SHA-1 of the sorted SHA-1s of the files; a package without files has none. */
function analysed(files: readonly SbomFile[]): object {
  if (files.length === 0) return { filesAnalyzed: false };
  const sums = files.map(({ sha1 }) => sha1).sort();
  const code = createHash("sha1").update(sums.join("")).digest("hex");
  return { filesAnalyzed: true, packageVerificationCode: { packageVerificationCodeValue: code } };
}

function describePackage(
  { id, installed, files }: SbomPackage,
  image: SbomImage,
  references: Map<string, Set<string>>,
): object {
  const licence = installed.licence === undefined ? undefined : parseLicence(installed.licence);
  for (const [reference, words] of licence?.references ?? [])
    references.set(reference, new Set([...(references.get(reference) ?? []), words]));
  return {
    SPDXID: id,
    name: installed.name,
    versionInfo: installed.version,
    supplier: supplierOf(installed.maintainer),
    downloadLocation: "NOASSERTION",
    ...analysed(files),
    ...(isAddress(installed.homepage) ? { homepage: installed.homepage } : {}),
    licenseConcluded: "NOASSERTION",
    licenseDeclared: licence?.expression ?? "NOASSERTION",
    copyrightText: "NOASSERTION",
    externalRefs: [purlReference(packageUrl(installed, image.distribution))],
  };
}

const isAddress = (text: string | undefined): boolean =>
  text !== undefined && /^https?:\/\/[!-~]+$/.test(text) && URL.canParse(text);

const purlReference = (purl: string): object => ({
  referenceCategory: "PACKAGE-MANAGER",
  referenceType: "purl",
  referenceLocator: purl,
});

const describeFile = ({ id, path, sha1, sha256 }: SbomFile): object => ({
  SPDXID: id,
  fileName: `.${path}`,
  checksums: [
    { algorithm: "SHA1", checksumValue: sha1 },
    { algorithm: "SHA256", checksumValue: sha256 },
  ],
});

/** The image contains its packages and the files of none, and each package its files. */
function relationshipsOf(packages: readonly SbomPackage[], files: readonly SbomFile[]): readonly object[] {
  const owned = new Set(packages.flatMap((described) => described.files));
  const contains = (container: string, elements: readonly { readonly id: string }[]): readonly object[] =>
    elements.map(({ id }) => relationship(container, "CONTAINS", id));
  return [
    relationship(document, "DESCRIBES", root),
    ...contains(root, packages),
    ...contains(
      root,
      files.filter((file) => !owned.has(file)),
    ),
    ...packages.flatMap((described) => contains(described.id, described.files)),
  ];
}

const relationship = (spdxElementId: string, relationshipType: string, relatedSpdxElement: string): object => ({
  spdxElementId,
  relationshipType,
  relatedSpdxElement,
});
