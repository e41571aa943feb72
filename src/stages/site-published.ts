import pLimit from "p-limit";
import type { Image, ImageId } from "../model/image.js";
import type { RepositoryName, Tag } from "../model/reference.js";
import type { SiteBuild, SitePackage, SitePublished } from "../model/site.js";
import type { PublishedState } from "../model/staleness.js";
import { isOfLine, parseVersion } from "../model/version.js";
import type { Registry } from "../ports/registry.js";
import { readPublishedChanges } from "./published-changes.js";
import { createStateReader, readRecords } from "./published-state.js";
import { onceEach } from "./site-known.js";

/** Of each image: so many of the newest builds, and what changed in so many of those. */
const newest = { builds: 12, changes: 5 } as const;
const requests = 8;

export interface SiteRegistry {
  readonly registry: Registry;
  /** What goes before the language in a repository: `acme` */
  readonly path: string;
}

export interface ReadPublished {
  readonly published: ReadonlyMap<ImageId, SitePublished>;
  readonly packages: ReadonlyMap<ImageId, readonly SitePackage[]>;
}

/** Reads what a registry has of images: their digests, what is in them, and the builds before. Throws a Failure. */
export async function readSitePublished(images: readonly Image[], from: SiteRegistry): Promise<ReadPublished> {
  const { registry, path } = from;
  const read = createStateReader({ registry, path, everyTag: true });
  const limit = pLimit(requests);
  const repositories = [...new Set(images.map(({ language }) => `${path}/${language}` as RepositoryName))];
  const tags = new Map(await limit.map(repositories, async (each) => [each, await registry.tags(each)] as const));
  const found = await limit.map(images, async (image) => {
    const repository = `${path}/${image.language}` as RepositoryName;
    return { image, state: await read(image), builds: await readBuilds(image, tags.get(repository) ?? [], from) };
  });
  return {
    published: new Map(
      found.flatMap(({ image, state, builds }) => {
        const described = describeState(state, builds);
        return described === undefined ? [] : [[image.id, described] as const];
      }),
    ),
    packages: new Map(
      found.flatMap(({ image, state }) => {
        const packages = packagesOf(state);
        return packages.length === 0 ? [] : [[image.id, packages] as const];
      }),
    ),
  };
}

const packagesOf = ({ records: [record] }: PublishedState): readonly SitePackage[] =>
  onceEach((record?.platforms ?? []).flatMap(({ packages }) => packages.map(([name, version]) => ({ name, version }))));

function describeState(
  { digest, day, missing, elsewhere }: PublishedState,
  builds: readonly SiteBuild[],
): SitePublished | undefined {
  if (digest === undefined) return undefined;
  return {
    digest,
    astray: [...missing, ...elsewhere],
    builds,
    ...(day === undefined ? {} : { day: withHyphens(day) }),
  };
}

/** `2026-11-21` for `20261121` */
const withHyphens = (day: string): string => `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6, 8)}`;

/** Every version of a release line has unique tags of its own. */
async function readBuilds(image: Image, tags: readonly Tag[], from: SiteRegistry): Promise<readonly SiteBuild[]> {
  const unique = buildTags(image, tags).slice(-newest.builds);
  const builds: SiteBuild[] = [];
  for (const [index, each] of unique.entries())
    builds.push(await readBuild(image, each, from, index >= unique.length - newest.changes));
  return builds;
}

interface BuildTag {
  readonly tag: Tag;
  /** `20261121` */
  readonly day: string;
}

/** The unique tags of an image, whatever its version, oldest first. */
export function buildTags(image: Image, tags: readonly Tag[]): readonly BuildTag[] {
  const { line, distribution, variant } = image;
  const middle = `-${distribution.name}${variant === "runtime" ? "" : `-${variant}`}-`;
  const found = tags.flatMap((tag) => {
    const [, name = "", day = "", revision = "1"] = /^(.+-)(\d{8})(?:\.(\d{1,6}))?$/.exec(tag) ?? [];
    const version = name.endsWith(middle) ? parseVersion(name.slice(0, -middle.length)) : undefined;
    const isOurs = version !== undefined && isOfLine(version, line) && !Number.isNaN(Date.parse(withHyphens(day)));
    return isOurs ? [{ tag, day, revision: Number(revision) }] : [];
  });
  return found.sort((a, b) => Number(a.day) - Number(b.day) || a.revision - b.revision || (a.tag < b.tag ? -1 : 1));
}

async function readBuild(
  image: Image,
  { tag, day }: BuildTag,
  { registry, path }: SiteRegistry,
  withChanges: boolean,
): Promise<SiteBuild> {
  const repository = `${path}/${image.language}` as RepositoryName;
  const digest = await registry.digestOf(repository, tag);
  const plain = { tag, day: withHyphens(day), changes: [] };
  if (digest === undefined) return plain;
  const [record] = (await readRecords(registry, repository, digest)).records;
  const platforms = record?.platforms.length ?? 0;
  const changes = withChanges ? await readPublishedChanges(digest, { registry, repository }) : [];
  return {
    ...plain,
    ...(record === undefined || platforms === 0 ? {} : { size: Math.round(record.size / platforms) }),
    // One platform stands for all: its packages are the others' but for what was built again for one of them.
    changes: changes[0]?.changes ?? [],
  };
}
