import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { extract } from "tar-stream";
import xz from "xz-decompress";
import type { Distribution } from "../model/catalog.js";
import { Failure } from "../model/failure.js";
import type { PackageVersion } from "../model/package.js";
import { comparePackageVersions } from "../model/package-order.js";
import { architectureOf, type Family, type Platform } from "../model/platform.js";
import { type Mirror, openMirror } from "./mirror.js";

/** What a distribution offers on a platform. */
export interface PackageIndex {
  /** The release's own version: `13.7`, `3.24.0`. */
  readonly version: string;
  readonly packages: ReadonlyMap<string, PackageVersion>;
}

/**
 * Reads a distribution's index from a mirror's URL, or a folder laid out like one. Throws a Failure where the mirror does
 * not answer, or what it answers is no index.
 */
export function readPackageIndex(
  distribution: Distribution,
  platform: Platform,
  location: string,
): Promise<PackageIndex> {
  return readers[distribution.family](distribution.branch, architectureOf(platform, distribution.family), location);
}

const readers: Record<Family, (branch: string, architecture: string, location: string) => Promise<PackageIndex>> = {
  alpine: readAlpine,
  debian: readDebian,
};

/** Debian keeps a suite's fixes beside it: those of a point release to come, and those for security, on their own mirror. */
async function readDebian(suite: string, architecture: string, location: string): Promise<PackageIndex> {
  const base = location.replace(/\/+$/, "");
  const mirror = openMirror(base);
  const main = await readSuite(mirror, suite, "main", architecture);
  if (main === undefined) throw new Failure(`${mirror.name} has no suite ${suite}`);
  const updates = await readSuite(mirror, `${suite}-updates`, "main", architecture);
  const security = await readSuite(openMirror(`${base}-security`), `${suite}-security`, "main", architecture);
  const packages = new Map(main.packages);
  for (const [name, version] of [...(updates?.packages ?? []), ...(security?.packages ?? [])])
    keepNewest(packages, "debian", name, version);
  return { version: main.version, packages };
}

async function readSuite(
  mirror: Mirror,
  suite: string,
  component: string,
  architecture: string,
): Promise<PackageIndex | undefined> {
  const release = (await mirror.get(`dists/${suite}/Release`))?.toString("utf8");
  if (release === undefined) return undefined;
  const { path, sha256 } = indexFile(release, `${component}/binary-${architecture}`, `${mirror.name}: ${suite}`);
  const bytes = await mirror.get(`dists/${suite}/${path}`);
  if (bytes === undefined) throw new Failure(`${mirror.name} has no ${path} for ${suite}`);
  // It tells a torn or mixed mirror; whether Debian signed it, a build checks.
  if (createHash("sha256").update(bytes).digest("hex") !== sha256)
    throw new Failure(`${mirror.name}: ${path} of ${suite} is not the one that its Release file lists`);
  const text = path.endsWith(".xz") ? await unxz(bytes, mirror.name) : gunzip(bytes, mirror.name).toString("utf8");
  return { version: field(release, "Version"), packages: parseStanzas(text, "Package: ", "Version: ", "debian") };
}

/** A suite's Release file lists `hash size path` under `SHA256:`; small suites have the index as xz alone. */
function indexFile(release: string, folder: string, where: string): { readonly path: string; readonly sha256: string } {
  for (const path of [`${folder}/Packages.xz`, `${folder}/Packages.gz`]) {
    const [, sha256] = new RegExp(`^ ([0-9a-f]{64}) +\\d+ ${path.replaceAll(".", "\\.")}$`, "m").exec(release) ?? [];
    if (sha256 !== undefined) return { path, sha256 };
  }
  throw new Failure(`${where} has no index of packages in ${folder}`);
}

async function unxz(bytes: Buffer, mirror: string): Promise<string> {
  try {
    return await new Response(new xz.XzReadableStream(new Blob([new Uint8Array(bytes)]).stream())).text();
  } catch {
    throw new Failure(`${mirror} offers an index that is not a whole xz file`);
  }
}

const field = (text: string, name: string): string => new RegExp(`^${name}: *(\\S+)`, "m").exec(text)?.[1] ?? "";

/** An Alpine branch has its packages in two repositories. Its own version is that of the package alpine-release. */
async function readAlpine(branch: string, architecture: string, location: string): Promise<PackageIndex> {
  const mirror = openMirror(location);
  const packages = new Map<string, PackageVersion>();
  for (const repository of ["main", "community"]) {
    const path = `${branch}/${repository}/${architecture}/APKINDEX.tar.gz`;
    const bytes = await mirror.get(path);
    if (bytes === undefined) throw new Failure(`${mirror.name} has no ${path}`);
    const index = await fileInTar(gunzip(bytes, mirror.name), "APKINDEX").catch(() => undefined);
    if (index === undefined) throw new Failure(`${mirror.name}: there is no APKINDEX in ${path}`);
    for (const [name, version] of parseStanzas(index, "P:", "V:", "alpine"))
      keepNewest(packages, "alpine", name, version);
  }
  return {
    version: (packages.get("alpine-release") ?? packages.get("alpine-base") ?? "").replace(/-r\d+$/, ""),
    packages,
  };
}

function gunzip(bytes: Buffer, mirror: string): Buffer {
  try {
    return gunzipSync(bytes);
  } catch {
    throw new Failure(`${mirror} offers an index that is not a whole gzip file`);
  }
}

/** Both families' indexes are stanzas of lines, a name before its version. */
function parseStanzas(text: string, nameKey: string, versionKey: string, family: Family): Map<string, PackageVersion> {
  const packages = new Map<string, PackageVersion>();
  let name: string | undefined;
  for (const line of text.split("\n")) {
    if (line.startsWith(nameKey)) name = line.slice(nameKey.length);
    else if (name !== undefined && line.startsWith(versionKey))
      keepNewest(packages, family, name, line.slice(versionKey.length));
  }
  return packages;
}

function keepNewest(
  packages: Map<string, PackageVersion>,
  family: Family,
  name: string,
  version: PackageVersion,
): void {
  const present = packages.get(name);
  if (present === undefined || comparePackageVersions(family, version, present) > 0) packages.set(name, version);
}

/** The text of a file of a tar archive; undefined where it has none of that name. */
async function fileInTar(tar: Buffer, name: string): Promise<string | undefined> {
  const archive = extract();
  archive.end(tar);
  for await (const entry of archive) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    if (entry.header.name === name) return Buffer.concat(chunks).toString("utf8");
  }
  return undefined;
}
