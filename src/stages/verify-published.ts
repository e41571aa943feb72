import { changesType, readChanges, sbomType } from "../model/changes.js";
import { Failure } from "../model/failure.js";
import type { Digest, Tag } from "../model/reference.js";
import { readSbom, type Sbom } from "../model/sbom-reader.js";
import type { Findings, Verification, VerifiedImage } from "../model/verification.js";
import type { SignatureState } from "../ports/cosign.js";
import { oneLine } from "../support/text.js";
import { fingerprintLabel } from "./build.js";
import {
  type Attached,
  formatPlatform,
  type PublishedImage,
  type PublishedPlace,
  publishedName,
  readAttached,
  readPublished,
} from "./published.js";

export interface VerifyContext {
  readonly place: PublishedPlace;
  /** Whether what has this digest is signed with the key that it should be. */
  readonly signature: (digest: Digest) => Promise<SignatureState>;
}

/** Bytes: five times what is large. */
export const attachments = {
  sbom: { type: sbomType, limit: 100 * 1024 * 1024 },
  changes: { type: changesType, limit: 16 * 1024 * 1024 },
} as const;

/** Labels that every image of Ingot's has, and what they look like. */
const labelForms: Readonly<Record<string, RegExp>> = {
  "org.opencontainers.image.title": /^\S+$/,
  "org.opencontainers.image.description": /\S/,
  "org.opencontainers.image.version": /^\S+$/,
  "org.opencontainers.image.created": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  "org.opencontainers.image.licenses": /\S/,
  "org.opencontainers.image.url": /^https?:\/\/\S+$/,
  [fingerprintLabel]: /^[0-9a-f]{64}$/,
};

/** Judges what a tag or a digest leads to, each platform's image on its own. Throws a Failure where something cannot be read. */
export async function verifyPublished(name: Tag | Digest, context: VerifyContext): Promise<Verification> {
  const { place } = context;
  const { manifest, images } = await readPublished(place, name);
  const findings = manifest.config === undefined ? await signatureFindings(manifest.digest, context) : [];
  const verified: VerifiedImage[] = [];
  for (const image of images) verified.push(await verifyImage(image, context));
  return { reference: publishedName(place, manifest.digest), findings, images: verified };
}

async function verifyImage(image: PublishedImage, context: VerifyContext): Promise<VerifiedImage> {
  const { place } = context;
  const { digest } = image.manifest;
  const sboms = judgeSboms(image, await readAttached(place, digest, attachments.sbom));
  const changes = await readAttached(place, digest, attachments.changes);
  return {
    reference: publishedName(place, digest),
    platform: oneLine(image.platform, 60),
    findings: [
      ...(await signatureFindings(digest, context)),
      ...labelFindings(image, place),
      ...sboms.findings,
      ...changes.flatMap((each) => changesFindings(image, each, sboms.sbom)),
    ],
    ...(sboms.sbom === undefined ? {} : { packages: sboms.sbom.packages.length }),
  };
}

async function signatureFindings(digest: Digest, { signature }: VerifyContext): Promise<Findings> {
  const state = await signature(digest);
  if (state === "signed") return [];
  return [state === "unsigned" ? "it is not signed" : "it is signed, and not with this key"];
}

/** The labels are there, and say what the manifest and the place say. */
function labelFindings({ manifest, config, platform }: PublishedImage, { repository }: PublishedPlace): Findings {
  const { labels } = config;
  const title = labels["org.opencontainers.image.title"];
  const annotated = Object.entries(manifest.annotations ?? {}).filter(([name]) => name in labelForms);
  return [
    ...Object.entries(labelForms).flatMap(([name, form]) => labelFinding(name, labels[name], form)),
    ...(title === undefined || lastPart(title) === lastPart(repository)
      ? []
      : [`its label org.opencontainers.image.title says ${quote(title)}, and it is in ${repository}`]),
    ...annotated
      .filter(([name, value]) => labels[name] !== value)
      .map(([name, value]) => `its manifest says ${quote(value)} for ${name}, and its label does not`),
    ...(formatPlatform(config) === platform
      ? []
      : [`it is published for ${oneLine(platform, 60)}, and made for ${oneLine(formatPlatform(config), 60)}`]),
  ];
}

