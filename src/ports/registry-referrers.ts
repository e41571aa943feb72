import { Failure } from "../model/failure.js";
import type { Digest } from "../model/reference.js";
import { pathOf, scopeOf } from "./registry-address.js";
import { chooseReferrers, fallbackTag, withReferrer } from "./registry-fallback.js";
import type { HttpAnswer } from "./registry-http.js";
import { describeManifest, imageIndexType } from "./registry-make.js";
import { type Descriptor, type Referrer, readReferrers } from "./registry-manifest.js";
import { nextQuery } from "./registry-pages.js";
import type { Session } from "./registry-session.js";
import { changeManifest, fetchBytes, type Place, putManifest } from "./registry-store.js";

const mostPages = 100;
/** How often the list of an image is written where others write it too. */
const mostRounds = 20;
/** Milliseconds, and as many more by chance: who read the list before us has written it by then. */
const settling = 100;

/** What is attached to a manifest ("Listing Referrers"), as a registry lists it or as the fallback tag does. */
export async function listReferrers(
  session: Session,
  repository: string,
  digest: Digest,
  artifactType?: string,
): Promise<readonly Descriptor[]> {
  const listed = session.known.fallback ? undefined : await askReferrers(session, repository, digest, artifactType);
  const found = listed ?? (await fallbackReferrers(session, { repository, name: fallbackTag(digest) }));
  // Of a repository that is not there yet, registries with the endpoint say no more than those without it.
  if (listed === undefined && found.length > 0) session.known.fallback = true;
  return chooseReferrers(found, artifactType);
}

/** Undefined where the registry has no such endpoint. */
async function askReferrers(
  session: Session,
  repository: string,
  digest: Digest,
  artifactType: string | undefined,
): Promise<readonly Descriptor[] | undefined> {
  const found = new Map<Digest, Descriptor>();
  let query: string | undefined = artifactType === undefined ? "" : `?${new URLSearchParams({ artifactType })}`;
  for (let pages = 0; query !== undefined; pages += 1) {
    if (pages === mostPages) throw new Failure(`it lists more than ${mostPages} pages of referrers`);
    const path = `${pathOf(repository)}/referrers/${digest}${query}`;
    const answer: HttpAnswer = await session.ask({
      method: "GET",
      path,
      headers: { accept: imageIndexType },
      scope: scopeOf(repository, "pull"),
      // What registries without it are known to answer.
      also: [400, 404, 405, 406, 501],
    });
    const page = isIndex(answer) ? readReferrers(answer.body) : undefined;
    if (page === undefined) return pages === 0 ? undefined : fail("what it answered is no list of referrers");
    const before = found.size;
    for (const each of page) found.set(each.digest, each);
    // One that is broken may go in circles.
    query = found.size === before ? undefined : nextQuery(answer);
  }
  return [...found.values()];
}

/** Some answer a page for people to any question. */
const isIndex = ({ status, headers }: HttpAnswer): boolean =>
  status === 200 && headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase() === imageIndexType;

async function fallbackReferrers(session: Session, place: Place): Promise<readonly Descriptor[]> {
  const list = await fetchBytes(session, place);
  return list === undefined
    ? []
    : (readReferrers(list) ?? fail("what is under the tag for referrers is no list of them"));
}

function fail(message: string): never {
  throw new Failure(message);
}

/** Attaches a manifest to its subject ("Pushing Manifests with Subject"); its blobs are there. */
export async function putReferrer(session: Session, repository: string, manifest: Referrer): Promise<void> {
  const { subject, digest } = manifest;
  const answer = await putManifest(session, { repository, name: digest }, manifest);
  if (answer.headers.get("oci-subject") === subject.digest) return;
  await addToList(session, { repository, name: fallbackTag(subject.digest) }, describeManifest(manifest));
}

/**
 * Registries compare nothing before they overwrite a tag, so two who write a list at once may each lose what the other wrote. Each
 * looks again, at once and after a moment, and writes again what was lost.
 */
async function addToList(session: Session, place: Place, referrer: Descriptor): Promise<void> {
  let settled = true;
  for (let round = 0; round < mostRounds; round += 1) {
    const written = await changeManifest(session, place, (before) => withReferrer(before, referrer));
    if (!written && settled) return;
    if (!written) await session.pace.sleep(settling * (1 + Math.random()));
    settled = !written;
  }
  throw new Failure(`others write the list of referrers ${place.name} all the time; run this again`);
}
