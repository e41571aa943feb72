import { z } from "zod";
import { Failure } from "../model/failure.js";
import { withoutLogins } from "../support/text.js";
import type { EngineName } from "./engine.js";
import { podmanEnvironment } from "./podman.js";
import { output } from "./process.js";

/** What an engine stands on: the machine that it is on, which need not be this one. */
export interface EngineHost {
  /** `26.1.5+dfsg1`; undefined where there is no server. */
  readonly version?: string;
  /** Whether images are kept with their manifests, whose digests then are their ids everywhere. */
  readonly storesManifests: boolean;
  /** Folders that may hold its layers, by their paths on its machine. */
  readonly folders: readonly string[];
  /** Bytes. */
  readonly memory: number;
  readonly processors: number;
}

/** Where the engine's client looks for it. */
export interface EngineAddress {
  /** `unix:///var/run/docker.sock`, `tcp://build.example.com:2376`; without a login. */
  readonly address: string;
  readonly isLocal: boolean;
}

const dockerInfo = z.object({
  ServerVersion: z.string().optional(),
  DockerRootDir: z.string(),
  DriverStatus: z.array(z.array(z.string())).nullish(),
  MemTotal: z.number(),
  NCPU: z.number(),
});
const podmanInfo = z.object({
  host: z.object({ memTotal: z.number(), cpus: z.number() }),
  store: z.object({ graphRoot: z.string() }),
});

/** Throws a Failure where the engine does not answer within so many milliseconds. */
export async function readEngineHost(name: EngineName, timeout: number): Promise<EngineHost> {
  if (name === "docker")
    return parseDockerInfo(await output("docker", ["info", "--format", "{{json .}}"], { timeout }));
  const options = { env: podmanEnvironment(), timeout };
  return parsePodmanInfo(await output("podman", ["info", "--format", "json"], options));
}

/** `docker info --format '{{json .}}'` */
export function parseDockerInfo(text: string): EngineHost {
  const { ServerVersion, DockerRootDir, DriverStatus, MemTotal, NCPU } = parse(dockerInfo, text, "docker");
  const storesManifests = (DriverStatus ?? []).flat().some((each) => each.startsWith("io.containerd.snapshotter"));
  return {
    ...(ServerVersion === undefined ? {} : { version: ServerVersion }),
    storesManifests,
    // A containerd that Docker did not start itself has a folder of its own.
    folders: storesManifests ? [DockerRootDir, "/var/lib/containerd"] : [DockerRootDir],
    memory: MemTotal,
    processors: NCPU,
  };
}

/** `podman info --format json` */
export function parsePodmanInfo(text: string): EngineHost {
  const { host, store } = parse(podmanInfo, text, "podman");
  return { storesManifests: true, folders: [store.graphRoot], memory: host.memTotal, processors: host.cpus };
}

function parse<T>(schema: z.ZodType<T>, text: string, name: EngineName): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new Failure(`${name} info did not say what it is expected to`);
  }
}

/** Docker's, which `DOCKER_HOST` or a context may say. Podman has no server. */
export async function readEngineAddress(name: EngineName): Promise<EngineAddress> {
  if (name === "podman") return { address: "podman", isLocal: true };
  const said = process.env["DOCKER_HOST"];
  const format = ["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"];
  const address = withoutLogins(said === undefined || said === "" ? (await output("docker", format)).trim() : said);
  return { address, isLocal: address.startsWith("unix://") };
}

/** What buildx, or one of its builders, says. */
export interface Builder {
  /** `0.13.1` */
  readonly version: string;
  /** `docker` for the engine's own. */
  readonly driver: string;
  /** Platforms that it says it builds for: `linux/amd64`. */
  readonly platforms: readonly string[];
}

/** Throws a Failure where there is no buildx, or no such builder, or one that does not answer within so many milliseconds. */
export async function readBuilder(name: string | undefined, timeout: number): Promise<Builder> {
  const version = await output("docker", ["buildx", "version"], { timeout });
  const inspected = await output("docker", ["buildx", "inspect", ...(name === undefined ? [] : [name])], { timeout });
  return {
    version: /\bv?(\d+\.\d+\.\d+\S*)/.exec(version)?.[1] ?? version.trim(),
    driver: /^Driver:\s*(\S+)$/m.exec(inspected)?.[1] ?? "",
    platforms: parsePlatforms(inspected),
  };
}

/** `Platforms: linux/amd64, linux/arm64*`, a line for each node of a builder; a star marks what somebody chose. */
export function parsePlatforms(text: string): readonly string[] {
  const lines = [...text.matchAll(/^\s*Platforms:\s*(.*)$/gm)].flatMap(([, list = ""]) => list.split(","));
  return [...new Set(lines.map((each) => each.trim().replace(/\*$/, "")).filter((each) => each !== ""))];
}
