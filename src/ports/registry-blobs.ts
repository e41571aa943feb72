import { Failure } from "../model/failure.js";
import type { Digest } from "../model/reference.js";
import { oneLine } from "../support/text.js";
import { reasonOf } from "./files.js";
import { pathOf, scopeOf, uploadUrl } from "./registry-address.js";
import type { Exchanged, HttpAnswer } from "./registry-http.js";
import { digestOfBytes, refuseOtherDigest } from "./registry-manifest.js";
import { describeNetworkError } from "./registry-network.js";
import { isTransient, type Patience, repeat } from "./registry-retry.js";
import type { Session } from "./registry-session.js";

/** Content to upload. */
export interface BlobSource {
  /** Of all its bytes. */
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** All its bytes from the first on; called once for each try, and not at all where the registry has it. A Readable is one. */
  readonly open: () => AsyncIterable<Uint8Array>;
}

/** How a blob came to be in a repository: it was there, it was taken over from another repository, or it was sent. */
export type BlobArrival = "there" | "mounted" | "uploaded";

/** Bytes that a stream gives at a time, so that a slow network is not taken for one that stands still. */
const pieceSize = 64 * 1024;

/** A blob that is in memory. */
export function blobOf(bytes: Uint8Array): BlobSource {
  return {
    digest: digestOfBytes(bytes),
    size: bytes.length,
    open: async function* () {
      yield bytes;
    },
  };
}

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
  const answer = await repeat(session.pace, patienceOf(session), async (tries) => {
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
function patienceOf({ pace }: Session): Patience {
  const stalled = (error: unknown): boolean => error instanceof Error && error.name === "TimeoutError";
  return {
    status: (status) => [401, 404, 408, 429].includes(status) || status >= 500,
    error: (error) => stalled(error) || isTransient(error),
    describe: (error) =>
      stalled(error)
        ? `the upload stood still for ${pace.timeout / 1000} s`
        : describeNetworkError(error, pace.timeout),
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
  const stall = new AbortController();
  const timer = setTimeout(() => stall.abort(new DOMException("stalled", "TimeoutError")), session.pace.timeout);
  const source = sourceOf(blob, () => timer.refresh());
  try {
    return await session.stream({
      method: "PUT",
      url: uploadUrl(location, session.base, blob.digest),
      headers: { "content-type": "application/octet-stream", "content-length": String(blob.size) },
      body: source.read(),
      scope: scopeOf(repository, "pull,push"),
      signal: stall.signal,
    });
  } catch (error) {
    throw source.failure() ?? error;
  } finally {
    clearTimeout(timer);
    source.stop();
  }
}

interface Source {
  readonly read: () => AsyncIterable<Uint8Array>;
  /** Why there was no more to read. */
  readonly failure: () => unknown;
  /** Nobody wants the rest. In Node 20, fetch reads a stream to its end though its request was aborted. */
  readonly stop: () => void;
}

/** Reads a blob in small pieces, and tells of each. What has another size than it should is never sent to its end. */
function sourceOf({ size, open }: BlobSource, moved: () => void): Source {
  let failure: unknown;
  let stopped = false;
  const read = async function* (): AsyncGenerator<Uint8Array> {
    let length = 0;
    try {
      for await (const chunk of open()) {
        length += chunk.length;
        if (length > size) break;
        for (let start = 0; start < chunk.length; start += pieceSize) {
          if (stopped) return;
          moved();
          yield chunk.subarray(start, start + pieceSize);
        }
      }
      if (length !== size) throw new Failure(`the blob has ${length > size ? "more" : "less"} than its ${size} bytes`);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      failure = code === undefined ? error : new Failure(`the blob cannot be read: ${oneLine(reasonOf(error))}`);
      throw failure;
    }
  };
  const stop = (): void => {
    stopped = true;
  };
  return { read, failure: () => failure, stop };
}
