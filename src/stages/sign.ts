import { join } from "node:path";
import type { Digest, RepositoryName } from "../model/reference.js";
import { type CosignOptions, signImage, verifySignature } from "../ports/cosign.js";
import { writeText } from "../ports/files.js";
import type { Registry } from "../ports/registry.js";

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

/** A private key, as cosign takes it, and its public half in PEM. */
export interface KeyPair {
  readonly key: string;
  readonly publicKey: string;
}

interface SignerOptions {
  readonly registry: Pick<Registry, "host">;
  readonly plainHttp: boolean;
  /** Lives as long as the signer. */
  readonly folder: string;
}

export type Signer = (repository: RepositoryName, digests: readonly Digest[]) => Promise<boolean>;

/** Signs in a registry what is not signed yet. */
export function createSigner({ key, publicKey }: KeyPair, { registry, plainHttp, folder }: SignerOptions): Signer {
  const file = join(folder, "cosign.pub");
  writeText(file, { text: publicKey });
  const how = { host: registry.host, key, publicKey: file, plainHttp };
  return (repository, digests) => signMissing(repository, digests, how);
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
