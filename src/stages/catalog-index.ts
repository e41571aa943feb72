import {
  folderOf,
  type Image,
  imagesOf,
  type LanguagePlan,
  narrowestReference,
  type Pair,
  type Plan,
} from "../model/image.js";
import type { Sizes } from "../model/sizes.js";
import { own } from "../support/own.js";

/** `generated/catalog.json`: all that a program wants to know of every image. */
export function renderIndex(plan: Plan, sizes: Sizes): string {
  const images = new Map<string, Image>(imagesOf(plan).map((image) => [image.id, image]));
  const { namespace, title, languages } = plan;
  const index = {
    namespace,
    title,
    languages: languages.map((language) => describeLanguage(language, images, sizes)),
  };
  return `${JSON.stringify(index, undefined, 2)}\n`;
}

function describeLanguage(
  { language, summary, licence, homepage, notes, pairs }: LanguagePlan,
  images: ReadonlyMap<string, Image>,
  sizes: Sizes,
): object {
  const describePair = (pair: Pair): object => ({
    line: pair.line,
    version: pair.version.text,
    distribution: pair.distribution.name,
    family: pair.distribution.family,
    support: pair.support,
    images: pair.images.map((image) => describeImage(image, images, own(sizes, image.id))),
  });
  return { language, summary, licence, homepage, ...notes, pairs: pairs.map(describePair) };
}

function describeImage(image: Image, images: ReadonlyMap<string, Image>, size: Sizes[string] | undefined): object {
  const { parent, builder, sourceDateEpoch, budget } = image;
  return {
    id: image.id,
    variant: image.variant,
    repository: image.repository,
    reference: narrowestReference(image),
    tags: image.tags,
    platforms: image.platforms,
    dockerfile: `${folderOf(image)}/Dockerfile`,
    from: parent.kind === "scratch" ? "scratch" : parent.reference,
    ...(parent.kind === "image" ? { parent: parent.id } : {}),
    ...(builder === undefined ? {} : { builder: builder.id }),
    packages: image.packages,
    artifacts: image.artifacts,
    keep: image.keep,
    drop: image.drop,
    ...inherited(image, images),
    labels: image.labels,
    created: new Date(sourceDateEpoch * 1000).toISOString().replace(".000Z", "Z"),
    ...(budget === undefined ? {} : { budget }),
    ...(size === undefined ? {} : { size }),
  };
}

interface Configuration {
  readonly env: Readonly<Record<string, string>>;
  readonly cmd: readonly string[];
  readonly user: string;
}

/** What a container of the image has: a Dockerfile says only what differs from its parent's. Of distributions' own images nothing is known. */
function inherited(image: Image, images: ReadonlyMap<string, Image>): Configuration {
  const { parent, env, cmd, user } = image;
  const found = parent.kind === "image" ? images.get(parent.id) : undefined;
  const above = found === undefined ? { env: {}, cmd: [], user: "0:0" } : inherited(found, images);
  return {
    env: { ...above.env, ...env },
    cmd: cmd.length === 0 ? above.cmd : cmd,
    user: user === undefined ? above.user : `${user}:${user}`,
  };
}
