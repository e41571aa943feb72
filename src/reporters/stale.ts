import type { Leg } from "../model/legs.js";
import { formatReason, type Staleness } from "../model/staleness.js";
import { type Surface, unlimited } from "./surface.js";
import { visible } from "./visible.js";
import { paragraph } from "./wrap.js";

export interface StaleSummary {
  readonly images: readonly Staleness[];
  readonly unknown: readonly string[];
  /** How many requests it took. */
  readonly requests: number;
}

/** Each image with something to do, and why; then how many, and what it took to know. Of other people's text nothing reaches a terminal as more than text. */
export function formatStale(summary: StaleSummary, surface: Surface = unlimited): string {
  const stale = summary.images.filter(({ reasons }) => reasons.length > 0);
  return [
    ...stale.map((each) => formatStaleness(each, surface)),
    ...(stale.length === 0 ? [] : [""]),
    paragraph(visible(formatCounts(summary)), surface.width),
  ].join("\n");
}

function formatStaleness({ image, action, reasons }: Staleness, { width, paint }: Surface): string {
  const name = visible(`${image.repository}:${image.tags[0]}`);
  return [
    `${paint(action === "none" ? "dim" : "yellow", action)}${" ".repeat(margin.length - action.length)}${paint("bold", name)}`,
    ...reasons.map((reason) => paragraph(visible(`${margin}${formatReason(reason)}`), width)),
  ].join("\n");
}

const margin = " ".repeat("rebuild ".length);

/** What could not be read of a registry. */
export const formatUnknown = (line: string, { width, paint }: Surface = unlimited): string =>
  paragraph(`${paint("yellow", "unknown")} ${visible(line)}`, width, margin.length);

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
