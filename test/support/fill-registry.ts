import { createHash } from "node:crypto";
import pLimit from "p-limit";
import type { OpenCatalog } from "../../src/commands/catalog.js";
import { type Image, imagesOf } from "../../src/model/image.js";
import type { Platform } from "../../src/model/platform.js";
import { type BuildRecord, formatRecord, recordAnnotation, recordType } from "../../src/model/record.js";
import type { Digest, RepositoryName, Tag } from "../../src/model/reference.js";
import { createRegistry, type Manifest, type Registry } from "../../src/ports/registry.js";
import { describeManifest, emptyBlob, makeIndex, makeManifest } from "../../src/ports/registry-make.js";
import { blobOf } from "../../src/ports/registry-source.js";
import { attachNote } from "../../src/stages/attach.js";
import { recipeOf } from "../../src/stages/recipe.js";

/** What is published of an image, where that is not what the catalog gives. */
export interface Seed {
  /** Nothing at all. */
  readonly unpublished?: boolean;
  readonly missing?: readonly Tag[];
  /** Tags that are at something else. */
  readonly elsewhere?: readonly Tag[];
  /** The tag that never moves, where it is another one. */
  readonly unique?: Tag;
  /** What is attached in place of the one record that is right. */
  readonly records?: readonly string[];
}

export interface Filling {
  readonly catalog: OpenCatalog;
  readonly host: string;
  /** What goes before the language in a repository. */
  readonly path: string;
  /** Of every image: name → version. */
  readonly packages: ReadonlyMap<string, string>;
  /** `20261121` */
  readonly day: string;
  readonly seedOf?: (image: Image, record: BuildRecord) => Seed;
}

const requests = 24;

/** Fills a registry with what `ingot publish` would have left in it of a whole catalog, but that its images are nearly empty. */
export async function fillRegistry(filling: Filling): Promise<void> {
  const { catalog, host, path } = filling;
  const registry = createRegistry({ host, credentials: async () => undefined });
  const images = imagesOf(catalog.plan);
  const limit = pLimit(requests);
  const repositories = [...new Set(images.map(({ language }) => `${path}/${language}`))];
  await limit.map(repositories, (repository) => putBlobs(registry, repository));
  await limit.map([...images], (image) => fillImage(image, filling, registry));
}

const config = blobOf(Buffer.from(JSON.stringify({ os: "linux", architecture: "amd64", config: {} })));
const layer = blobOf(Buffer.alloc(1024));

async function putBlobs(registry: Registry, repository: string): Promise<void> {
  for (const blob of [emptyBlob, config, layer]) await registry.putBlob(repository, blob);
}

/** What an engine would tell an image by. */
export const inventedId = (id: string, platform: Platform): string =>
  `sha256:${createHash("sha256").update(`${id} ${platform}`).digest("hex")}`;

/** What is recorded of an image that is as fresh as can be. */
export function freshRecord(image: Image, { catalog, packages }: Pick<Filling, "catalog" | "packages">): BuildRecord {
  const { parent, version } = image;
  const parentOf = (platform: Platform) => {
    if (parent.kind === "scratch") return {};
    const { reference } = parent;
    return { parent: parent.kind === "image" ? { reference, id: inventedId(parent.id, platform) } : { reference } };
  };
  const platforms = image.platforms.map((platform) => ({
    platform,
    id: inventedId(image.id, platform),
    ...parentOf(platform),
    recipe: recipeOf(image, { tree: catalog.tree, platform }),
    packages: [...packages],
  }));
  return { schemaVersion: 1, version: version.text, size: 1024 * platforms.length, platforms };
}

async function fillImage(image: Image, filling: Filling, registry: Registry): Promise<void> {
  const fresh = freshRecord(image, filling);
  const seed = filling.seedOf?.(image, fresh) ?? {};
  if (seed.unpublished === true) return;
  const { missing = [], elsewhere = [], records = [formatRecord(fresh)] } = seed;
  const repository = `${filling.path}/${image.language}` as RepositoryName;
  const right = await putIndex(image, image.id, { registry, repository });
  const unique = seed.unique ?? (`${image.tags[0]}-${filling.day}` as Tag);
  await registry.putManifest(repository, unique, right);
  for (const record of records)
    await attachNote({ registry, repository, subject: describeManifest(right) }, recordType, {
      [recordAnnotation]: record,
    });
  const wrong =
    elsewhere.length === 0 ? right : await putIndex(image, `${image.id} of somebody`, { registry, repository });
  for (const tag of image.tags.filter((each) => !missing.includes(each)))
    await registry.putManifest(repository, tag, elsewhere.includes(tag) ? wrong : right);
}

interface Place {
  readonly registry: Registry;
  readonly repository: RepositoryName;
}

async function putIndex({ platforms }: Image, name: string, { registry, repository }: Place): Promise<Manifest> {
  const manifests = [];
  for (const platform of platforms) {
    const [os = "", architecture = ""] = platform.split("/");
    const type = "application/vnd.oci.image.config.v1+json";
    const parts = {
      config: { mediaType: type, digest: config.digest, size: config.size },
      layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar", digest: layer.digest, size: layer.size }],
      annotations: { name: `${name} ${platform}` },
    };
    const manifest = makeManifest(parts);
    await registry.putManifest(repository, manifest.digest as Digest, manifest);
    manifests.push(describeManifest(manifest, { os, architecture }));
  }
  return makeIndex({ manifests });
}
