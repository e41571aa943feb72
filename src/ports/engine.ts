import type { Platform } from "../model/platform.js";
import type { Digest } from "../model/reference.js";

export const engineNames = ["docker", "podman"] as const;
export type EngineName = (typeof engineNames)[number];

/** What an engine knows of a local image. */
export interface EngineImage {
  /**
   * Tells one content from another, on one engine: the digest of the config, but in Docker's containerd image store that of the manifest,
   * or of the index that names it. Which digest the manifest has everywhere is in its content.
   */
  readonly id: Digest;
  readonly labels: Readonly<Record<string, string>>;
  /** `65532:65532` as in the config; empty for root. */
  readonly user: string;
  /** Bytes of all layers, uncompressed, as they lie on the engine's disk. */
  readonly size: number;
}

/** A file that a build may read while it runs, and that is in no layer: where packages come from. */
export interface BuildSecret {
  readonly id: string;
  readonly file: string;
}

export interface BuildRequest {
  /** The folder whose `Dockerfile` is built, and that is its build context. */
  readonly folder: string;
  /** Local references to give the result, with registry: `docker.io/ingot/node:24`. */
  readonly tags: readonly string[];
  readonly platform?: Platform;
  readonly buildArguments: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** The name that a FROM or a mount uses → the local reference that it stands for, or a folder, by its absolute path. */
  readonly contexts: Readonly<Record<string, string>>;
  readonly secrets: readonly BuildSecret[];
  /** Whether earlier results may be used. */
  readonly cache: boolean;
  /** Whether the result is read soon: an engine that can then writes it as a layout as well. */
  readonly keep?: boolean;
  /**
   * For an engine that writes layouts: a folder to write the image to as well, as an OCI image layout. Blobs that have a
   * file there already, whatever is in it, are not written.
   */
  readonly layout?: string;
  /** Hears each line that the build says. */
  readonly onLine?: (line: string) => void;
}

export type Network = "none" | "bridge" | "host";

/** Milliseconds that a command has where nothing else is said. */
export const runLimit = 60_000;

/** One command in a new container, which is removed afterwards. */
export interface RunRequest {
  readonly image: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Overrides the image's user. */
  readonly user?: string;
  /** None if not given. `host` is the network of the engine's machine, where a test's own server listens. */
  readonly network?: Network;
  /** With no more rights than a careful cluster gives: see ServeRequest. */
  readonly confined?: boolean;
  /** Milliseconds; `runLimit` if not given. */
  readonly timeout?: number;
  /** That of the image, where it is not this machine's. */
  readonly platform?: Platform;
}

export interface RunResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ServeRequest {
  readonly image: string;
  /** The port in the container. */
  readonly port: number;
  readonly env?: Readonly<Record<string, string>>;
  /** A root file system that cannot be written, no capability, and no way to get one. */
  readonly confined?: boolean;
  /** That of the image, where it is not this machine's. */
  readonly platform?: Platform;
}

/** A container that serves a port, started from an image's own command. */
export interface Service {
  /** `http://127.0.0.1:49153` */
  readonly url: string;
  /** How many times as long as on its own machine it may take to start: more than 1 under emulation. */
  readonly patience: number;
  readonly logs: () => Promise<string>;
  /** Sends SIGTERM, waits for 10 seconds, kills what is left, and removes the container. To be called once. */
  readonly stop: () => Promise<Stopped>;
}

/** How a service ended. */
export interface Stopped {
  /** Whether it still ran when it was told to end. */
  readonly ran: boolean;
  readonly exitCode: number;
  /** Milliseconds from SIGTERM to its end. */
  readonly ms: number;
}

/**
 * A container engine. Every method throws a Failure whose message is one line with the engine's own reason.
 * Containers and images that are made carry the labels they are given, so that they can be found again.
 */
export interface Engine {
  readonly name: "docker" | "podman";
  /** Its version; a Failure that says what to do where it does not answer. */
  readonly check: () => Promise<string>;
  /**
   * Begins to ask whether it answers and, where that helps, for all names that it has: `check`, `inspect` and `list` make do
   * with that, until something is changed here. Never fails.
   */
  readonly lookAhead?: () => void;
  /** Those of the references that are local images. */
  readonly inspect: (references: readonly string[]) => Promise<ReadonlyMap<string, EngineImage>>;
  /** Local references that match a pattern of the engine's (`localhost/ingot-tested/*`) → the id of their image. */
  readonly list: (pattern: string) => Promise<ReadonlyMap<string, Digest>>;
  /** Builds an image and gives it its tags only when all of it is there. */
  readonly build: (request: BuildRequest) => Promise<EngineImage>;
  /** Whether a build can write a layout beside the engine's own store, with the digests that the image has there. */
  readonly writesLayouts?: () => Promise<boolean>;
  /** Gives an image another local reference. */
  readonly tag: (source: string, target: string) => Promise<void>;
  /** Removes local references; an image too whose last it was. */
  readonly untag: (references: readonly string[]) => Promise<void>;
  /** Gets an image from its registry, for this machine's platform where none is given. */
  readonly pull: (reference: string, platform?: Platform) => Promise<void>;
  readonly run: (request: RunRequest) => Promise<RunResult>;
  /** Starts an image's own command with one of its ports published on loopback. */
  readonly serve: (request: ServeRequest) => Promise<Service>;
  /** Writes a local image to a path where nothing is: an OCI image layout, as a tar file or as a folder. */
  readonly save: (image: string, path: string) => Promise<void>;
}
