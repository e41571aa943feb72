import { isAbsolute } from "node:path";
import type { Platform } from "../model/platform.js";
import type { BuildRequest, RunRequest, ServeRequest } from "./engine.js";
import { shortReference, wholeReference } from "./engine-references.js";

/** What differs between the command lines of the engines. Both clients are started by their name. */
export interface Dialect {
  readonly name: "docker" | "podman";
  /** The words that build: `buildx build`. */
  readonly build: readonly string[];
  /** Of every build: what makes its result depend on nothing but the request. */
  readonly buildOptions: (request: BuildRequest) => readonly string[];
  /** Of a build that writes a layout to this folder too. */
  readonly layoutOptions?: (folder: string) => readonly string[];
  /** Whether its builds may use earlier results. */
  readonly caches: boolean;
  /** Of every new container. */
  readonly containerOptions: readonly string[];
  /** Of a container whose root file system may not be written. */
  readonly readOnlyOptions: readonly string[];
  /** The words that write an image to a file, which follows. */
  readonly save: readonly string[];
  /** Ends a container at once and removes it. */
  readonly remove: readonly string[];
  /** A reference in the form that the engine takes for what it says. */
  readonly reference: (reference: string) => string;
  /** The names under which a build must know a context so that every spelling of a FROM finds it. */
  readonly contextNames: (name: string) => readonly string[];
}

/** Made by a run, a service or an export: what has it and is left over may be removed. */
const testLabel = "ingot.test=true";

export function buildArguments(dialect: Dialect, request: BuildRequest): readonly string[] {
  return [
    ...dialect.build,
    ...dialect.buildOptions(request),
    ...(request.layout === undefined ? [] : (dialect.layoutOptions?.(request.layout) ?? [])),
    ...platformArguments(request.platform),
    ...(request.cache && dialect.caches ? [] : ["--no-cache"]),
    ...pairs("--build-arg", request.buildArguments),
    ...pairs("--label", request.labels),
    ...contextArguments(dialect, request.contexts),
    ...request.secrets.flatMap(({ id, file }) => ["--secret", `id=${id},src=${file}`]),
    ...request.tags.flatMap((tag) => ["--tag", dialect.reference(tag)]),
    request.folder,
  ];
}

export function platformArguments(platform: Platform | undefined): readonly string[] {
  return platform === undefined ? [] : ["--platform", platform];
}

function contextArguments(dialect: Dialect, contexts: Readonly<Record<string, string>>): readonly string[] {
  const named = Object.entries(contexts).flatMap(([name, image]) =>
    dialect
      .contextNames(name)
      .map((each) => [each, isAbsolute(image) ? image : `docker-image://${dialect.reference(image)}`] as const),
  );
  return pairs("--build-context", Object.fromEntries(named));
}

export function saveArguments(dialect: Dialect, image: string, file: string): readonly string[] {
  return [...dialect.save, file, dialect.reference(image)];
}

export function runArguments(dialect: Dialect, request: RunRequest, name: string): readonly string[] {
  return [
    "run",
    "--rm",
    ...containerArguments(dialect, name, request),
    "--network",
    request.network ?? "none",
    ...(request.user === undefined ? [] : ["--user", request.user]),
    ...confinement(dialect, request),
    dialect.reference(request.image),
    ...request.command,
  ];
}

/** Without `--rm`: how the container ended, and what it said, is asked afterwards. */
export function serveArguments(dialect: Dialect, request: ServeRequest, name: string): readonly string[] {
  return [
    "run",
    "--detach",
    ...containerArguments(dialect, name, request),
    ...confinement(dialect, request),
    "--publish",
    `127.0.0.1::${request.port}`,
    dialect.reference(request.image),
  ];
}

function confinement(dialect: Dialect, { confined }: Pick<RunRequest, "confined">): readonly string[] {
  if (confined !== true) return [];
  return [...dialect.readOnlyOptions, "--cap-drop", "ALL", "--security-opt", "no-new-privileges"];
}

function containerArguments(
  dialect: Dialect,
  name: string,
  { env = {}, platform }: Pick<RunRequest, "env" | "platform">,
): readonly string[] {
  const options = [...platformArguments(platform), ...dialect.containerOptions, ...pairs("--env", env)];
  return ["--pull", "never", "--name", name, "--label", testLabel, ...options];
}

/**
 * A JSON array of those images that are there; the others are named on standard error. Without a format: Podman would answer
 * `{{json .}}` with an array as well, and not with a line for each image.
 */
export function inspectArguments(dialect: Dialect, references: readonly string[]): readonly string[] {
  return ["image", "inspect", ...references.map(dialect.reference)];
}

/** A line `docker.io/ingot/node:24 sha256:…` for each local reference, or each under a pattern. */
export function listArguments(dialect: Dialect, pattern?: string): readonly string[] {
  const filter = pattern === undefined ? [] : ["--filter", `reference=${dialect.reference(pattern)}`];
  return ["image", "ls", "--no-trunc", ...filter, "--format", "{{.Repository}}:{{.Tag}} {{.ID}}"];
}

/** Sorted, so that the same request is always the same command. */
function pairs(option: string, values: Readonly<Record<string, string>>): readonly string[] {
  return Object.keys(values)
    .sort()
    .flatMap((key) => [option, `${key}=${values[key]}`]);
}

export const dockerDialect: Dialect = {
  name: "docker",
  build: ["buildx", "build"],
  // Into the engine's own store, with OCI's media types and not Docker's older ones.
  // Attestations would wrap the image in an index whose digest differs from build to build.
  buildOptions: () => [
    "--output",
    "type=docker,oci-mediatypes=true",
    "--provenance=false",
    "--sbom=false",
    "--progress=plain",
  ],
  // A list in the form of CSV, in which a path may hold anything.
  layoutOptions: (folder) => ["--output", `type=oci,tar=false,"dest=${folder.replaceAll('"', '""')}"`],
  caches: true,
  // What an attached container says need not be kept by the daemon as well.
  containerOptions: [],
  readOnlyOptions: ["--read-only"],
  save: ["image", "save", "--output"],
  remove: ["rm", "--force"],
  reference: shortReference,
  contextNames: (name) => [name],
};

/**
 * Podman adds to images and containers what Docker does not: a label with its version, the present time in every layer, an entry
 * in /etc/passwd, writable temporary folders in a read-only container. All of it is turned off.
 */
export const podmanDialect: Dialect = {
  name: "podman",
  build: ["build"],
  buildOptions: ({ buildArguments: { SOURCE_DATE_EPOCH: epoch } }) => [
    "--identity-label=false",
    // Images that are here are used as they are; others are pulled.
    "--pull=false",
    ...(epoch === undefined ? [] : ["--timestamp", epoch]),
  ],
  // Buildah 1.28 would take an earlier result of a command although what it reads by a mount has changed. `--layers=false` is no way
  // out: it then removes the local image that an earlier stage is only FROM. So Podman keeps a nameless image for each earlier stage.
  caches: false,
  containerOptions: ["--passwd=false"],
  readOnlyOptions: ["--read-only", "--read-only-tmpfs=false"],
  save: ["image", "save", "--quiet", "--format", "oci-archive", "--output"],
  remove: ["rm", "--force", "--time", "0"],
  reference: wholeReference,
  // Buildah compares the texts of names: `ingot/base:trixie` is not `docker.io/ingot/base:trixie`.
  contextNames: (name) => [...new Set([name, shortReference(name), wholeReference(name)])],
};
