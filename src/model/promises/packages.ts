import type { Breach, ContentPromise, Subject } from "../promise.js";
import { always, isDev, isRuntime } from "../promise.js";

/** What the package database says of an image, and what its layers do. */
export const packages: readonly ContentPromise[] = [
  {
    id: "package-database",
    summary:
      "the package database that vulnerability scanners read lists packages that are in the image, and no others",
    holdsFor: always,
    breaches: databaseBreaches,
  },
  {
    id: "stray-file",
    summary: "every file belongs to a package that the database lists or to an artifact, or is one of a short list",
    holdsFor: isRuntime,
    breaches: strayFiles,
  },
  {
    id: "nothing-twice",
    summary: "a layer holds nothing that the layers below have",
    holdsFor: isRuntime,
    breaches: ({ content: { layers } }) =>
      layers.flatMap(({ repeated }) =>
        repeated.map((about) => ({ about, message: "is in a layer below, and the same" })),
      ),
  },
  {
    id: "same-versions",
    summary: "dev has every package of runtime, at the same version",
    holdsFor: isDev,
    breaches: versionBreaches,
  },
];

function databaseBreaches({ database, variant }: Subject): readonly Breach[] {
  if (database === undefined || database.packages.length === 0)
    return [{ about: "the package database", message: "is missing, or empty" }];
  // A package manager's own database also lists packages that hold nothing.
  if (variant === "dev") return [];
  return database.packages
    .filter(({ files }) => files.length === 0)
    .map(({ name }) => ({ about: name, message: "is listed, and none of its files is there" }));
}

function strayFiles({ content, database, isGenerated, isArtifacts }: Subject): readonly Breach[] {
  const owned = new Set(database?.packages.flatMap(({ files }) => files));
  return [...content.entries.values()]
    .filter(({ type }) => type === "file" || type === "link")
    .filter(({ path }) => !owned.has(path) && !isGenerated(path) && !isArtifacts(path))
    .map(({ path }) => ({
      about: path,
      message: "belongs to no package, no artifact, and no list of what is generated",
    }));
}

function versionBreaches({ database, runtime }: Subject): readonly Breach[] {
  const versions = new Map(database?.packages.map(({ name, version }) => [name, version]));
  return (runtime?.packages ?? []).flatMap(({ name, version }) => {
    const own = versions.get(name);
    if (own === version) return [];
    return [{ about: name, message: own === undefined ? "is missing" : `is ${own} here and ${version} in runtime` }];
  });
}
