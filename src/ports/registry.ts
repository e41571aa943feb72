import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../model/failure.js";
import { type Digest, parseDigest, type Tag } from "../model/reference.js";
import { pathOf, registryUrl, scopeOf } from "./registry-address.js";
import { type CredentialSource, storedCredentials } from "./registry-credentials.js";
import type { HttpAnswer } from "./registry-http.js";
import type { ImageConfig, Manifest } from "./registry-manifest.js";
import { digestOfBytes, manifestTypes, readConfig, readManifest, refuseOtherDigest } from "./registry-manifest.js";
import { openSession, type Session } from "./registry-session.js";
import { listTags } from "./registry-tags.js";

export type { Credential, CredentialSource } from "./registry-credentials.js";
export type { ImageConfig, Manifest } from "./registry-manifest.js";

/**
 * A registry that speaks the OCI distribution spec 1.0 or 1.1. Repositories are names such as `ingot/node`. Every method
 * throws a Failure whose message is one line that names the registry, the repository and the reason, and no secret.
 */
export interface Registry {
  /** `127.0.0.1:5000`, `docker.io` */
  readonly host: string;
  /** Whether it answers and lets this client in ("Determining Support"). */
  readonly check: () => Promise<void>;
  /** A manifest or an index, with the digest of its bytes; undefined where there is none ("Pulling Manifests"). */
  readonly manifest: (repository: string, tagOrDigest: Tag | Digest) => Promise<Manifest | undefined>;
  /** What a tag points at, without fetching it where the registry says so; undefined where there is no such tag. */
  readonly digestOf: (repository: string, tag: Tag | Digest) => Promise<Digest | undefined>;
  /** Points a tag at a manifest whose blobs the repository has; by its digest, stores it untagged ("Pushing Manifests"). */
  readonly putManifest: (repository: string, tagOrDigest: Tag | Digest, manifest: Manifest) => Promise<void>;
  /** Sorted; none where there is no such repository ("Listing Tags"). */
  readonly tags: (repository: string) => Promise<readonly Tag[]>;
  /** The config of an image, by the digest that its manifest gives ("Pulling Blobs"). */
  readonly config: (repository: string, digest: Digest) => Promise<ImageConfig>;
}

export interface RegistryOptions {
  readonly host: string;
  /** Plain HTTP where true, HTTPS where false. Where it is not given, plain HTTP for a host on loopback only. */
  readonly plainHttp?: boolean;
  /** What `docker login` or `podman login` stored, where not given. */
  readonly credentials?: CredentialSource;
  readonly sleep?: (ms: number) => Promise<unknown>;
  readonly now?: () => number;
  /** Milliseconds for one request with its answer; 30,000 where not given. */
  readonly timeout?: number;
  /** How many tags to ask for at a time. */
  readonly pageSize?: number;
}

const accept = { accept: manifestTypes.join(", ") };

/** A client of a registry; asks it nothing yet. Throws a Failure for a host that is none. */
export function createRegistry(options: RegistryOptions): Registry {
  const { host, pageSize = 1000 } = options;
  const session = sessionOf(options);
  const at = <T>(verb: string, place: Place, work: (session: Session, place: Place) => Promise<T>): Promise<T> =>
    session.during(`cannot ${verb} ${nameOf(host, place)}`, () => work(session, place));
  return {
    host,
    check: () => session.during(`cannot use the registry ${host}`, () => check(session)),
    manifest: (repository, name) => at("read", { repository, name }, fetchManifest),
    digestOf: (repository, name) => at("read", { repository, name }, fetchDigest),
    putManifest: (repository, name, manifest) =>
      at("write", { repository, name }, (_, place) => putManifest(session, place, manifest)),
    tags: (repository) =>
      session.during(`cannot list the tags of ${host}/${repository}`, () => listTags(session, repository, pageSize)),
    config: (repository, name) => at("read", { repository, name }, fetchConfig),
  };
}

function sessionOf(options: RegistryOptions): Session {
  const { host, plainHttp, credentials = storedCredentials(), timeout = 30_000, now = Date.now } = options;
  const pace = { sleep: options.sleep ?? sleep, now, timeout };
  return openSession({ host, base: registryUrl(host, plainHttp), credentials, pace });
}

interface Place {
  readonly repository: string;
  readonly name: Tag | Digest;
}

const nameOf = (host: string, { repository, name }: Place): string =>
  `${host}/${repository}${parseDigest(name) === undefined ? ":" : "@"}${name}`;

async function check(session: Session): Promise<void> {
  const answer = await session.ask({ method: "GET", path: "/v2/", scope: "", also: [404] });
  if (answer.status === 404) throw new Failure("it does not speak the protocol of registries");
}

async function fetchManifest(session: Session, place: Place): Promise<Manifest | undefined> {
  const answer = await askManifest(session, "GET", place);
  if (answer.status === 404) return undefined;
  const manifest = readManifest(answer.body, answer.headers.get("content-type"));
  refuseOtherDigest(manifest.digest, answer.headers.get("docker-content-digest"));
  refuseOtherDigest(manifest.digest, parseDigest(place.name));
  return manifest;
}

async function fetchDigest(session: Session, place: Place): Promise<Digest | undefined> {
  const answer = await askManifest(session, "HEAD", place);
  if (answer.status === 404) return undefined;
  // The header is a SHOULD of the spec, and some proxies know no HEAD.
  return saidDigest(answer) ?? (await fetchManifest(session, place))?.digest;
}

const saidDigest = ({ headers }: HttpAnswer): Digest | undefined =>
  parseDigest(headers.get("docker-content-digest") ?? "");

function askManifest(session: Session, method: "GET" | "HEAD", { repository, name }: Place): Promise<HttpAnswer> {
  const also = method === "HEAD" ? [404, 405, 501] : [404];
  const path = `${pathOf(repository)}/manifests/${name}`;
  return session.ask({ method, path, headers: accept, scope: scopeOf(repository, "pull"), also });
}

async function putManifest(session: Session, place: Place, { digest, mediaType, bytes }: Manifest): Promise<void> {
  const answer = await session.ask({
    method: "PUT",
    path: `${pathOf(place.repository)}/manifests/${place.name}`,
    headers: { "content-type": mediaType },
    body: bytes,
    scope: scopeOf(place.repository, "pull,push"),
  });
  const stored = saidDigest(answer) ?? (await fetchDigest(session, place));
  if (stored !== digest) throw new Failure(`it stored ${stored ?? "nothing"} instead of ${digest}`);
}

async function fetchConfig(session: Session, { repository, name }: Place): Promise<ImageConfig> {
  const path = `${pathOf(repository)}/blobs/${name}`;
  const answer = await session.ask({ method: "GET", path, scope: scopeOf(repository, "pull") });
  refuseOtherDigest(digestOfBytes(answer.body), name);
  return readConfig(answer.body);
}
