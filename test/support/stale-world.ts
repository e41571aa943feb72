import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Event } from "../../src/model/event.js";
import { hostPlatform } from "../../src/ports/host.js";
import { fetchPackages, pushDistribution } from "./distribution-image.js";
import { writeFiles } from "./folders.js";
import { type PackageRepository, startPackageRepository } from "./package-repository.js";
import { repository } from "./paths.js";
import { ingot, type ProgramResult } from "./program.js";
import { type RegistryServer, startRegistry } from "./registry-server.js";
import { removeNamespace } from "./require-engine.js";

export const namespace = "ingot-stale";
/** Each has a package of its own in runtime, another in dev, and each of these depends on one that no definition names. */
export const languages = ["alpha", "beta"] as const;

/** What `ingot stale --format json` says of an image. */
export interface ImageState {
  readonly id: string;
  readonly digest?: string;
  readonly action: "none" | "retag" | "rebuild";
  readonly reasons: readonly ({ readonly kind: string; readonly text: string } & Readonly<Record<string, unknown>>)[];
}

export interface StaleDocument {
  readonly images: readonly ImageState[];
  readonly unknown: readonly string[];
  readonly requests: number;
}

export interface UpStale extends ProgramResult {
  /** Ids of images that were built, sorted. */
  readonly built: readonly string[];
  /** What is printed for people. */
  readonly summary: string;
}

