import { Failure } from "../model/failure.js";
import type { Digest, RepositoryName } from "../model/reference.js";
import { oneLine, withoutLogins } from "../support/text.js";
import { type Finished, run } from "./process.js";
import { createRedactor } from "./redact.js";

/** An image in a registry, by what never means another: `127.0.0.1:5000/ingot/node@sha256:…` */
export interface SignedImage {
  readonly host: string;
  readonly repository: RepositoryName;
  readonly digest: Digest;
}

export interface CosignOptions {
  /**
   * A file that `cosign generate-key-pair` made: its private key to sign, its public one to verify. Or what else cosign takes for a key,
   * `awskms://…`.
   */
  readonly key: string;
  /** Whether the registry, which is not on loopback, speaks plain HTTP. */
  readonly plainHttp?: boolean;
  /** Milliseconds for one image; 240,000 where not given, as cosign itself gives up on a registry after three minutes. */
  readonly timeout?: number;
}

/** What the signatures of an image are worth: none is there, one is of this key, or there are others only. */
export type SignatureState = "signed" | "unsigned" | "signed-by-others";

const command = "cosign";
/** Where cosign takes a private key's password from: it is inherited, and no argument ever holds it. */
const password = "COSIGN_PASSWORD";
const installation = "https://docs.sigstore.dev/cosign/system_config/installation/";
const longest = 240_000;

/** Exit statuses of `cosign verify` that say what it found (cosign's cmd/cosign/errors/exit_codes.go). */
const found: Readonly<Record<number, SignatureState>> = { 0: "signed", 10: "unsigned", 12: "signed-by-others" };

/** How cosign tells that it got no answer, or not what it should have got; but not that there is no such thing. */
const unreadable = /\bGET \S+: (?!unexpected status code 404)/;

/** The public half of a private key, in PEM. Throws a Failure where cosign is not there, or cannot read the key. */
export async function readPublicKey({ key }: CosignOptions): Promise<string> {
  const what = "cannot sign";
  const finished = await runCosign(["public-key", `--key=${key}`], what);
  if (finished.exitCode !== 0) throw new Failure(`${what}: ${reasonOf(finished, { key })}`);
  return finished.stdout;
}

/**
 * Signs an image, and for an index each image in it. The signature goes to the image's repository, as the tag `sha256-….sig`; nothing
 * goes to a public log, and an image that the key signed already is left alone. Throws a Failure.
 */
export async function signImage(image: SignedImage, options: CosignOptions): Promise<void> {
  const args = ["sign", "--yes", "--recursive", "--tlog-upload=false", ...commonArguments(image, options)];
  const what = `cannot sign ${nameOf(image)}`;
  const finished = await runCosign(args, what, options);
  if (finished.exitCode !== 0) throw new Failure(`${what}: ${reasonOf(finished, options)}`);
}

/**
 * Whether an image is signed with a key. Asks no public log, as nothing was written to one. Throws a Failure where that
 * cannot be said: the registry does not answer, or the key is none.
 */
export async function verifySignature(image: SignedImage, options: CosignOptions): Promise<SignatureState> {
  const args = ["verify", "--insecure-ignore-tlog=true", ...commonArguments(image, options)];
  const what = `cannot verify the signature of ${nameOf(image)}`;
  const finished = await runCosign(args, what, options);
  const state = found[finished.exitCode];
  // A signature that cannot be read for the moment is to cosign one that does not match, and may be this key's.
  if (state !== undefined && !(state === "signed-by-others" && unreadable.test(finished.stderr))) return state;
  throw new Failure(`${what}: ${reasonOf(finished, options)}`);
}

const nameOf = ({ host, repository, digest }: SignedImage): string => `${host}/${repository}@${digest}`;

/** By itself cosign tries plain HTTP on loopback and in private networks only. */
const commonArguments = (image: SignedImage, { key, plainHttp = false }: CosignOptions): readonly string[] => [
  `--key=${key}`,
  ...(plainHttp ? ["--allow-http-registry=true"] : []),
  nameOf(image),
];

async function runCosign(
  args: readonly string[],
  what: string,
  { timeout = longest }: Pick<CosignOptions, "timeout"> = {},
): Promise<Finished> {
  try {
    return await run(command, args, { timeout });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.message !== `${command} is not installed`) throw new Failure(`${what}: ${error.message}`);
    throw new Failure(
      `${command} is not installed, and makes and checks signatures: install Debian 13's package of that name, or see ${installation}`,
    );
  }
}

/** What cosign said last, as one line and without the password. */
function reasonOf({ exitCode, stdout, stderr }: Finished, { key }: CosignOptions): string {
  const said = `${stdout}\n${stderr}`;
  if (/reading key: .*(?:inappropriate ioctl|not a terminal)/.test(said))
    return `the key ${oneLine(key)} has a password: put it into the environment, as ${password}`;
  if (/reading key: decrypt: .*decryption failed/.test(said))
    return `${password} is not the password of the key ${oneLine(key)}`;
  const line = said.split("\n").findLast((each) => each.trim() !== "") ?? `exit status ${exitCode}`;
  const redact = createRedactor([process.env[password] ?? ""]);
  return oneLine(withoutLogins(redact(line.replace(/^(?:error during command execution|Error): /, ""))), 400);
}
