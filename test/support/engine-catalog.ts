import { createCipheriv, createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Image, Pair } from "../../src/model/image.js";
import type { Platform } from "../../src/model/platform.js";
import { createDocker } from "../../src/ports/docker.js";
import type { BuildRequest } from "../../src/ports/engine.js";
import { engineFor } from "../../src/ports/platform-engine.js";
import { localReference } from "../../src/stages/build.js";
import type { PlatformImages } from "../../src/stages/publish.js";

/**
 * Builds the images of pairs, base's first, for platforms by the engine that the environment names: each of one file of so many bytes,
 * and nothing of it is run.
 */
export async function buildCatalog(
  pairs: readonly Pair[],
  platforms: readonly Platform[],
  bytes: number,
): Promise<void> {
  const images = pairs.flatMap((pair) => pair.images);
  for (const image of images)
    for (const platform of platforms) {
      const below = image.parent.kind === "scratch" ? undefined : baseOf(image, images);
      const folder = mkdtempSync(join(tmpdir(), "ingot-catalog-"));
      try {
        writeFileSync(join(folder, "file"), contentFor(image, platform, bytes));
        writeFileSync(
          join(folder, "Dockerfile"),
          `FROM ${below?.repository ?? "scratch"}\nCOPY file /${image.language}\n`,
        );
        await engineFor(platform, createDocker()).build({ ...common, ...requestFor(image, below), folder });
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }
}

/** Finds them again. */
export async function findImages(platform: Platform, images: readonly Image[]): Promise<PlatformImages> {
  const engine = engineFor(platform, createDocker());
  const found = await engine.inspect(images.map(localReference));
  const built = images.map((image) => {
    const known = found.get(localReference(image));
    if (known === undefined) throw new Error(`${image.id} is not built for ${platform}`);
    return [image.id, known] as const;
  });
  return { platform, engine, built: new Map(built) };
}

/** Removes them. */
export async function removeCatalog(pairs: readonly Pair[], platforms: readonly Platform[]): Promise<void> {
  const references = pairs.flatMap((pair) => pair.images.map(localReference));
  for (const platform of platforms) {
    const engine = engineFor(platform, createDocker());
    await engine.untag([...(await engine.inspect(references)).keys()]);
  }
}

const common: Omit<BuildRequest, "folder" | "tags" | "labels" | "contexts"> = {
  buildArguments: { SOURCE_DATE_EPOCH: "1795219200" },
  secrets: [],
  cache: true,
};

function requestFor(image: Image, below: Image | undefined): Pick<BuildRequest, "tags" | "labels" | "contexts"> {
  return {
    tags: [localReference(image)],
    labels: image.labels,
    contexts: below === undefined ? {} : { [below.repository]: localReference(below) },
  };
}

const baseOf = ({ variant }: Image, images: readonly Image[]): Image =>
  images.find((each) => each.parent.kind === "scratch" && each.variant === variant) as Image;

/** Of an image's own file, `/tool`: bytes that nothing compresses, and other ones for each version and platform. */
export function contentFor({ id, version }: Image, platform: Platform, bytes: number): Buffer {
  const key = createHash("sha256").update(`${id} ${version.text} ${platform}`).digest();
  return createCipheriv("aes-256-ctr", key, Buffer.alloc(16)).update(Buffer.alloc(bytes));
}
