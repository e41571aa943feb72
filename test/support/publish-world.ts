import type { Say } from "../../src/model/event.js";
import type { Image, Pair } from "../../src/model/image.js";
import type { Platform } from "../../src/model/platform.js";
import { createdLabel, versionLabel } from "../../src/model/publication.js";
import type { Digest } from "../../src/model/reference.js";
import { parseVersion, type Version } from "../../src/model/version.js";
import type { Engine } from "../../src/ports/engine.js";
import { createRegistry } from "../../src/ports/registry.js";
import { sbomFile } from "../../src/stages/describe.js";
import { type PlatformImages, type PublishContext, publishPair } from "../../src/stages/publish.js";
import { attachDocuments } from "../../src/stages/publish-attachments.js";
import type { TagPlan } from "../../src/stages/publish-tags.js";
import { type SigningKey, signMissing } from "../../src/stages/sign.js";
import type { KeyPair } from "./cosign.js";
import { findImages } from "./engine-catalog.js";
import { writeFiles } from "./folders.js";
import { createLayoutEngine } from "./layout-engine.js";
import { configType, content, descriptor, imageType, json, layerType, type TinyImage, tag } from "./push.js";
import { sbomOf } from "./sbom.js";

/** One build of the whole catalog, of which there are two pairs: `base`, and `tool`, whose images lie on base's layers. */
export interface CatalogBuild {
  /** Later builds have a higher one. */
  readonly rank: number;
  /** `1.0.2` */
  readonly version: string;
  /** `2026-11-21T00:00:00Z` */
  readonly created: string;
}

export interface Publication {
  readonly build: CatalogBuild;
  readonly host: string;
  /** What goes before `base` and `tool`. */
  readonly path: string;
  /** A folder for bills of materials. */
  readonly root: string;
  readonly platforms?: readonly Platform[];
  readonly languages?: readonly Language[];
  readonly allowDowngrade?: boolean;
  readonly day?: string;
  /** Milliseconds for a request. */
  readonly timeout?: number;
  /** Whether it waits for another publisher as it would; it hardly does where not given. */
  readonly patient?: boolean;
  /** The namespace in which Docker has the images, as `buildCatalog` built them. They are made up where it is not given. */
  readonly local?: string;
  /** With what everything is signed, whose password is in the environment; it is not where it is not given. */
  readonly sign?: KeyPair & Pick<SigningKey, "timeout">;
}

export type Language = (typeof languages)[number];

export const rankLabel = "test.rank";
export const languages = ["base", "tool"] as const;
const variants = ["dev", "runtime"] as const;

/** Tags that move from version to version, narrowest first, after the one that names the version whole. */
export const sharedTags = ["1.0", "1"] as const;
/** `1.0`, `1.0-dev` */
export const tagFor = (name: string, variant: string): string => (variant === "dev" ? `${name}-dev` : name);

/** Publishes both pairs through the real stages: tiny images that are made up, or those that an engine has. */
export async function publishCatalog(publication: Publication, say: Say = () => {}): Promise<void> {
  const { host, path, root, allowDowngrade = false, day = "20261121", patient = false, timeout = 20_000 } = publication;
  const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const sleep = (ms: number): Promise<void> => wait(Math.min(ms, 2));
  const registry = createRegistry({ host, timeout, sleep, credentials: async () => undefined });
  const pairs = pairsOf(publication);
  const platforms = await provideImages(
    publication,
    pairs.flatMap((pair) => pair.images),
  );
  const attach = (plan: TagPlan): Promise<void> =>
    attachDocuments(plan, {
      ...{ root, registry },
      reasonsOf: () => [],
      recordOf: (image, platform) => ({ platform, id: idOf(image, platform, platforms), recipe: {}, packages: [] }),
    });
  const context = {
    ...{ registry, path, base: "base", day, dryRun: false, allowDowngrade, say, platforms, attach },
    sleep: (ms: number) => wait(ms / (patient ? 4 : 1000)),
    ...(publication.sign === undefined ? {} : { sign: signerFor(host, publication.sign) }),
  };
  for (const pair of pairs) await publishPair(pair, context);
}

