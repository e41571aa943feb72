import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../model/failure.js";
import { type Digest, parseDigest, type Tag } from "../model/reference.js";
import { registryUrl } from "./registry-address.js";
import { type BlobArrival, fetchBlob, hasBlob, putBlob } from "./registry-blobs.js";
import { type CredentialSource, storedCredentials } from "./registry-credentials.js";
import type { Descriptor, ImageConfig, Manifest, ManifestBytes, Referrer } from "./registry-manifest.js";
import { readConfig } from "./registry-manifest.js";
import { listReferrers, putReferrer } from "./registry-referrers.js";
import { openSession, type Session } from "./registry-session.js";
import type { BlobSource } from "./registry-source.js";
import { fetchDigest, fetchManifest, moveTag, putManifest, type TagMove } from "./registry-store.js";
import { listTags } from "./registry-tags.js";

export type { BlobArrival } from "./registry-blobs.js";
export type { Credential, CredentialSource } from "./registry-credentials.js";
export type { Annotations, Descriptor, ImageConfig, Manifest, ManifestBytes, Referrer } from "./registry-manifest.js";
export type { BlobSource } from "./registry-source.js";
export { blobOf } from "./registry-source.js";

/**
 * A registry that speaks the OCI distribution spec 1.0 or 1.1. Repositories are names such as `ingot/node`. Every method
 * throws a Failure whose message is one line that names the registry, the repository and the reason, and no secret.
 */
export interface Registry {
  /** `127.0.0.1:5000`, `docker.io` */
  readonly host: string;
  /** Whether it answers and lets this client in ("Determining Support"). */
  readonly check: () => Promise<void>;
  /** How many requests this client made so far. */
  readonly requests: () => number;
  /** A manifest or an index, with the digest of its bytes; undefined where there is none ("Pulling Manifests"). */
  readonly manifest: (repository: string, tagOrDigest: Tag | Digest) => Promise<Manifest | undefined>;
  /** What a tag points at, without fetching it where the registry says so; undefined where there is no such tag. */
  readonly digestOf: (repository: string, tag: Tag | Digest) => Promise<Digest | undefined>;
  /** Points a tag at a manifest whose blobs the repository has; by its digest, stores it untagged ("Pushing Manifests"). */
  readonly putManifest: (repository: string, tagOrDigest: Tag | Digest, manifest: ManifestBytes) => Promise<void>;
  /**
   * Points a tag at a manifest if it is where it was seen last (undefined: nowhere) as the request goes out; says whether it points at
   * the manifest now.
   */
  readonly moveTag: (repository: string, tag: Tag, move: TagMove) => Promise<boolean>;
  /** Sorted; none where there is no such repository ("Listing Tags"). */
  readonly tags: (repository: string) => Promise<readonly Tag[]>;
  /** The config of an image, by the digest that its manifest gives ("Pulling Blobs"). */
  readonly config: (repository: string, digest: Digest) => Promise<ImageConfig>;
  /** A blob whole, its digest checked; one with more bytes than the limit is refused ("Pulling Blobs"). */
  readonly blob: (repository: string, digest: Digest, limit: number) => Promise<Uint8Array>;
  /** Whether a repository has a blob ("Checking if Content Exists in the Registry"). */
  readonly hasBlob: (repository: string, digest: Digest) => Promise<boolean>;
  /**
   * Gives a repository a blob: from one of the repositories to mount from, where the registry does that, or as a stream that is sent
   * again from its start where it broke off ("Pushing Blobs"). Nothing is sent where the repository has it.
   */
  readonly putBlob: (repository: string, blob: BlobSource, mountFrom?: readonly string[]) => Promise<BlobArrival>;
  /**
   * The manifests that are attached to one, of an artifact type or all, sorted by digest ("Listing Referrers"). What they are said to
   * be is what somebody wrote: read them to know it.
   */
  readonly referrers: (repository: string, digest: Digest, artifactType?: string) => Promise<readonly Descriptor[]>;
  /** Attaches a manifest, whose blobs the repository has, to its subject ("Pushing Manifests with Subject"). */
  readonly putReferrer: (repository: string, manifest: Referrer) => Promise<void>;
}

