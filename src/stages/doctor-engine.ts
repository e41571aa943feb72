import { Failure } from "../model/failure.js";
import { type Finding, findingsOf } from "../model/finding.js";
import type { Platform } from "../model/platform.js";
import { freeBytes } from "../ports/disk.js";
import { type Emulation, readEmulation } from "../ports/emulator.js";
import type { EngineName } from "../ports/engine.js";
import {
  type EngineAddress,
  type EngineHost,
  readBuilder,
  readEngineAddress,
  readEngineHost,
} from "../ports/engine-host.js";
import { createEngine } from "../ports/engines.js";

export interface EngineQuestion {
  readonly name: EngineName;
  /** Whether the user named it. */
  readonly named: boolean;
  readonly builder: string | undefined;
  /** Milliseconds for one answer of the engine's client. */
  readonly timeout: number;
  /** Those to build for that are not this machine's. */
  readonly foreign: readonly Platform[];
  /** Whether what is asked for needs them: else only a publication will. */
  readonly needsForeign: boolean;
  /** Bytes that a whole catalog takes; undefined where there is none, or it was never measured. */
  readonly needed: number | undefined;
}

const docs = "https://docs.docker.com/engine/install/";
const platformPackages = "apt-get install qemu-user-static binfmt-support";

/** Whether the engine answers, can build, and what of. All that it stands on is asked for only where it answers. */
export async function examineEngine(question: EngineQuestion): Promise<readonly Finding[]> {
  const { name, foreign } = question;
  const address = await attempt(() => readEngineAddress(name));
  const version = await attempt(() => createEngine(name).check());
  if (version instanceof Failure) return [await judgeSilent(version, address, question)];
  const where = address instanceof Failure || address.isLocal ? "" : ` at ${address.address}`;
  const answers = findingsOf("engine").ok(`${name} ${version} answers${where}`);
  const [builder, host] = await Promise.all([
    examineBuilder(question),
    attempt(() => readEngineHost(name, question.timeout)),
  ]);
  const isLocal = !(address instanceof Failure) && address.isLocal;
  const emulation = foreign.map((platform) =>
    judgeEmulation(platform, {
      ...question,
      built: builder.platforms,
      kernel: isLocal ? readEmulation(platform) : "none",
    }),
  );
  const onHost =
    host instanceof Failure
      ? [findingsOf("engine").fail(host.message, `${name} info says more`)]
      : await examineHost(host, { ...question, isLocal });
  return [answers, ...builder.findings, ...emulation, ...onHost];
}

async function judgeSilent(
  failure: Failure,
  address: EngineAddress | Failure,
  { name, named }: EngineQuestion,
): Promise<Finding> {
  const { fail } = findingsOf("engine");
  const other = named || name === "podman" ? undefined : await attempt(() => createEngine("podman").check());
  const advice = adviceFor(failure.message, name, address instanceof Failure ? undefined : address);
  const instead = typeof other === "string" ? `; or --engine podman: podman ${other} answers` : "";
  return fail(failure.message, advice + instead);
}

/** By what the engine's client says. */
export function adviceFor(message: string, name: EngineName, address: EngineAddress | undefined): string {
  const install = name === "podman" ? "apt-get install podman" : `install Docker with buildx: ${docs}`;
  if (/is not installed/.test(message)) return install;
  if (/has no buildx/.test(message)) return "apt-get install docker-buildx, or Docker's own docker-buildx-plugin";
  if (/may not open/.test(message)) return 'sudo usermod --append --groups docker "$USER", then log in again';
  if (address?.isLocal === false)
    return `start the engine at ${address.address}, or unset DOCKER_HOST and run docker context use default`;
  return name === "podman" ? "podman info says what is wrong" : "sudo systemctl start docker";
}

interface ExaminedBuilder {
  readonly findings: readonly Finding[];
  readonly platforms: readonly string[];
}

