import type { ImageContent, ImageEntry } from "../model/content.js";
import type { Say } from "../model/event.js";
import { Failure } from "../model/failure.js";
import type { Image, ImageId } from "../model/image.js";
import { elapsed } from "../ports/clock.js";
import type { EngineImage } from "../ports/engine.js";
import type { ReadContent } from "../ports/image-content.js";
import { type BuildContext, buildRequest, localReference } from "./build.js";

export interface VerifyContext extends BuildContext {
  readonly say: Say;
  readonly built: Map<ImageId, EngineImage>;
  readonly readContent: ReadContent;
}

const named = 10;

/** Builds an image once more, from nothing that is remembered, and compares the digests. Throws a Failure that names the files that differ. */
export async function verifyImage(image: Image, context: VerifyContext): Promise<void> {
  const { engine, say, built, readContent } = context;
  const start = elapsed();
  say({ type: "started", stage: "verify", subject: image.id });
  const first = localReference(image);
  const second = `localhost/ingot-verify/${image.id}`.replace(/\/([^/]+)$/, ":$1");
  const request = { ...(await buildRequest(image, context)), tags: [second], cache: false, keep: false };
  const again = await engine.build(request);
  try {
    const id = built.get(image.id)?.id;
    if (again.id === id) say({ type: "verified", subject: image.id, ms: elapsed(start), digest: again.id });
    else throw difference(await readContent(first), await readContent(second));
  } finally {
    await engine.untag([second]);
  }
}

function difference(first: ImageContent, second: ImageContent): Failure {
  const paths = [...new Set([...first.entries.keys(), ...second.entries.keys()])].sort();
  const compare = (differ: Differ): readonly string[] =>
    paths.flatMap((path) => {
      const what = differ(first.entries.get(path), second.entries.get(path));
      return what === undefined ? [] : [`${path} ${what}`];
    });
  const contents = compare(contentDiffers);
  // What differs in content has other dates too, and so have its folders.
  const lines = contents.length > 0 ? contents : compare(dateDiffers);
  const where = lines[0] ?? "in nothing that a file shows";
  const more = lines.length > 1 ? `, and ${lines.length - 1} more` : "";
  return new Failure(`built twice from the same inputs, it has two digests: ${where}${more}`, lines.slice(1, named));
}

type Differ = (a: ImageEntry | undefined, b: ImageEntry | undefined) => string | undefined;

const contentDiffers: Differ = (a, b) => {
  if (a === undefined || b === undefined) return "is in one of them only";
  if (a.sha256 !== b.sha256 || a.target !== b.target) return "has other content";
  const rights = ({ type, mode, uid, gid }: ImageEntry) => `${type} ${mode.toString(8)} ${uid}:${gid}`;
  return rights(a) === rights(b) ? undefined : `is ${rights(a)}, and ${rights(b)}`;
};

const dateDiffers: Differ = (a, b) => (a?.modified === b?.modified ? undefined : "has another date");