function labelFinding(name: string, value: string | undefined, form: RegExp): Findings {
  if (value === undefined) return [`it has no label ${name}`];
  return form.test(value) ? [] : [`its label ${name} is ${quote(value)}, which cannot be`];
}

const lastPart = (name: string): string => name.slice(name.lastIndexOf("/") + 1);
const quote = (text: string): string => oneLine(JSON.stringify(text), 100);

interface Judged {
  readonly findings: Findings;
  /** The first that is of this image. */
  readonly sbom?: Sbom;
}

/** One that is right is enough: other tools attach documents of that type as well. */
function judgeSboms(image: PublishedImage, attached: readonly Attached[]): Judged {
  if (attached.length === 0) return { findings: ["it has no bill of materials"] };
  const judged = attached.map((each) => judgeSbom(image, each));
  return judged.find(({ findings }) => findings.length === 0) ?? { findings: judged.flatMap((each) => each.findings) };
}

function judgeSbom(image: PublishedImage, attached: Attached): Judged {
  const sbom = read(attached, readSbom);
  if (typeof sbom === "string") return { findings: [`its bill of materials cannot be used: ${sbom}`] };
  const findings = sbomFindings(image, sbom);
  return findings.length === 0 ? { findings, sbom } : { findings };
}

function sbomFindings({ manifest, config }: PublishedImage, sbom: Sbom): Findings {
  const own = [manifest.digest, manifest.config?.digest];
  if (!sbom.digests.some((digest) => own.includes(digest)))
    return [`its bill of materials is of another image: ${sbom.digests.join(", ") || "it does not say which"}`];
  const compared = [
    ["name", sbom.name, config.labels["org.opencontainers.image.title"]],
    ["version", sbom.version, config.labels["org.opencontainers.image.version"]],
    ["architecture", sbom.architecture, config.architecture],
  ] as const;
  return compared
    .filter(([, said, actual]) => said !== actual)
    .map(([what, said = "none", actual = "none"]) => {
      return `its bill of materials says that its ${what} is ${quote(said)}, and it is ${quote(actual)}`;
    });
}

/** What it says came must be there, and what went must not. */
function changesFindings({ manifest }: PublishedImage, attached: Attached, sbom: Sbom | undefined): Findings {
  const changes = read(attached, readChanges);
  if (typeof changes === "string") return [`its changes cannot be used: ${changes}`];
  if (changes.current.digest !== manifest.digest)
    return [`its changes are those of another image: ${changes.current.digest}`];
  if (sbom === undefined || changes.packages === undefined) return [];
  const { added, removed, updated } = changes.packages;
  const there = new Set(sbom.packages.map(keyOf));
  const come = [...added, ...updated.map(({ to, ...same }) => ({ ...same, version: to }))];
  const gone = [...removed, ...updated.map(({ from, ...same }) => ({ ...same, version: from }))];
  return [
    ...come.filter((each) => !there.has(keyOf(each))).map((each) => `${told(each)} came, and is not in it`),
    ...gone.filter((each) => there.has(keyOf(each))).map((each) => `${told(each)} went, and is in it`),
  ];
}

type Entry = Sbom["packages"][number];

const keyOf = ({ name, version, architecture = "" }: Entry): string => `${name} ${version} ${architecture}`;
const told = ({ name, version }: Entry): string => `its changes say that ${oneLine(`${name} ${version}`, 120)}`;

/** A document, or what is wrong with it. */
function read<T>(attached: Attached, parse: (text: string) => T): T | string {
  if (!attached.ok) return attached.reason;
  try {
    return parse(attached.text);
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
}
