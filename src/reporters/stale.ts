import type { Leg } from "../model/legs.js";
import { formatReason, type Staleness } from "../model/staleness.js";
import { visible } from "./visible.js";

export interface StaleSummary {
  readonly images: readonly Staleness[];
  readonly unknown: readonly string[];
  /** How many requests it took. */
  readonly requests: number;
}

/** Each image with something to do, and why; then how many, and what it took to know. Of other people's text nothing reaches a terminal as more than text. */
export function formatStale(summary: StaleSummary): string {
  const { images } = summary;
  const lines = images
    .filter(({ reasons }) => reasons.length > 0)
    .flatMap((each) => [
      `${each.action.padEnd(8)}${each.image.repository}:${each.image.tags[0]}`,
      ...each.reasons.map((reason) => `        ${formatReason(reason)}`),
    ]);
  return [...lines, ...(lines.length === 0 ? [] : [""]), formatCounts(summary)].map(visible).join("\n");
}

function formatCounts({ images, requests }: StaleSummary): string {
  const count = (action: Staleness["action"]) => images.filter((each) => each.action === action).length;
  const each = images.length === 0 ? 0 : requests / images.length;
  return `${count("none")} fresh, ${count("rebuild")} to rebuild, ${count("retag")} to tag again; ${requests} requests to the registry, ${each.toFixed(1)} for each image`;
}

/** For programs: as it is judged, with the reason's sentence beside its parts. */
export function formatStaleJson({ images, unknown, requests }: StaleSummary): string {
  return JSON.stringify({ images: images.map(describeStaleness), unknown, requests }, undefined, 2);
}

/** What programs are told of an image. */
export const describeStaleness = ({ image, digest, action, reasons }: Staleness) => ({
  id: image.id,
  reference: `${image.repository}:${image.tags[0]}`,
  digest,
  action,
  reasons: reasons.map((reason) => ({ ...reason, text: formatReason(reason) })),
});

/** For `strategy.matrix` of a workflow, on one line: what a step writes to its output. */
export function formatMatrix(legs: readonly Leg[]): string {
  return JSON.stringify({ include: legs.map(({ name, selectors }) => ({ name, selectors: selectors.join(" ") })) });
}
