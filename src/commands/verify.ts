import { ok, type Result } from "../model/diagnostic.js";
import type { Verification } from "../model/verification.js";
import { verifySignature } from "../ports/cosign.js";
import { verifyPublished } from "../stages/verify-published.js";
import { parsePublished } from "./published.js";

export interface VerifyOptions {
  /** A public key: a file, or what else cosign takes for one. */
  readonly key: string;
  readonly plainHttp: boolean;
}

/** Judges what was published under a reference: signature, bill of materials, labels. Throws a Failure where it cannot be read. */
export async function verify(reference: string, { key, plainHttp }: VerifyOptions): Promise<Result<Verification>> {
  const parsed = parsePublished(reference, plainHttp);
  if (!parsed.ok) return parsed;
  const { place, name } = parsed.value;
  const { host } = place.registry;
  return ok(
    await verifyPublished(name, {
      place,
      signature: (digest) => verifySignature({ host, repository: place.repository, digest }, { key, plainHttp }),
    }),
  );
}