export interface RegistryOptions {
  readonly host: string;
  /** Plain HTTP where true, HTTPS where false. Where it is not given, plain HTTP for a host on loopback only. */
  readonly plainHttp?: boolean;
  /** What `docker login` or `podman login` stored, where not given. */
  readonly credentials?: CredentialSource;
  readonly sleep?: (ms: number) => Promise<unknown>;
  readonly now?: () => number;
  /** Milliseconds for one request with its answer, and for each step of an upload; 30,000 where not given. */
  readonly timeout?: number;
  /** How many tags to ask for at a time. */
  readonly pageSize?: number;
}

/** Does something with a name of a repository, and says which where it fails: `cannot read 127.0.0.1:5000/ingot/node:24: …`. */
type At = <T>(verb: string, repository: string, name: Tag | Digest, work: () => Promise<T>) => Promise<T>;

/** A client of a registry; asks it nothing yet. Throws a Failure for a host that is none. */
export function createRegistry(options: RegistryOptions): Registry {
  const { host, pageSize = 1000 } = options;
  const session = sessionOf(options);
  const at: At = (verb, repository, name, work) =>
    session.during(`cannot ${verb} ${nameOf(host, repository, name)}`, work);
  return {
    host,
    requests: () => session.known.requests,
    check: () => session.during(`cannot use the registry ${host}`, () => check(session)),
    tags: (repository) =>
      session.during(`cannot list the tags of ${host}/${repository}`, () => listTags(session, repository, pageSize)),
    ...manifestsOf(session, at),
    ...blobsOf(session, at),
  };
}

function manifestsOf(session: Session, at: At) {
  return {
    manifest: (repository, name) => at("read", repository, name, () => fetchManifest(session, { repository, name })),
    digestOf: (repository, name) => at("read", repository, name, () => fetchDigest(session, { repository, name })),
    putManifest: (repository, name, manifest) =>
      at("write", repository, name, () => putManifest(session, { repository, name }, manifest).then(() => {})),
    moveTag: (repository, name, move) =>
      at("write", repository, name, () => moveTag(session, { repository, name }, move)),
    referrers: (repository, digest, artifactType) =>
      at("list what is attached to", repository, digest, () =>
        listReferrers(session, repository, digest, artifactType),
      ),
    putReferrer: (repository, manifest) =>
      at("attach", repository, manifest.digest, () => putReferrer(session, repository, manifest)),
  } satisfies Partial<Registry>;
}

function blobsOf(session: Session, at: At) {
  return {
    config: (repository, digest) =>
      at("read", repository, digest, async () => readConfig(await fetchBlob(session, repository, digest))),
    blob: (repository, digest, limit) =>
      at("read", repository, digest, () => fetchBlob(session, repository, digest, limit)),
    hasBlob: (repository, digest) => at("look for", repository, digest, () => hasBlob(session, repository, digest)),
    putBlob: (repository, blob, mountFrom) =>
      at("upload", repository, blob.digest, () => putBlob(session, repository, blob, mountFrom)),
  } satisfies Partial<Registry>;
}

/** Of a registry as this client is logged in to it; asks nothing yet. */
export function sessionOf(options: RegistryOptions): Session {
  const { host, plainHttp, credentials = storedCredentials(), timeout = 30_000, now = Date.now } = options;
  const pace = { sleep: options.sleep ?? sleep, now, timeout };
  return openSession({ host, base: registryUrl(host, plainHttp), credentials, pace });
}

/** `127.0.0.1:5000/ingot/node:24` */
export const nameOf = (host: string, repository: string, name: Tag | Digest): string =>
  `${host}/${repository}${parseDigest(name) === undefined ? ":" : "@"}${name}`;

async function check(session: Session): Promise<void> {
  const answer = await session.ask({ method: "GET", path: "/v2/", scope: "", also: [404] });
  if (answer.status === 404) throw new Failure("it does not speak the protocol of registries");
}
