/** What is wrong with something published, each in a sentence about "it"; nothing is where there are none. */
export type Findings = readonly string[];

/** An image in a registry that was judged. */
export interface VerifiedImage {
  /** `127.0.0.1:5000/acme/lua@sha256:…` */
  readonly reference: string;
  /** `linux/arm64` */
  readonly platform: string;
  readonly findings: Findings;
  /** How many packages its bill of materials names; absent where it has none that is its own. */
  readonly packages?: number;
}

/** What `ingot verify` found. */
export interface Verification {
  /** What was asked for, by its digest. */
  readonly reference: string;
  /** Of an index itself; none for an image, which has its own. */
  readonly findings: Findings;
  readonly images: readonly VerifiedImage[];
}

/** Whether nothing is wrong, with an index or with any image. */
export function isVerified({ findings, images }: Verification): boolean {
  return findings.length === 0 && images.every((image) => image.findings.length === 0);
}
