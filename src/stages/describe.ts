import { dirname, join } from "node:path";
import type { ImageContent } from "../model/content.js";
import type { Image } from "../model/image.js";
import { readPackageDatabase } from "../model/package-database.js";
import type { Platform } from "../model/platform.js";
import type { Digest } from "../model/reference.js";
import { formatSbom, namespaceOf } from "../model/sbom.js";
import { makeFolder, readText, writeText } from "../ports/files.js";
import { localReferences } from "./build.js";

export interface DescribeContext {
  /** The catalog's folder. */
  readonly root: string;
  /** Of the image as it was built. */
  readonly digest: Digest;
  readonly platform: Platform;
}

/** `build/sbom/python/3.13/trixie/dev.spdx.json`, with `/` on every system. */
export function sbomFile(image: Pick<Image, "id">): string {
  return `build/sbom/${image.id}.spdx.json`;
}

/** Whether the bill of materials that is there is of this digest: then the image's content need not be read for it. */
export function isDescribed(image: Image, { root, digest }: Pick<DescribeContext, "root" | "digest">): boolean {
  const namespace = JSON.stringify(namespaceOf({ name: image.repository, digest }));
  return readText(join(root, sbomFile(image)))?.includes(`"documentNamespace": ${namespace}`) ?? false;
}

/** Writes what an image holds beside the results of builds, unless it is there already. Throws a Failure. */
export function describeImage(image: Image, content: ImageContent, context: DescribeContext): void {
  if (isDescribed(image, context)) return;
  const path = join(context.root, sbomFile(image));
  const text = formatSbom({
    content,
    database: readPackageDatabase(content),
    image: {
      name: image.repository,
      version: image.version.text,
      reference: localReferences(image)[0] ?? image.repository,
      digest: context.digest,
      created: image.sourceDateEpoch,
      architecture: context.platform.replace("linux/", ""),
      distribution: image.distribution,
    },
  });
  makeFolder(dirname(path));
  writeText(path, { text });
}
