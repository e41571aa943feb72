import { type CatalogBuild, type Language, languages, rankLabel, sharedTags, tagFor } from "./publish-world.js";
import { lostBetween, type RegistryState } from "./registry-reader.js";

const variants = ["runtime", "dev"] as const;
const documents = ["application/spdx+json", "application/vnd.ingot.changes.v1+json"] as const;
const uniqueTag = /:\d.*-\d{8}(\.\d+)?$/;

/**
 * What is wrong at a moment, whatever happened before. Of each pair the tags that are shared by versions go up in one order,
 * `1.0`, `1.0-dev`, `1`, `1-dev`: none is at a later build than the one before it, so that no wider tag is newer than a narrower
 * one, and no dev image newer than its runtime image. What one of them is at has all else that is published of a pair:
 * the tags of the whole version of both variants, a unique tag for each image, its bill of materials and what changed.
 */
export function mistakesIn(state: RegistryState, path: string, builds: readonly CatalogBuild[]): readonly string[] {
  return [
    ...state.problems,
    ...languages.flatMap((language) => [
      ...disorder(state, `${path}/${language}`),
      ...builds.flatMap((build) => unfinished(state, `${path}/${language}`, build)),
    ]),
  ];
}

/** Also what is wrong by comparison with an earlier state: what is lost, unique tags that moved, tags that went back. */
export async function mistakesSince(
  before: RegistryState,
  state: RegistryState,
  { path, builds }: { readonly path: string; readonly builds: readonly CatalogBuild[] },
): Promise<readonly string[]> {
  const moved = [...before.tags].filter(([tag, digest]) => uniqueTag.test(tag) && state.tags.get(tag) !== digest);
  const back = [...before.tags.keys()].filter((tag) => rankAt(state, tag) < rankAt(before, tag));
  return [
    ...mistakesIn(state, path, builds),
    ...(await lostBetween(before, state)),
    ...moved.map(([tag]) => `${tag} is unique and was moved`),
    ...back.map((tag) => `${tag} went back from ${rankAt(before, tag)} to ${rankAt(state, tag)}`),
  ];
}

/** What a whole publication of a build lacks. */
export function missingOf(
  state: RegistryState,
  path: string,
  build: CatalogBuild,
  of: readonly Language[] = languages,
): readonly string[] {
  const missing = of.flatMap((language) =>
    variants.flatMap((variant) =>
      [build.version, ...sharedTags]
        .map((name) => `${path}/${language}:${tagFor(name, variant)}`)
        .filter((tag) => rankAt(state, tag) !== build.rank)
        .map((tag) => `${tag} is at ${rankAt(state, tag)} and not at ${build.rank}`),
    ),
  );
  return [...missing, ...of.flatMap((language) => unfinished(state, `${path}/${language}`, build))];
}

function disorder(state: RegistryState, repository: string): readonly string[] {
  const order = sharedTags.flatMap((name) => variants.map((variant) => `${repository}:${tagFor(name, variant)}`));
  return order.flatMap((tag, index) => {
    const before = order[index - 1];
    if (before === undefined || rankAt(state, tag) <= rankAt(state, before)) return [];
    return [`${tag} is at ${rankAt(state, tag)}, and ${before} at ${rankAt(state, before)}`];
  });
}

/** What a build lacks that any of its shared tags is at. */
function unfinished(state: RegistryState, repository: string, build: CatalogBuild): readonly string[] {
  const shared = sharedTags.flatMap((name) => variants.map((variant) => `${repository}:${tagFor(name, variant)}`));
  if (!shared.some((tag) => rankAt(state, tag) === build.rank)) return [];
  return variants.flatMap((variant) => {
    const narrowest = `${repository}:${tagFor(build.version, variant)}`;
    const uniques = [...state.tags].filter(
      ([tag]) =>
        tag.startsWith(`${narrowest}-`) &&
        /^\d{8}(\.\d+)?$/.test(tag.slice(narrowest.length + 1)) &&
        rankAt(state, tag) === build.rank,
    );
    const [, digest] = uniques[0] ?? [];
    return [
      ...(rankAt(state, narrowest) < build.rank ? [`${narrowest} is not at ${build.rank}, and wider tags are`] : []),
      ...(uniques.length === 1 ? [] : [`${narrowest} at ${build.rank} has ${uniques.length} unique tags`]),
      ...(digest === undefined || hasDocument(state, repository, digest) ? [] : [`${narrowest} has no documents`]),
    ];
  });
}

/** Attached to a manifest, or to each that an index names. */
function hasDocument(state: RegistryState, repository: string, digest: string): boolean {
  const parts = state.manifests.get(`${repository}@${digest}`)?.children ?? [];
  return (parts.length === 0 ? [digest] : parts).every((each) =>
    documents.every((type) => state.attached.get(`${repository}@${each}`)?.includes(type)),
  );
}

/** Of the build that a tag is at; 0 where there is no such tag. */
export function rankAt(state: RegistryState, tag: string): number {
  const repository = tag.slice(0, tag.lastIndexOf(":"));
  const labels = state.manifests.get(`${repository}@${state.tags.get(tag)}`)?.labels;
  return Number(labels?.[rankLabel] ?? 0);
}
