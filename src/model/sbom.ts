import { createHash } from "node:crypto";
import type { Distribution } from "./catalog.js";
import type { ImageContent, ImageEntry, InstalledPackage, PackageDatabase } from "./content.js";
import { parseLicence } from "./licence.js";
import { imageUrl, packageUrl } from "./package-url.js";
import type { Digest } from "./reference.js";
import type { SbomArtifact } from "./sbom-artifacts.js";
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
  /** What an engine tells it from others by: how its document is told from others as well. */
  readonly id: Digest;
  /** Seconds since 1970: the image's own date, so that the same image has the same document. */
  readonly created: number;
  readonly distribution: Pick<Distribution, "family" | "release">;
}

export interface SbomRequest {
  readonly content: ImageContent;
  /** Undefined where the image has none: everything then hangs on the image. */
  readonly database: PackageDatabase | undefined;
  readonly image: SbomImage;
  /** What is in the image and in no package database. */
  readonly artifacts?: readonly SbomArtifact[];
}

const document = "SPDXRef-DOCUMENT";
const root = "SPDXRef-Image";

/** The name that tells a document from all others: one per id of an image. */
export function namespaceOf({ name, id }: Pick<SbomImage, "name" | "id">): string {
  return `https://spdx.org/spdxdocs/${name.replace(/[^A-Za-z0-9.]+/g, "-")}-${id.replace(":", "-")}`;
}

/** A software bill of materials in SPDX 2.3's JSON. The same image gives the same bytes. */
export function formatSbom({ content, database, image, artifacts = [] }: SbomRequest): string {
  const files = filesOf(content);
  const packages = packagesOf(database, files);
  const upstream = artifactsOf(artifacts, files);
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
      imagePackage(image, content, files),
      ...packages.map((described) => describePackage(described, image, references)),
      ...upstream.map(describeArtifact),
    ],
    files: files.map(describeFile),
    hasExtractedLicensingInfos: [...references].sort(byFirst).map(([licenseId, words]) => ({
      licenseId,
      name: licenseId.replace("LicenseRef-", ""),
      extractedText: [...words].sort().join("\n"),
    })),
    relationships: relationshipsOf([...packages, ...upstream], files),
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

interface Container {
  readonly id: string;
  /** Regular files alone. */
  readonly files: readonly SbomFile[];
}

interface SbomPackage extends Container {
  readonly installed: InstalledPackage;
}

type Upstream = Container & SbomArtifact;

function artifactsOf(artifacts: readonly SbomArtifact[], files: readonly SbomFile[]): readonly Upstream[] {
  const ids = nameUniquely(artifacts.map(({ name }) => `SPDXRef-Artifact-${name}`));
  return artifacts.map((artifact, index) => ({
    ...artifact,
    id: ids[index] ?? "",
    files: files.filter(({ path }) => artifact.holds(path)),
  }));
}

const describeArtifact = ({ id, name, version, files, downloadLocation, checksum, purl }: Upstream): object => ({
  SPDXID: id,
  name,
  versionInfo: version,
  supplier: "NOASSERTION",
  downloadLocation,
  ...analysed(files),
  checksums: [checksum],
  licenseConcluded: "NOASSERTION",
  licenseDeclared: "NOASSERTION",
  copyrightText: "NOASSERTION",
  externalRefs: [purlReference(purl)],
});

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

function imagePackage(image: SbomImage, { digest, architecture }: ImageContent, files: readonly SbomFile[]): object {
  return {
    SPDXID: root,
    name: image.name,
    versionInfo: image.version,
    primaryPackagePurpose: "CONTAINER",
    downloadLocation: "NOASSERTION",
    ...analysed(files),
    checksums: [{ algorithm: "SHA256", checksumValue: digest.replace("sha256:", "") }],
    licenseConcluded: "NOASSERTION",
    licenseDeclared: "NOASSERTION",
    copyrightText: "NOASSERTION",
    externalRefs: [purlReference(imageUrl({ ...image, digest, architecture }))],
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
function relationshipsOf(packages: readonly Container[], files: readonly SbomFile[]): readonly object[] {
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
