import { join } from "node:path";
import {
  type ChangedImage,
  type Changes,
  changesType,
  describeChanges,
  formatChanges,
  sbomType,
} from "../model/changes.js";
import { Failure, Unanswered } from "../model/failure.js";
import type { Image } from "../model/image.js";
import type { Platform } from "../model/platform.js";
import { versionLabel } from "../model/publication.js";
import { formatRecord, type PlatformRecord, recordAnnotation, recordType } from "../model/record.js";
import type { Digest } from "../model/reference.js";
import { readSbom, type SbomEntry } from "../model/sbom-reader.js";
import { readText } from "../ports/files.js";
import type { Registry } from "../ports/registry.js";
import { describeManifest } from "../ports/registry-make.js";
import type { Manifest } from "../ports/registry-manifest.js";
import { type AttachPlace, attachDocument, attachNote } from "./attach.js";
import { sbomFile } from "./describe.js";
import type { Release, TagPlan } from "./publish-tags.js";
import { type PublishedImage, type PublishedPlace, readAttached, readPublished } from "./published.js";
import { attachments } from "./verify-published.js";

export interface AttachContext {
  /** The catalog's folder. */
  readonly root: string;
  readonly registry: Registry;
  /** Why it was built, where somebody knows. */
  readonly reasonsOf: (image: Image) => readonly string[];
  /** What an image for a platform was made from. */
  readonly recordOf: (image: Image, platform: Platform, packages: readonly SbomEntry[]) => PlatformRecord;
}

/**
 * Attaches to each platform's image what it holds, and what changed since the one that its narrowest tag which was there
 * pointed at; and to what the tags point at, what it was made from. What is attached already stays. Throws a Failure.
 */
export async function attachDocuments(
  { release, steps }: TagPlan,
  { root, registry, recordOf, reasonsOf }: AttachContext,
): Promise<void> {
  const { image, repository, content } = release;
  const place = { registry, repository };
  const replaced = steps.find(({ move }) => move.from !== undefined)?.move;
  const previous = replaced?.from === undefined ? undefined : await readPrevious(place, replaced.from);
  const records: PlatformRecord[] = [];
  for (const { platform, manifest } of content.parts) {
    const file = sbomFile(image, platform);
    const sbom = readText(join(root, file));
    if (sbom === undefined) throw new Failure(`${file} is not there: build ${image.id} again`);
    const subject = describeManifest(manifest);
    await attachDocument({ ...place, subject }, { type: sbomType, text: sbom });
    records.push(recordOf(image, platform, readSbom(sbom).packages));
    // The first list of changes is the right one: a run that completes another finds tags moved already.
    if ((await registry.referrers(repository, manifest.digest, changesType)).length > 0) continue;
    const before = previous?.find((each) => each.platform === platform);
    const why = previous === undefined ? "first under its tags" : (replaced?.why ?? "");
    const known = { reasons: reasonsOf(image), why };
    const text = await describe({ release, platform, manifest, before, sbom, ...known }, place);
    await attachDocument({ ...place, subject }, { type: changesType, text });
  }
  await attachRecord(release, records, place);
}

async function attachRecord(
  { image, content }: Release,
  platforms: readonly PlatformRecord[],
  place: Pick<AttachPlace, "registry" | "repository">,
): Promise<void> {
  const size = content.parts.reduce((sum, { manifest }) => sum + sizeOf(manifest), 0);
  const record = formatRecord({ schemaVersion: 1, version: image.version.text, size, platforms });
  const subject = describeManifest(content.top);
  await attachNote({ ...place, subject }, recordType, { [recordAnnotation]: record });
}

const sizeOf = ({ layers }: Manifest): number => layers.reduce((sum, { size }) => sum + size, 0);

/**
 * The images that a tag pointed at; none where they are gone, or no images: what takes their place is to be published all the same.
 * Throws a Failure where the registry does not answer, as what is attached then would say for ever that nobody knows what changed.
 */
async function readPrevious(place: PublishedPlace, digest: Digest): Promise<readonly PublishedImage[]> {
  try {
    return (await readPublished(place, digest)).images;
  } catch (error) {
    if (error instanceof Failure && !(error instanceof Unanswered)) return [];
    throw error;
  }
}

interface Change {
  readonly release: Release;
  readonly platform: Platform;
  readonly manifest: Manifest;
  readonly before: PublishedImage | undefined;
  readonly sbom: string;
  /** Why the tag moves. */
  readonly why: string;
  /** Why it was built, where somebody knows. */
  readonly reasons: readonly string[];
}

async function describe(change: Change, place: PublishedPlace): Promise<string> {
  const { release, platform, manifest, before, sbom, why, reasons } = change;
  const { packages: after } = readSbom(sbom);
  const current = changedImage(manifest, release.image.version.text);
  if (before === undefined) return formatChanges(describeChanges({ platform, current, reasons: [why], after }));
  const known = await readPackages(place, before.manifest.digest);
  const changes = describeChanges({
    platform,
    current,
    previous: changedImage(before.manifest, before.config.labels[versionLabel]),
    reasons: [],
    after,
    ...(known === undefined ? {} : { before: known }),
  });
  return formatChanges({
    ...changes,
    reasons: [why, ...(reasons.length > 0 ? reasons : causesOf(change, before, changes))],
  });
}

/** What is other than it was, and so made the build another one. */
function causesOf({ manifest, release }: Change, before: PublishedImage, { packages }: Changes): readonly string[] {
  const [base, old] = [manifest.layers[0]?.digest, before.manifest.layers[0]?.digest];
  const updated = packages?.updated.length ?? 0;
  return [
    ...(updated === 0 ? [] : [`packages with another version: ${updated}`]),
    ...(release.image.parent.kind === "image" && base !== old ? ["what it is built on has changed"] : []),
  ];
}

const changedImage = (manifest: Manifest, version: string | undefined): ChangedImage => ({
  digest: manifest.digest,
  size: sizeOf(manifest),
  ...(version === undefined ? {} : { version }),
});

/** Of an image's bill of materials; undefined where it has none that is in order. Throws a Failure where the registry does not answer. */
async function readPackages(place: PublishedPlace, digest: Digest): Promise<readonly SbomEntry[] | undefined> {
  for (const each of await readAttached(place, digest, attachments.sbom)) {
    if (!each.ok && each.unanswered) throw new Failure(each.reason);
    if (!each.ok) continue;
    try {
      return readSbom(each.text).packages;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
    }
  }
  return undefined;
}
