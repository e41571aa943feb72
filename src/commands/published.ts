import { failed, ok, type Result } from "../model/diagnostic.js";
import { type Digest, parseReference, parseTag, type Tag } from "../model/reference.js";
import { createRegistry } from "../ports/registry.js";
import type { PublishedPlace } from "../stages/published.js";

export interface PublishedName {
  readonly place: PublishedPlace;
  /** What is said of the image: its digest, else its tag, else `latest`. */
  readonly name: Tag | Digest;
}

/** `127.0.0.1:5000/acme/lua:5.4`, as a word of the command line, and a client of the registry in it, which is asked nothing yet. */
export function parsePublished(text: string, plainHttp: boolean): Result<PublishedName> {
  const reference = parseReference(text);
  if (reference === undefined)
    return failed({
      rule: "invalid-option",
      message: `REF must be an image's reference, such as registry.example/acme/python:3.13, and is ${JSON.stringify(text)}`,
    });
  const { registry, repository, digest, tag = parseTag("latest") as Tag } = reference;
  return ok({
    place: { registry: createRegistry(plainHttp ? { host: registry, plainHttp } : { host: registry }), repository },
    name: digest ?? tag,
  });
}
