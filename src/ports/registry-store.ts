import { Failure } from "../model/failure.js";
import { type Digest, parseDigest, type Tag } from "../model/reference.js";
import { pathOf, scopeOf } from "./registry-address.js";
import type { Exchanged, HttpAnswer } from "./registry-http.js";
import {
  digestOfBytes,
  type Manifest,
  type ManifestBytes,
  manifestTypes,
  readManifest,
  refuseOtherDigest,
} from "./registry-manifest.js";
import { patienceOf, repeat } from "./registry-retry.js";
import type { Question, Session } from "./registry-session.js";

/** Where a manifest is in a registry. */
export interface Place {
  readonly repository: string;
  readonly name: Tag | Digest;
}

const accept = { accept: manifestTypes.join(", ") };

export async function fetchManifest(session: Session, place: Place): Promise<Manifest | undefined> {
  const answer = await askManifest(session, "GET", place);
  if (answer.status === 404) return undefined;
  const manifest = readManifest(answer.body, answer.headers.get("content-type"));
  checkDigest(answer, place);
  return manifest;
}

/** The bytes of a manifest, whatever is in them; undefined where there is none. */
export async function fetchBytes(session: Session, place: Place): Promise<Uint8Array | undefined> {
  const answer = await askManifest(session, "GET", place);
  if (answer.status === 404) return undefined;
  checkDigest(answer, place);
  return answer.body;
}

function checkDigest({ body, headers }: HttpAnswer, { name }: Place): void {
  const digest = digestOfBytes(body);
  refuseOtherDigest(digest, headers.get("docker-content-digest"));
  refuseOtherDigest(digest, parseDigest(name));
}

export async function fetchDigest(session: Session, place: Place): Promise<Digest | undefined> {
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

/** Writes a manifest, and has the registry say that it has it. */
export async function putManifest(session: Session, place: Place, manifest: ManifestBytes): Promise<HttpAnswer> {
  const answer = await sendManifest(session, place, manifest);
  await requireStored(session, place, manifest.digest, answer);
  return answer;
}

async function requireStored(session: Session, place: Place, digest: Digest, answer: HttpAnswer): Promise<void> {
  const stored = saidDigest(answer) ?? (await fetchDigest(session, place));
  if (stored !== digest) throw new Failure(`it stored ${stored ?? "nothing"} instead of ${digest}`);
}

export interface TagMove {
  /** Where the tag was seen last; undefined for nowhere. */
  readonly from: Digest | undefined;
  readonly manifest: ManifestBytes;
}

/**
 * Points a tag at a manifest if it still is where it was; says whether it is there now. No registry compares for its clients, so this
 * looks before each try: one that waited for as long as a busy registry asked must not undo what others did in that time.
 */
export async function moveTag(session: Session, place: Place, { from, manifest }: TagMove): Promise<boolean> {
  const { digest } = manifest;
  let now: Digest | undefined;
  const answer = await repeat(session.pace, patienceOf(session.pace), async () => {
    now = await fetchDigest(session, place);
    return now === from && now !== digest ? session.once(questionOf(place, manifest)) : nothingAsked;
  });
  if (now !== from || now === digest) return now === digest;
  await requireWritten(session, place, digest, answer);
  await requireStored(session, place, digest, answer);
  return true;
}

/** Statuses by which registries refuse to overwrite a tag, and many other things. */
const refusals: readonly number[] = [400, 403, 405, 409, 412];
const immutable = /immutab|already.?exist|overwrit|not allow updating|TAG_INVALID|\b(409|412) /i;

/** Writes a manifest. Throws a Failure where it is refused, with what to do where that is because its tag is there already. */
async function sendManifest(session: Session, place: Place, manifest: ManifestBytes): Promise<HttpAnswer> {
  const answer = await session.ask({ ...questionOf(place, manifest), also: refusals });
  await requireWritten(session, place, manifest.digest, answer);
  return answer;
}

const questionOf = ({ repository, name }: Place, { mediaType, bytes }: ManifestBytes): Question => ({
  method: "PUT",
  path: `${pathOf(repository)}/manifests/${name}`,
  headers: { "content-type": mediaType },
  body: bytes,
  scope: scopeOf(repository, "pull,push"),
});

async function requireWritten(session: Session, place: Place, digest: Digest, answer: HttpAnswer): Promise<void> {
  const { name } = place;
  const refused = refusals.includes(answer.status) && parseDigest(name) === undefined;
  const there = refused && immutable.test(session.describe(answer)) ? await fetchDigest(session, place) : undefined;
  if (there === undefined) return session.requireSuccess(answer);
  if (there === digest) return;
  throw new Failure(
    `tags are immutable there and ${name} is ${there} (${session.describe(answer)}); let ${name} be overwritten in the registry's settings, or publish to another repository`,
  );
}

/**
 * Writes under a tag what `change` makes of what is there; says whether it made anything. Where the registry refuses for the moment it
 * is read again before it is written again, as others may have written it in the meantime.
 */
export async function changeManifest(
  session: Session,
  place: Place,
  change: (before: Uint8Array | undefined) => ManifestBytes | undefined,
): Promise<boolean> {
  let written: ManifestBytes | undefined;
  const answer = await repeat(session.pace, patienceOf(session.pace), async () => {
    written = change(await fetchBytes(session, place));
    return written === undefined ? nothingAsked : session.once(questionOf(place, written));
  });
  if (written === undefined) return false;
  await requireWritten(session, place, written.digest, answer);
  return true;
}

const nothingAsked: Exchanged = { status: 200, headers: new Headers(), body: new Uint8Array(), foreign: false };
