import { join } from "node:path";
import { type ChangedImage, changesType, describeChanges, formatChanges, sbomType } from "../model/changes.js";
import { Failure } from "../model/failure.js";
import { versionLabel } from "../model/publication.js";
import type { Digest } from "../model/reference.js";
import { readSbom, type SbomEntry } from "../model/sbom-reader.js";
import { readText } from "../ports/files.js";
import type { Registry } from "../ports/registry.js";
import { describeManifest } from "../ports/registry-make.js";
import type { Manifest } from "../ports/registry-manifest.js";
import { attachDocument } from "./attach.js";
import { sbomFile } from "./describe.js";
import type { Release, TagPlan } from "./publish-tags.js";
import { type PublishedImage, type PublishedPlace, readAttached, readPublished } from "./published.js";
import { attachments } from "./verify-published.js";

export interface AttachContext {
  /** The catalog's folder. */
  readonly root: string;
  readonly registry: Registry;
}

/**
 * Attaches to each platform's image what it holds, and what changed since the one that its narrowest tag which was there
 * pointed at. What is attached already stays. Throws a Failure.
 */
export async function attachDocuments({ release, steps }: TagPlan, { root, registry }: AttachContext): Promise<void> {
  const { image, repository, content } = release;
  const place = { registry, repository };
  const replaced = steps.find(({ move }) => move.from !== undefined)?.move;
  const previous = replaced?.from === undefined ? [] : (await readPublished(place, replaced.from)).images;
  for (const { platform, manifest } of content.parts) {
    const file = sbomFile(image, platform);
    const sbom = readText(join(root, file));
    if (sbom === undefined) throw new Failure(`${file} is not there: build ${image.id} again`);
    const subject = describeManifest(manifest);
    await attachDocument({ ...place, subject }, { type: sbomType, text: sbom });
    // The first list of changes is the right one: a run that completes another finds tags moved already.
    if ((await registry.referrers(repository, manifest.digest, changesType)).length > 0) continue;
    const before = previous.find((each) => each.platform === platform);
    const text = await describe({ release, manifest, before, sbom, why: replaced?.why }, place);
    await attachDocument({ ...place, subject }, { type: changesType, text });
  }
}

interface Change {
  readonly release: Release;
  readonly manifest: Manifest;
  readonly before: PublishedImage | undefined;
  readonly sbom: string;
  readonly why: string | undefined;
}

async function describe({ release, manifest, before, sbom, why }: Change, place: PublishedPlace): Promise<string> {
  const after = readSbom(sbom).packages;
  const current = changedImage(manifest, release.image.version.text);
  if (before === undefined)
    return formatChanges(describeChanges({ current, reasons: ["first under its tags"], after }));
  const known = await readPackages(place, before.manifest.digest);
  return formatChanges(
    describeChanges({
      current,
      previous: changedImage(before.manifest, before.config.labels[versionLabel]),
      reasons: why === undefined ? [] : [why],
      after,
      ...(known === undefined ? {} : { before: known }),
    }),
  );
}

const changedImage = ({ digest, layers }: Manifest, version: string | undefined): ChangedImage => ({
  digest,
  size: layers.reduce((sum, { size }) => sum + size, 0),
  ...(version === undefined ? {} : { version }),
});

/** Of an image's bill of materials; undefined where it has none that can be read. */
async function readPackages(place: PublishedPlace, digest: Digest): Promise<readonly SbomEntry[] | undefined> {
  for (const each of await readAttached(place, digest, attachments.sbom)) {
    if (!each.ok) continue;
    try {
      return readSbom(each.text).packages;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
    }
  }
  return undefined;
}