/** With their bills of materials. */
async function provideImages(
  { build, root, local, platforms = ["linux/amd64"] }: Publication,
  images: readonly Image[],
): Promise<readonly PlatformImages[]> {
  const provided: PlatformImages[] = [];
  for (const platform of platforms)
    provided.push(local === undefined ? makeImages(platform, images, build) : await findImages(platform, images));
  for (const image of images)
    for (const platform of platforms) {
      const text = documentOf(image, build, platform, idOf(image, platform, provided));
      writeFiles(root, { [sbomFile(image, platform)]: text });
    }
  return provided;
}

const idOf = ({ id }: Image, platform: Platform, provided: readonly PlatformImages[]): Digest =>
  provided.find((each) => each.platform === platform)?.built.get(id)?.id as Digest;

const signerFor =
  (host: string, { privateKey: key, ...more }: NonNullable<Publication["sign"]>): NonNullable<PublishContext["sign"]> =>
  (repository, digests) =>
    signMissing(repository, digests, { ...more, host, key, plainHttp: false });

/** Those that a publication is about, base first. */
export const pairsOf = ({
  build,
  languages: some = languages,
  local = "acme",
}: Pick<Publication, "build" | "languages" | "local">): readonly Pair[] =>
  some.map((language) => pairOf(language, build, local));

function pairOf(language: Language, build: CatalogBuild, namespace: string): Pair {
  const id = `${language}/1/trixie`;
  const version = parseVersion(build.version) as Version;
  const images = variants.map((variant) => ({
    ...{
      id: `${id}/${variant}`,
      pair: id,
      language,
      line: "1",
      variant,
      version,
      repository: `${namespace}/${language}`,
    },
    tags: [build.version, ...sharedTags].map((name) => tag(tagFor(name, variant))),
    labels: labelsOf(build),
    parent: { kind: language === "base" ? "scratch" : "image" },
  }));
  return { id, language, version, images } as unknown as Pair;
}

function documentOf(image: Image, build: CatalogBuild, platform: Platform, digest: Digest): string {
  const architecture = platform.split("/")[1] ?? "";
  const packages = [{ name: image.language, version: `${build.version}-${build.rank}`, architecture }];
  return sbomOf(packages, { name: image.repository, version: build.version, architecture, digest });
}

const labelsOf = ({ rank, version, created }: CatalogBuild): Record<string, string> => ({
  [versionLabel]: version,
  [createdLabel]: created,
  [rankLabel]: String(rank),
});

function makeImages(platform: Platform, images: readonly Image[], build: CatalogBuild): PlatformImages {
  const made = images.map((image) => ({ image, tiny: tinyImageOf(image, build, platform) }));
  const references = new Map(made.map(({ image, tiny }) => [`docker.io/${image.repository}:${image.tags[0]}`, tiny]));
  const built = new Map(
    made.map(({ image, tiny }) => [image.id, { id: tiny.digest, labels: {}, user: "", size: 0 }] as const),
  );
  return { platform, engine: createLayoutEngine(references) as unknown as Engine, built };
}

/** Of a tool, a layer on that of base's image of the same variant. */
function tinyImageOf(image: Image, build: CatalogBuild, platform: Platform): TinyImage {
  const [os, architecture] = platform.split("/");
  const layerFor = (language: string) =>
    content(layerType, Buffer.alloc(3000, `${language} ${image.variant} ${build.rank} ${architecture} `));
  const layer = layerFor(image.language);
  const below = image.language === "base" ? undefined : layerFor("base");
  const layers = [...(below === undefined ? [] : [below]), layer];
  const rootfs = { type: "layers", diff_ids: layers.map(({ digest }) => digest) };
  const config = json(configType, { architecture, os, config: { Labels: labelsOf(build) }, rootfs });
  const manifest = {
    schemaVersion: 2,
    mediaType: imageType,
    config: descriptor(config),
    layers: layers.map(descriptor),
  };
  return { ...json(imageType, manifest), config, layer, ...(below === undefined ? {} : { below }) };
}
