import { Failure } from "../model/failure.js";
import type { Digest } from "../model/reference.js";
import { pathOf, scopeOf, uploadUrl } from "./registry-address.js";
import type { Exchanged, HttpAnswer } from "./registry-http.js";
import { digestOfBytes, refuseOtherDigest } from "./registry-manifest.js";
import { isTransient, type Patience, patienceOf, repeat } from "./registry-retry.js";
import type { Session } from "./registry-session.js";
import { type BlobSource, type Progress, readInPieces } from "./registry-source.js";

/** How a blob came to be in a repository: it was there, it was taken over from another repository, or it was sent. */
export type BlobArrival = "there" | "mounted" | "uploaded";

/** A registry copies a blob to its place before it answers, which in some storage takes a while for a large one. */
const timeoutsToStore = 4;

/** A blob whole, its digest checked ("Pulling Blobs"). */
export async function fetchBlob(
  session: Session,
  repository: string,
  digest: Digest,
  limit?: number,
): Promise<Uint8Array> {
  const path = `${pathOf(repository)}/blobs/${digest}`;
  const scope = scopeOf(repository, "pull");
  const answer = await session.ask({ method: "GET", path, scope, ...(limit === undefined ? {} : { limit }) });
  refuseOtherDigest(digestOfBytes(answer.body), digest);
  return answer.body;
}

/** Whether a repository has a blob ("Checking if Content Exists in the Registry"). */
export async function hasBlob(session: Session, repository: string, digest: Digest): Promise<boolean> {
  return (await headBlob(session, repository, digest, "pull")).status === 200;
}

// Some proxies know no HEAD; then it is sent once more than it need be.
function headBlob(
  session: Session,
  repository: string,
  digest: Digest,
  actions: "pull" | "pull,push",
): Promise<HttpAnswer> {
  const path = `${pathOf(repository)}/blobs/${digest}`;
  return session.ask({ method: "HEAD", path, scope: scopeOf(repository, actions), also: [404, 405, 501] });
}

/** Gives a repository a blob: from another one that has it, where the registry does that, or from here ("Pushing Blobs"). */
export async function putBlob(
  session: Session,
  repository: string,
  blob: BlobSource,
  mountFrom: readonly string[] = [],
): Promise<BlobArrival> {
  const isThere = async (): Promise<boolean> =>
    (await headBlob(session, repository, blob.digest, "pull,push")).status === 200;
  if (await isThere()) return "there";
  const mounted = await mount(session, repository, blob.digest, mountFrom);
  if (mounted === "mounted") return "mounted";
  const answer = await repeat(session.pace, uploadPatience(session), async (tries) => {
    // What broke off may have arrived all the same.
    if (tries > 1 && (await isThere())) return stored;
    const location = tries === 1 && mounted !== undefined ? mounted : await begin(session, repository);
    return send(session, repository, blob, location);
  });
  await session.requireSuccess(answer);
  refuseOtherDigest(blob.digest, answer.headers.get("docker-content-digest"));
  return "uploaded";
}

const stored: Exchanged = { status: 201, headers: new Headers(), body: new Uint8Array(), foreign: false };

/** An upload begins anew also where its login ended (401), or where the registry knows nothing of it any more (404). */
function uploadPatience({ pace }: Session): Patience {
  const stalled = (error: unknown): boolean => error instanceof Error && error.name === "TimeoutError";
  return {
    status: (status) => [401, 404, 408, 429].includes(status) || status >= 500,
    error: (error) => stalled(error) || isTransient(error),
    describe: (error) => (stalled(error) ? (error as Error).message : patienceOf(pace).describe(error)),
  };
}

/** Where the upload that has begun goes. */
async function begin(session: Session, repository: string): Promise<string> {
  const path = `${pathOf(repository)}/blobs/uploads/`;
  const answer = await session.ask({ method: "POST", path, scope: scopeOf(repository, "pull,push") });
  return locationOf(answer);
}

function locationOf({ status, headers }: HttpAnswer): string {
  const location = headers.get("location") ?? "";
  if (status !== 202 || location === "")
    throw new Failure(`it began an upload with ${status} and said no place for it`);
  return location;
}

/**
 * Tries each repository in turn ("Mounting a blob from another repository"). A registry that does not mount begins an upload instead,
 * whose place this gives.
 */
async function mount(
  session: Session,
  repository: string,
  digest: Digest,
  mountFrom: readonly string[],
): Promise<"mounted" | string | undefined> {
  let begun: string | undefined;
  for (const from of new Set(mountFrom)) {
    const answer = from === repository ? undefined : await askToMount(session, repository, digest, from);
    if (answer?.status === 201) {
      refuseOtherDigest(digest, answer.headers.get("docker-content-digest"));
      return "mounted";
    }
    if (answer?.status === 202) begun = locationOf(answer);
  }
  return begun;
}

/** It saves an upload and nothing else: where it is refused, by the registry or its token server, there is no answer. */
async function askToMount(
  session: Session,
  repository: string,
  digest: Digest,
  from: string,
): Promise<HttpAnswer | undefined> {
  // Checked as a path is, being part of the scope.
  pathOf(from);
  const path = `${pathOf(repository)}/blobs/uploads/?${new URLSearchParams({ mount: digest, from })}`;
  const scope = `${scopeOf(repository, "pull,push")} ${scopeOf(from, "pull")}`;
  try {
    return await session.ask({ method: "POST", path, scope });
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

/** One PUT with the whole blob ("POST then PUT"), as BuildKit and containerd send theirs. */
async function send(session: Session, repository: string, blob: BlobSource, location: string): Promise<Exchanged> {
  const watch = watchUpload(session.pace.timeout);
  const source = readInPieces(blob, watch);
  try {
    return await session.stream({
      method: "PUT",
      url: uploadUrl(location, session.base, blob.digest),
      headers: { "content-type": "application/octet-stream", "content-length": String(blob.size) },
      body: source.read(),
      scope: scopeOf(repository, "pull,push"),
      signal: watch.signal,
    });
  } catch (error) {
    throw source.failure() ?? error;
  } finally {
    watch.end();
  }
}

interface Watch extends Progress {
  readonly signal: AbortSignal;
  readonly end: () => void;
}

/** Aborts an upload of which nothing moves for so many milliseconds. */
function watchUpload(timeout: number): Watch {
  const abort = new AbortController();
  const after = (ms: number, what: string): NodeJS.Timeout =>
    setTimeout(() => abort.abort(new DOMException(`${what} for ${ms / 1000} s`, "TimeoutError")), ms);
  let timer: NodeJS.Timeout | undefined = after(timeout, "the upload stood still");
  // What is read after the end starts no clock again, for which the program would wait.
  const sent = (): void => {
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = after(timeout * timeoutsToStore, "the upload was not answered");
  };
  const end = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  return { signal: abort.signal, moved: () => timer?.refresh(), sent, end };
}
