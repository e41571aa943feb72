import { Failure } from "../model/failure.js";
import type { Pair } from "../model/image.js";
import { type Platform, platforms } from "../model/platform.js";
import type { Digest, RepositoryName } from "../model/reference.js";
import type { Registry } from "../ports/registry.js";
import { runtimeFirst, type TaggingContext, tagReleases } from "./publish.js";
import type { Content } from "./publish-content.js";
import type { Release } from "./publish-tags.js";
import { readPublished } from "./published.js";

export interface RetagContext extends Omit<TaggingContext, "attach"> {
  /** What goes before the language in a repository: `acme` */
  readonly path: string;
  /** What the tags of each of the pair's images should be at, by the image's id. */
  readonly digests: ReadonlyMap<string, Digest>;
}

/** Puts tags of a pair back that are missing or elsewhere, from what the registry has: nothing is built. Throws a Failure. */
export async function retagPair(pair: Pair, context: RetagContext): Promise<void> {
  const { registry, path, digests } = context;
  const releases: Release[] = [];
  for (const image of runtimeFirst(pair)) {
    const repository = `${path}/${image.language}` as RepositoryName;
    const digest = digests.get(image.id);
    if (digest === undefined) throw new Failure(`${image.id} is not published`);
    releases.push({ image, repository, content: await readContent(registry, repository, digest) });
  }
  // What is attached to a digest stays so, whatever becomes of tags.
  await tagReleases(pair, releases, { ...context, attach: async () => {} });
}

async function readContent(registry: Registry, repository: RepositoryName, digest: Digest): Promise<Content> {
  const { manifest, images } = await readPublished({ registry, repository }, digest);
  const parts = images.map(({ platform, manifest: part }) => ({ platform: knownPlatform(platform), manifest: part }));
  return { top: manifest, parts };
}

function knownPlatform(text: string): Platform {
  const known = platforms.find((each) => each === text);
  if (known === undefined) throw new Failure(`it is for ${JSON.stringify(text)}, which no image of a catalog is for`);
  return known;
}
