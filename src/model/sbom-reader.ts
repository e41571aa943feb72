import { PackageURL } from "packageurl-js";
import { z } from "zod";
import { Failure } from "./failure.js";
import { type Digest, parseDigest } from "./reference.js";
import { machine, readDocument, word } from "./untrusted.js";

/** A package that a bill of materials says is in an image. */
export interface SbomEntry {
  /** `libssl3t64`, `@acme/tool-linux-x64` */
  readonly name: string;
  /** `3.5.1-1` */
  readonly version: string;
  /** In the distribution's words; absent for what is of no distribution. */
  readonly architecture?: string;
}

/** What is read of a bill of materials: which image it is of, and what is in that. */
export interface Sbom {
  /** `ingot/python` */
  readonly name: string;
  /** `3.13.5` */
  readonly version: string;
  /** In OCI's words; absent where the document does not say. */
  readonly architecture?: string;
  /** Those that the document names its image by: of its manifest, or of its config. */
  readonly digests: readonly Digest[];
  /** As the document has them: no order is promised. */
  readonly packages: readonly SbomEntry[];
}

const limits = { packages: 20_000, files: 1_000_000 };

const identifier = z.string().regex(/^SPDXRef-[A-Za-z0-9.-]{1,5000}$/);
const checksum = z.object({ algorithm: word, checksumValue: z.string().regex(/^[0-9a-f]{32,128}$/) });

const describedPackage = z.object({
  SPDXID: identifier,
  name: word,
  versionInfo: word,
  checksums: z.array(checksum).max(10).optional(),
  externalRefs: z.array(z.object({ referenceType: word, referenceLocator: z.string().max(5000) })).max(10),
});
type DescribedPackage = z.output<typeof describedPackage>;

/** Of SPDX 2.3's JSON, what Ingot writes and something is read from or depends on. */
const document = z.object({
  spdxVersion: z.literal("SPDX-2.3"),
  dataLicense: z.literal("CC0-1.0"),
  SPDXID: z.literal("SPDXRef-DOCUMENT"),
  name: word,
  documentNamespace: word,
  creationInfo: z.object({ created: z.iso.datetime(), creators: z.array(z.string()).min(1) }),
  documentDescribes: z.tuple([identifier]),
  packages: z.array(describedPackage).min(1).max(limits.packages),
  files: z
    .array(z.object({ SPDXID: identifier, fileName: z.string().startsWith("./"), checksums: z.array(checksum).min(1) }))
    .max(limits.files),
  relationships: z
    .array(
      z.object({
        spdxElementId: identifier,
        relationshipType: z.enum(["DESCRIBES", "CONTAINS"]),
        relatedSpdxElement: identifier,
      }),
    )
    .max(2 * limits.files),
});
type Document = z.output<typeof document>;

/**
 * Reads a bill of materials that Ingot wrote and a registry kept: nothing in it is taken on trust. Throws a Failure that
 * says what is wrong with it.
 */
export function readSbom(text: string): Sbom {
  const data = readDocument(text, document, "SPDX 2.3 document as Ingot writes them");
  const root = rootOf(data);
  refuseLooseEnds(data, root);
  const architecture = purlOf(root)?.qualifiers?.["arch"];
  return {
    name: root.name,
    version: root.versionInfo,
    ...(architecture === undefined ? {} : { architecture }),
    digests: digestsOf(data, root),
    packages: data.packages.filter((each) => each !== root).map(entryOf),
  };
}

/** A package, with its source package where that has another name. */
export interface SbomPackageEntry {
  readonly name: string;
  readonly version: string;
  /** `openssl` */
  readonly source?: string;
}

const packagesAlone = document.pick({ documentDescribes: true, packages: true });

/** Reads of which version of an image a bill of materials is, and what it says is in it; looks at no file. Throws a Failure. */
export function readSbomPackages(text: string): {
  readonly version: string;
  readonly packages: readonly SbomPackageEntry[];
} {
  const data = readDocument(text, packagesAlone, "SPDX 2.3 document as Ingot writes them");
  const root = rootOf(data);
  const packages = data.packages.filter((each) => each !== root).map(withSource);
  return { version: root.versionInfo, packages };
}

function withSource(described: DescribedPackage): SbomPackageEntry {
  const { name, versionInfo: version } = described;
  const [, source] = /^([!-?A-~]{1,200})@/.exec(purlOf(described)?.qualifiers?.["upstream"] ?? "") ?? [];
  return source === undefined || source === name ? { name, version } : { name, version, source };
}

function rootOf({
  packages,
  documentDescribes: [id],
}: Pick<Document, "packages" | "documentDescribes">): DescribedPackage {
  const root = packages.find(({ SPDXID }) => SPDXID === id);
  if (root === undefined) throw new Failure("it describes a package that is not in it");
  return root;
}

/** Each element has an identifier of its own, each relationship is one of such, and each package is in the image. */
function refuseLooseEnds({ packages, files, relationships }: Document, root: DescribedPackage): void {
  const ids = new Set(["SPDXRef-DOCUMENT", ...packages.map(idOf), ...files.map(idOf)]);
  if (ids.size !== packages.length + files.length + 1) throw new Failure("two things in it have one identifier");
  const contained = new Set<string>();
  for (const { spdxElementId, relationshipType, relatedSpdxElement } of relationships) {
    if (!ids.has(spdxElementId) || !ids.has(relatedSpdxElement))
      throw new Failure("it relates something that is not in it");
    if (relationshipType === "CONTAINS" && spdxElementId === root.SPDXID) contained.add(relatedSpdxElement);
  }
  const loose = packages.find((each) => each !== root && !contained.has(each.SPDXID));
  if (loose !== undefined) throw new Failure(`it names ${loose.name}, and does not say that the image has it`);
}

const idOf = ({ SPDXID }: { readonly SPDXID: string }): string => SPDXID;

/** Of the image's checksum, and of the name of the document, which ends in the image's id. */
function digestsOf({ documentNamespace }: Document, { checksums = [] }: DescribedPackage): readonly Digest[] {
  const sums = checksums.filter(({ algorithm }) => algorithm === "SHA256").map((sum) => sum.checksumValue);
  const [, id] = /-sha256-([0-9a-f]{64})$/.exec(documentNamespace) ?? [];
  const digests = [...sums, ...(id === undefined ? [] : [id])].flatMap((hex) => parseDigest(`sha256:${hex}`) ?? []);
  return [...new Set(digests)];
}

function entryOf(described: DescribedPackage): SbomEntry {
  const architecture = purlOf(described)?.qualifiers?.["arch"];
  const { name, versionInfo: version } = described;
  if (architecture !== undefined && !machine.safeParse(architecture).success)
    throw new Failure(`it says that ${name} is for a machine that there is not`);
  return { name, version, ...(architecture === undefined ? {} : { architecture }) };
}

function purlOf({ name, externalRefs }: DescribedPackage): PackageURL | undefined {
  const locator = externalRefs.find(({ referenceType }) => referenceType === "purl")?.referenceLocator;
  if (locator === undefined) return undefined;
  try {
    return PackageURL.fromString(locator);
  } catch {
    throw new Failure(`it gives ${name} a package URL that is none`);
  }
}
