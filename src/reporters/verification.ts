import type { Findings, Verification, VerifiedImage } from "../model/verification.js";
import { type Surface, unlimited } from "./surface.js";
import { visible } from "./visible.js";
import { paragraph } from "./wrap.js";

/** `ingot verify REF`: a line for each image that is right, and one for each thing that is wrong. */
export function formatVerification(
  { reference, findings, images }: Verification,
  surface: Surface = unlimited,
): string {
  return [...wrong(reference, findings, surface), ...images.flatMap((image) => formatImage(image, surface))].join("\n");
}

function formatImage(
  { reference, platform, findings, packages = 0 }: VerifiedImage,
  surface: Surface,
): readonly string[] {
  const name = `${reference} (${platform})`;
  if (findings.length > 0) return wrong(name, findings, surface);
  const text = visible(`${name}: signature, labels, bill of materials with ${packages} packages`);
  return [paragraph(`${surface.paint("green", "right")}  ${text}`, surface.width, further)];
}

const wrong = (name: string, findings: Findings, { width, paint }: Surface): readonly string[] =>
  findings.map((finding) => paragraph(`${paint("red", "wrong")}  ${visible(`${name}: ${finding}`)}`, width, further));

const further = "right  ".length;
