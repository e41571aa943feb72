import type { Findings, Verification, VerifiedImage } from "../model/verification.js";
import { visible } from "./visible.js";

/** `ingot verify REF`: a line for each image that is right, and one for each thing that is wrong. */
export function formatVerification({ reference, findings, images }: Verification): string {
  return [...wrong(reference, findings), ...images.flatMap(formatImage)].map(visible).join("\n");
}

function formatImage({ reference, platform, findings, packages = 0 }: VerifiedImage): readonly string[] {
  const name = `${reference} (${platform})`;
  if (findings.length > 0) return wrong(name, findings);
  return [`right  ${name}: signature, labels, bill of materials with ${packages} packages`];
}

const wrong = (name: string, findings: Findings): readonly string[] =>
  findings.map((finding) => `wrong  ${name}: ${finding}`);