async function examineBuilder({ name, builder, timeout }: EngineQuestion): Promise<ExaminedBuilder> {
  if (name === "podman") return { findings: [], platforms: [] };
  const { ok, fail } = findingsOf("buildx");
  const read = await attempt(() => readBuilder(builder, timeout));
  if (read instanceof Failure)
    return { findings: [fail(read.message, "docker buildx ls lists the builders")], platforms: [] };
  const whose = builder === undefined ? "" : `, builder ${builder}`;
  return { findings: [ok(`buildx ${read.version}${whose}`)], platforms: read.platforms };
}

interface EmulationFacts extends Pick<EngineQuestion, "needsForeign"> {
  /** Platforms that the builder says it builds for. */
  readonly built: readonly string[];
  readonly kernel: Emulation;
}

/** BuildKit looks once, when it starts, so the kernel's own word counts as well. */
export function judgeEmulation(platform: Platform, { built, kernel, needsForeign }: EmulationFacts): Finding {
  const { ok, warn, fail } = findingsOf("emulation");
  if (built.includes(platform) || kernel === "everywhere") return ok(`programs for ${platform} run here`);
  const found =
    kernel === "outside"
      ? `programs for ${platform} run on this machine, but not in containers`
      : `programs for ${platform} do not run here`;
  const advice = `${platformPackages}, or name the platforms that you want with --platform`;
  return needsForeign ? fail(found, advice) : warn(`${found}: publish needs them`, advice);
}

interface HostFacts extends Pick<EngineQuestion, "name" | "needed"> {
  readonly isLocal: boolean;
}

async function examineHost(host: EngineHost, { name, needed, isLocal }: HostFacts): Promise<readonly Finding[]> {
  const known = isLocal
    ? await Promise.all(host.folders.map(async (folder) => ({ folder, free: await freeBytes(folder) })))
    : [];
  const [least] = known
    .flatMap(({ folder, free }) => (free === undefined ? [] : [{ folder, free }]))
    .sort((a, b) => a.free - b.free);
  return [
    ...(name === "docker" ? [judgeStore(host)] : []),
    ...(least === undefined ? [] : [judgeDisk(least, needed)]),
    judgeMemory(host),
  ];
}

export function judgeStore({ storesManifests }: Pick<EngineHost, "storesManifests">): Finding {
  const { ok, warn } = findingsOf("store");
  return storesManifests
    ? ok("the containerd image store: an image has the digest here that it has in a registry")
    : warn(
        "Docker's older image store: what is published has other digests than from a machine with the containerd image store",
        'write { "features": { "containerd-snapshotter": true } } into /etc/docker/daemon.json and restart Docker',
      );
}

/** No image is built in less, in bytes. */
const leastDisk = 2e9;
/** What one language takes with all that it is built on. */
const ofOneLanguage = 5e9;

export function judgeDisk(
  { folder, free }: { readonly folder: string; readonly free: number },
  needed: number | undefined,
): Finding {
  const { ok, warn, fail } = findingsOf("disk");
  const found = `${gigabytes(free)} free at ${folder}`;
  const advice = "docker system df says what takes the room, and docker builder prune frees what no image needs";
  if (free < leastDisk) return fail(`${found}: too little for any build`, advice);
  if (needed !== undefined && free < needed)
    return warn(`${found}: the whole catalog takes about ${gigabytes(needed)} where nothing of it is built`, advice);
  return needed === undefined && free < ofOneLanguage
    ? warn(`${found}: little for more than a language`, advice)
    : ok(found);
}

/** Bytes: a compiler that links a runtime takes more than this for itself. */
const leastMemory = 2e9;

export function judgeMemory({ memory, processors }: Pick<EngineHost, "memory" | "processors">): Finding {
  const { ok, warn } = findingsOf("memory");
  const found = `${gigabytes(memory)} for ${processors} ${processors === 1 ? "processor" : "processors"}`;
  return memory < leastMemory ? warn(found, "--jobs 1 builds one image at a time") : ok(found);
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

async function attempt<T>(act: () => Promise<T>): Promise<T | Failure> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}
