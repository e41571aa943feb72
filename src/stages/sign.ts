import type { Digest, RepositoryName } from "../model/reference.js";
import { type CosignOptions, signImage, verifySignature } from "../ports/cosign.js";

export interface SigningKey {
  /** Of the registry: `127.0.0.1:5000` */
  readonly host: string;
  /** The file with the private key, or what else cosign takes for one. */
  readonly key: string;
  /** The file with its public half. */
  readonly publicKey: string;
  readonly plainHttp: boolean;
  /** Milliseconds for one image; some minutes where not given. */
  readonly timeout?: number;
}

/**
 * Signs what this key has not signed yet, whatever others have: an image, or an index and each image in it, the index first.
 * A signing that was cut off may have left an index signed and an image of it not. Tells whether there was something to sign.
 */
export async function signMissing(
  repository: RepositoryName,
  digests: readonly Digest[],
  { host, key, publicKey, ...how }: SigningKey,
): Promise<boolean> {
  const [top] = digests;
  const own: CosignOptions = { key: publicKey, ...how };
  for (const digest of digests) {
    if (top === undefined || (await verifySignature({ host, repository, digest }, own)) === "signed") continue;
    await signImage({ host, repository, digest: top }, { key, ...how });
    return true;
  }
  return false;
}
