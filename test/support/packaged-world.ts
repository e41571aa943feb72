import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostPlatform } from "../../src/ports/host.js";
import { fetchPackages, pushDistribution } from "./distribution-image.js";
import { writeFiles } from "./folders.js";
import { type PackageRepository, startPackageRepository, type TinyPackage } from "./package-repository.js";
import { repository } from "./paths.js";
import { type RegistryServer, startRegistry } from "./registry-server.js";
import { removeNamespace } from "./require-engine.js";

/** A catalog on Debian 13, and an archive of packages that it is made from. */
export interface PackagedWorld {
  /** Has the distribution's image; catalogs may be published to it as well. */
  readonly registry: RegistryServer;
  readonly packages: PackageRepository;
  /** The catalog's folder. */
  readonly root: string;
  /** Makes the distribution's image another one, under the same tag. */
  readonly moveDistribution: (stamp: string) => Promise<void>;
  /** Removes from the engine all that was built of the catalog, and pulled for it, as if this were another machine. */
  readonly forget: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface Packaged {
  readonly namespace: string;
  /** What their definitions are, by name; base is one more. */
  readonly languages: Readonly<Record<string, string>>;
  readonly offered: readonly TinyPackage[];
}

const realPackages = ["libc6", "libc-bin", "ca-certificates", "tzdata", "busybox"];

const settings = (namespace: string, image: string, cycles: string): string => `namespace: ${namespace}
title: Tiny languages
base: base
user: 65532
platforms: [${hostPlatform}]
distributions:
  trixie: { family: debian, release: "13", branch: trixie, image: "${image}" }
prefer: [trixie]
floating: { debian: trixie }
cycles: ${cycles}
quickstart: ["base"]
`;

const base = `language: base
summary: What everything else stands on
licence: MIT
homepage: https://example.org/base
lines:
  "13": { on: { trixie: {} } }
packages:
  debian: { runtime: [${realPackages.join(", ")}], dev: [ingot-tools] }
runtime: { env: { LANG: C.UTF-8 }, cmd: [sh] }
dev: { files: [microroot, microroot.rules] }
`;

/** Starts one, with nothing resolved and nothing built. Needs Docker and Debian's docker-registry. */
export async function startPackagedWorld({ namespace, languages, offered }: Packaged): Promise<PackagedWorld> {
  const folder = mkdtempSync(join(tmpdir(), "ingot-packaged-"));
  const debs = join(folder, "debs");
  mkdirSync(debs);
  await fetchPackages(realPackages, debs);
  const registry = await startRegistry();
  const packages = await startPackageRepository(debs);
  packages.offer({ name: "ingot-tools", version: "1.0-1" }, ...offered);
  const image = `${registry.host}/debian:trixie-slim`;
  const root = join(folder, "catalog");
  cpSync(join(repository, "templates"), join(root, "templates"), { recursive: true });
  const definitions = Object.entries(languages).map(([name, text]) => [`languages/${name}.yaml`, text] as const);
  writeFiles(root, {
    "catalog.yaml": settings(namespace, image, packages.cycles),
    "languages/base.yaml": base,
    ...Object.fromEntries(definitions),
  });
  const moveDistribution = (stamp: string): Promise<void> => pushDistribution(image, stamp, folder);
  await moveDistribution(`first ${registry.host}\n`);
  const forget = async (): Promise<void> => {
    await removeNamespace(namespace);
    removeImages([
      `reference=${registry.host}/debian`,
      ...["base", ...Object.keys(languages)].map((name) => `label=org.opencontainers.image.title=${namespace}/${name}`),
    ]);
  };
  const stop = async (): Promise<void> => {
    packages.stop();
    await registry.stop();
    await forget();
    rmSync(folder, { recursive: true, force: true });
  };
  return { registry, packages, root, moveDistribution, forget, stop };
}

/** Also those that newer builds took the references of. */
function removeImages(filters: readonly string[]): void {
  const docker = (...args: readonly string[]): string =>
    execFileSync("docker", args, { encoding: "utf8", stdio: "pipe" });
  const ids = filters.flatMap((filter) => docker("images", "--quiet", "--no-trunc", "--filter", filter).split("\n"));
  for (const id of new Set(ids.filter((each) => each !== ""))) docker("rmi", "--force", id);
}
