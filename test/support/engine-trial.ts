import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { copyFileSync, createReadStream, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { extract } from "tar-stream";
import { Failure } from "../../src/model/failure.js";
import type { BuildRequest, Engine } from "../../src/ports/engine.js";
import type { EngineName } from "../../src/ports/engines.js";
import { writeFiles } from "./folders.js";

/** Of Debian's busybox-static: all that the images of a trial are made of, so that none needs a network. */
const busybox = "/bin/busybox";

const label = "engine-contract";

export interface TrialRequest extends Partial<BuildRequest> {
  /** Beside the Dockerfile, by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** What builds it: the trial's engine if not given. */
  readonly by?: Pick<Engine, "build">;
}

/** One run of the engines' contract: its images have names of their own, and what it made can be found again. */
export interface Trial {
  readonly name: EngineName;
  readonly engine: Engine;
  /** `docker.io/engine-contract/3f9a2c` */
  readonly repository: string;
  /** An image with busybox's commands, which a Dockerfile of the trial knows as `tools`. */
  readonly tools: string;
  /** A folder that goes with the trial. */
  readonly newFolder: () => string;
  /** `docker.io/engine-contract/3f9a2c:7` */
  readonly newReference: () => string;
  /** Builds a Dockerfile; the reference of the image. */
  readonly build: (dockerfile: readonly string[], request?: TrialRequest) => Promise<string>;
  /** Asks the engine's client without Ingot: its standard output. */
  readonly ask: (...args: readonly string[]) => string;
  /** Whether images are kept with their manifests, whose digests then are their ids: Docker's containerd image store. */
  readonly storesManifests: () => boolean;
  /** Ids of the containers of this trial's images, running or not. */
  readonly containers: () => readonly string[];
  readonly removeContainers: () => void;
  /** Removes all that the trial made. */
  readonly end: () => Promise<void>;
}

/** Whether this host can make the images of a trial: loudly not on a laptop, a failure where CI is set. */
export function requireBusybox(suite: Mocha.Context): void {
  if (existsSync(busybox)) return;
  if (process.env["CI"]) throw new Error(`${busybox} is not there`);
  console.warn(`SKIPPED: ${busybox} is not there (apt-get install busybox-static)`);
  suite.skip();
}

export function createTrial(name: EngineName, engine: Engine): Trial {
  const run = randomBytes(4).toString("hex");
  const repository = `docker.io/engine-contract/${run}`;
  const folder = mkdtempSync(join(tmpdir(), "ingot-engine-"));
  const tools = `${repository}:tools`;
  let references = 0;
  const newFolder = (): string => mkdtempSync(join(folder, "context-"));
  const newReference = (): string => `${repository}:${++references}`;
  const build = async (dockerfile: readonly string[], { files = {}, by = engine, ...request }: TrialRequest = {}) => {
    const context = newFolder();
    writeFiles(context, { ...files, Dockerfile: withLabel(dockerfile, run) });
    if (dockerfile.includes(copyBusybox)) copyFileSync(busybox, join(context, "busybox"));
    const { tags = [newReference()] } = request;
    await by.build({
      folder: context,
      buildArguments: {},
      labels: {},
      contexts: { tools },
      secrets: [],
      cache: true,
      ...request,
      tags,
    });
    return tags[0] ?? "";
  };
  const ask = (...args: readonly string[]): string =>
    execFileSync(name, args, { maxBuffer: 1 << 26, stdio: ["ignore", "pipe", "pipe"] }).toString();
  const storesManifests = () =>
    name === "docker" && ask("info", "--format", "{{.DriverStatus}}").includes("io.containerd.snapshotter");
  const found = (...args: readonly string[]): readonly string[] => {
    const ids = ask(...args, "--quiet", "--no-trunc", "--filter", `label=${label}=${run}`).split(/\s+/);
    return [...new Set(ids.filter((id) => id !== ""))];
  };
  const containers = () => found("ps", "--all");
  const removeContainers = () => {
    for (const container of containers()) ask("rm", "--force", container);
  };
  const end = async () => {
    removeContainers();
    await engine.untag([...(await engine.list(`${repository}*`)).keys()]);
    // Stages that Podman keeps for a next build have a label and no name.
    if (found("images", "--all").length > 0) ask("rmi", "--force", ...found("images", "--all"));
    rmSync(folder, { recursive: true, force: true });
  };
  return {
    name,
    engine,
    repository,
    tools,
    newFolder,
    newReference,
    build,
    ask,
    storesManifests,
    containers,
    removeContainers,
    end,
  };
}

const copyBusybox = "COPY busybox /bin/busybox";

/** FROM scratch, with a shell. */
export const toolsDockerfile = [
  "FROM scratch",
  copyBusybox,
  'RUN ["/bin/busybox", "--install", "-s", "/bin"]',
  "RUN mkdir -m 1777 /tmp",
];

/** What is FROM an image of the trial inherits the label. */
const withLabel = (dockerfile: readonly string[], run: string): string =>
  `${dockerfile.join("\n")}\n`.replaceAll(/^FROM scratch.*$/gm, `$&\nLABEL ${label}=${run}`);

/** The Failure that a promise must end in: a message of one line, and the last lines that the engine said. */
export async function failing(promise: Promise<unknown>): Promise<Failure> {
  const error: unknown = await promise.then(
    (value) => assert.fail(`it ended well, with ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof Failure)) throw error;
  assert.match(error.message, /^[^\p{Cc}\u2028\u2029]+$/u, "a message is one line");
  assert.ok(error.message.length < 500, error.message);
  for (const line of error.log) assert.doesNotMatch(line, /\n/);
  return error;
}

/** Whether a text is anywhere in an image: its config, its history, and each of its layers. */
export async function isInImage({ name, ask, newFolder }: Trial, reference: string, text: string): Promise<boolean> {
  const file = join(newFolder(), "image.tar");
  ask("save", ...(name === "podman" ? ["--quiet", "--format", "oci-archive"] : []), "--output", file, reference);
  const history = ask("history", "--no-trunc", reference);
  return history.includes(text) || (await blobsOf(file)).some((blob) => blob.includes(text));
}

async function blobsOf(file: string): Promise<readonly Buffer[]> {
  const blobs: Buffer[] = [];
  for await (const entry of createReadStream(file).pipe(extract())) {
    const blob = await buffer(entry);
    blobs.push(isCompressed(blob) ? gunzipSync(blob) : blob);
  }
  return blobs;
}

const isCompressed = (blob: Buffer): boolean => blob[0] === 0x1f && blob[1] === 0x8b;