/** A catalog of two tiny languages on Debian 13, a registry that it is published to, and an archive of packages that it is made from. */
export interface StaleWorld {
  readonly registry: RegistryServer;
  readonly packages: PackageRepository;
  /** The catalog's folder. */
  readonly root: string;
  /** Runs `bin/ingot` on the catalog. */
  readonly ingot: (args: readonly string[]) => Promise<ProgramResult>;
  readonly stale: (...args: readonly string[]) => Promise<StaleDocument>;
  readonly upStale: (...args: readonly string[]) => Promise<UpStale>;
  /** Makes the distribution's image another one, under the same tag. */
  readonly moveDistribution: (stamp: string) => Promise<void>;
  /** Every tag but those for referrers: `alpha:1.0-trixie` → digest. */
  readonly tags: () => Promise<ReadonlyMap<string, string>>;
  /** As if somebody had deleted it, which registries let do by digest alone. */
  readonly dropTag: (language: string, tag: string) => void;
  /** As if somebody had pushed something else under a tag: what another tag of the repository is at. */
  readonly misplaceTag: (language: string, tag: string, at: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

const realPackages = ["libc6", "libc-bin", "ca-certificates", "tzdata", "busybox"];

const settings = (image: string, cycles: string): string => `namespace: ${namespace}
title: Two tiny languages
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

const definition = (name: string): string => `language: ${name}
summary: A language of one file
licence: MIT
homepage: https://example.org/${name}
lines:
  "1": { on: { trixie: {} } }
packages:
  debian: { version: ingot-${name}, runtime: [ingot-${name}], dev: [ingot-${name}-dev] }
runtime: { cmd: [sh] }
test:
  runtime: [{ run: [cat, /usr/share/ingot-${name}/version], prints: ingot-${name} 1. }]
`;

/** `1.0-1`, and all that depends on it. */
const offered = [
  { name: "ingot-tools", version: "1.0-1" },
  ...languages.flatMap((name) => [
    { name: `ingot-${name}`, version: "1.0-1", depends: `ingot-${name}-common` },
    { name: `ingot-${name}-common`, version: "1.0-1" },
    { name: `ingot-${name}-dev`, version: "1.0-1" },
  ]),
];

/** Starts one, with the catalog resolved and nothing built. Needs Docker and Debian's docker-registry. */
export async function startStaleWorld(): Promise<StaleWorld> {
  const folder = mkdtempSync(join(tmpdir(), "ingot-stale-"));
  const debs = join(folder, "debs");
  mkdirSync(debs);
  await fetchPackages(realPackages, debs);
  const registry = await startRegistry();
  const packages = await startPackageRepository(debs);
  packages.offer(...offered);
  const image = `${registry.host}/debian:trixie-slim`;
  const root = join(folder, "catalog");
  cpSync(join(repository, "templates"), join(root, "templates"), { recursive: true });
  const definitions = languages.map((name) => [`languages/${name}.yaml`, definition(name)] as const);
  writeFiles(root, {
    "catalog.yaml": settings(image, packages.cycles),
    "languages/base.yaml": base,
    ...Object.fromEntries(definitions),
  });
  const moveDistribution = (stamp: string): Promise<void> => pushDistribution(image, stamp, folder);
  await moveDistribution(`first ${registry.host}\n`);
  const stop = async (): Promise<void> => {
    packages.stop();
    await registry.stop();
    await removeNamespace(namespace);
    removeImages([
      `reference=${registry.host}/debian`,
      ...["base", ...languages].map((name) => `label=org.opencontainers.image.title=${namespace}/${name}`),
    ]);
    rmSync(folder, { recursive: true, force: true });
  };
  return {
    registry,
    packages,
    root,
    moveDistribution,
    stop,
    ...commandsOf(root, { registry, packages }),
    ...tagsOf(registry),
  };
}

/** Also those that newer builds took the references of. */
function removeImages(filters: readonly string[]): void {
  const docker = (...args: readonly string[]): string =>
    execFileSync("docker", args, { encoding: "utf8", stdio: "pipe" });
  const ids = filters.flatMap((filter) => docker("images", "--quiet", "--no-trunc", "--filter", filter).split("\n"));
  for (const id of new Set(ids.filter((each) => each !== ""))) docker("rmi", "--force", id);
}

function commandsOf(root: string, { registry, packages }: Pick<StaleWorld, "registry" | "packages">) {
  // Each command is run on the next day.
  let day = Date.parse("2026-01-10T12:00:00Z") / 1000;
  const run = (...args: readonly string[]): Promise<ProgramResult> => {
    day += 86_400;
    return ingot(root, args, { SOURCE_DATE_EPOCH: String(day) });
  };
  const where = ["--registry", `${registry.host}/acme`, "--mirror", `debian=${packages.url}`] as const;
  return {
    ingot: ([command = "", ...args]) => {
      const ofCommand = command === "resolve" ? where.slice(2) : command === "publish" ? where : [];
      return run(command, ...ofCommand, ...args);
    },
    stale: async (...args) => {
      const { stdout, stderr } = await run("stale", "--format", "json", ...where, ...args);
      if (stdout === "") throw new Error(stderr);
      return JSON.parse(stdout) as StaleDocument;
    },
    upStale: async (...args) => {
      const result = await run("up", "--stale", "--json", ...where, ...args);
      return { ...result, ...readOutput(result.stdout) };
    },
  } satisfies Partial<StaleWorld>;
}

/** Events are lines of JSON, before the summary. */
function readOutput(stdout: string): Pick<UpStale, "built" | "summary"> {
  const lines = stdout.split("\n");
  const isEvent = (line: string): boolean => line.startsWith("{");
  const events = lines.filter(isEvent).map((line) => JSON.parse(line) as Event);
  const built = events.flatMap((event) => (event.type === "built" ? [event.subject] : []));
  return { built: built.sort(), summary: lines.filter((line) => !isEvent(line)).join("\n") };
}

function tagsOf({ host, storage }: RegistryServer) {
  const repositories = ["base", ...languages];
  const accept = "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json";
  const urlOf = (name: string, tag: string): string => `http://${host}/v2/acme/${name}/manifests/${tag}`;
  const digestOf = async (name: string, tag: string): Promise<string> => {
    return (
      (await fetch(urlOf(name, tag), { method: "HEAD", headers: { accept } })).headers.get("docker-content-digest") ??
      ""
    );
  };
  return {
    tags: async () => {
      const found = new Map<string, string>();
      for (const name of repositories) {
        const response = await fetch(`http://${host}/v2/acme/${name}/tags/list`);
        const { tags } = (await response.json()) as { readonly tags: readonly string[] };
        for (const tag of tags.filter((each) => !/^sha256-/.test(each)))
          found.set(`${name}:${tag}`, await digestOf(name, tag));
      }
      return found;
    },
    dropTag: (language, tag) => {
      const folder = join(storage, "docker/registry/v2/repositories/acme", language, "_manifests/tags", tag);
      rmSync(folder, { recursive: true });
    },
    misplaceTag: async (language, tag, at) => {
      const manifest = await fetch(urlOf(language, at), { headers: { accept } });
      const headers = { "content-type": manifest.headers.get("content-type") ?? "" };
      const body = await manifest.text();
      const { status } = await fetch(urlOf(language, tag), { method: "PUT", headers, body });
      if (status !== 201) throw new Error(`the manifest was answered ${status}`);
    },
  } satisfies Partial<StaleWorld>;
}
