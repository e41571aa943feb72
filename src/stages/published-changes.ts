import { type Changes, readChanges } from "../model/changes.js";
import { Failure } from "../model/failure.js";
import type { Digest, Tag } from "../model/reference.js";
import { oneLine } from "../support/text.js";
import { type Attached, type PublishedPlace, publishedName, readAttached, readPublished } from "./published.js";
import { attachments } from "./verify-published.js";

/** What a registry has of the changes in one image. */
export interface PublishedChanges {
  /** `127.0.0.1:5000/acme/lua@sha256:…` */
  readonly reference: string;
  /** `linux/arm64` */
  readonly platform: string;
  /** One for each image that it took the place of: under another tag that can be another one. */
  readonly changes: readonly Changes[];
  /** Why others that are attached are of no use. */
  readonly unusable: readonly string[];
}

/** Reads what changed in each platform's image that a tag or a digest leads to. Throws a Failure. */
export async function readPublishedChanges(
  name: Tag | Digest,
  place: PublishedPlace,
): Promise<readonly PublishedChanges[]> {
  const { images } = await readPublished(place, name);
  const all: PublishedChanges[] = [];
  for (const { manifest, platform } of images) {
    const attached = await readAttached(place, manifest.digest, attachments.changes);
    const read = attached.map((each) => readOwn(each, manifest.digest));
    all.push({
      reference: publishedName(place, manifest.digest),
      platform: oneLine(platform, 60),
      changes: read.filter((each) => typeof each !== "string"),
      unusable: read.filter((each) => typeof each === "string"),
    });
  }
  return all;
}

function readOwn(attached: Attached, image: Digest): Changes | string {
  if (!attached.ok) return attached.reason;
  try {
    const changes = readChanges(attached.text);
    return changes.current.digest === image ? changes : `it is about another image: ${changes.current.digest}`;
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
}
