import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Event } from "../../src/model/event.js";
import { type PackagedWorld, startPackagedWorld } from "./packaged-world.js";
import { ingot, type ProgramResult } from "./program.js";
import type { RegistryServer } from "./registry-server.js";

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
  /** What is written for people. */
  readonly summary: string;
}

/** A catalog of two tiny languages, and the registry that it is published to. */
export interface StaleWorld extends PackagedWorld {
  /** Runs `bin/ingot` on the catalog. */
  readonly ingot: (args: readonly string[]) => Promise<ProgramResult>;
  readonly stale: (...args: readonly string[]) => Promise<StaleDocument>;
  readonly upStale: (...args: readonly string[]) => Promise<UpStale>;
  /** Every tag but those for referrers: `alpha:1.0-trixie` → digest. */
  readonly tags: () => Promise<ReadonlyMap<string, string>>;
  /** As if somebody had deleted it, which registries let do by digest alone. */
  readonly dropTag: (language: string, tag: string) => void;
  /** As if nothing of it had ever been published. */
  readonly dropRepository: (language: string) => void;
  /** As if somebody had pushed something else under a tag: what another tag of the repository is at. */
  readonly misplaceTag: (language: string, tag: string, at: string) => Promise<void>;
}

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
  ...languages.flatMap((name) => [
    { name: `ingot-${name}`, version: "1.0-1", depends: `ingot-${name}-common` },
    { name: `ingot-${name}-common`, version: "1.0-1" },
    { name: `ingot-${name}-dev`, version: "1.0-1" },
  ]),
];

/** Starts one, with the catalog resolved and nothing built. Needs Docker and Debian's docker-registry. */
export async function startStaleWorld(): Promise<StaleWorld> {
  const definitions = Object.fromEntries(languages.map((name) => [name, definition(name)]));
  const world = await startPackagedWorld({ namespace, languages: definitions, offered });
  return { ...world, ...commandsOf(world), ...tagsOf(world.registry) };
}

function commandsOf({ root, registry, packages }: PackagedWorld) {
  // Each command is run on the next day.
  let day = Date.parse("2026-01-10T12:00:00Z") / 1000;
  const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<ProgramResult> => {
    day += 86_400;
    return ingot(root, args, { ...env, SOURCE_DATE_EPOCH: String(day) });
  };
  const where = ["--registry", `${registry.host}/acme`, "--mirror", `debian=${packages.url}`] as const;
  return {
    ingot: ([command = "", ...args]) => {
      const ofCommand = command === "resolve" ? where.slice(2) : command === "publish" ? where : [];
      return run([command, ...ofCommand, ...args]);
    },
    stale: async (...args) => {
      const { stdout, stderr } = await run(["stale", "--format", "json", ...where, ...args]);
      if (stdout === "") throw new Error(stderr);
      return JSON.parse(stdout) as StaleDocument;
    },
    upStale: async (...args) => {
      const file = join(root, "summary.md");
      rmSync(file, { force: true });
      const result = await run(["up", "--stale", "--json", ...where, ...args], { GITHUB_STEP_SUMMARY: file });
      return { ...result, built: builtIn(result.stdout), summary: readFileSync(file, "utf8").trimEnd() };
    },
  } satisfies Partial<StaleWorld>;
}

/** All of it is lines of JSON, to the end. */
function builtIn(stdout: string): readonly string[] {
  const events = stdout.split("\n").map((line) => JSON.parse(line) as Event);
  return events.flatMap((event) => (event.type === "built" ? [event.subject] : [])).sort();
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
    dropRepository: (language) => {
      rmSync(join(storage, "docker/registry/v2/repositories/acme", language), { recursive: true });
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
