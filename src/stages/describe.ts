import { dirname, join } from "node:path";
import type { Image, ImageId } from "../model/image.js";
import { readPackageDatabase } from "../model/package-database.js";
import type { Platform } from "../model/platform.js";
import type { Digest } from "../model/reference.js";
import { formatSbom, namespaceOf } from "../model/sbom.js";
import { sbomArtifacts } from "../model/sbom-artifacts.js";
import type { EngineImage } from "../ports/engine.js";
import { makeFolder, readStart, writeText } from "../ports/files.js";
import { hostPlatform } from "../ports/host.js";
import type { ReadContent } from "../ports/image-content.js";
import { localReferences } from "./build.js";

export interface DescribeContext {
  /** The catalog's folder. */
  readonly root: string;
  readonly built: ReadonlyMap<ImageId, EngineImage>;
  readonly readContent: ReadContent;
  readonly platform: Platform;
}

/** `build/sbom/python/3.13/trixie/dev.spdx.json`, and `dev.arm64.spdx.json` for what is not this machine's platform; with `/` on every system. */
export function sbomFile(image: Pick<Image, "id">, platform: Platform): string {
  const suffix = platform === hostPlatform ? "" : `.${platform.slice("linux/".length)}`;
  return `build/sbom/${image.id}${suffix}.spdx.json`;
}

/** Whether what a bill of materials begins with names this id: then the image's content need not be read for it. */
function isDescribed(path: string, image: Image, id: Digest): boolean {
  const namespace = JSON.stringify(namespaceOf({ name: image.repository, id }));
  return readStart(path, 2000)?.includes(`"documentNamespace": ${namespace}`) ?? false;
}

/** Writes what an image holds beside the results of builds, unless it is there already. Throws a Failure. */
export async function describeImage(image: Image, context: DescribeContext): Promise<void> {
  const { root, built, readContent, platform } = context;
  const path = join(root, sbomFile(image, platform));
  const id = built.get(image.id)?.id;
  if (id === undefined || isDescribed(path, image, id)) return;
  const content = await readContent(localReferences(image)[0] as string, id);
  const text = formatSbom({
    content,
    database: readPackageDatabase(content),
    artifacts: sbomArtifacts(image.artifacts, content.architecture),
    image: {
      name: image.repository,
      version: image.version.text,
      reference: localReferences(image)[0] ?? image.repository,
      id,
      created: image.sourceDateEpoch,
      distribution: image.distribution,
    },
  });
  makeFolder(dirname(path));
  writeText(path, { text });
}
