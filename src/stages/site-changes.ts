import { formatBytes, formatGrowth } from "../model/bytes.js";
import type { Changes } from "../model/changes.js";
import type { Image, Pair } from "../model/image.js";
import { anchorOf, type SiteBuild, type SiteFacts } from "../model/site.js";
import type { Shape, ShapeOf } from "../support/template.js";
import { imagesInOrder, referenceOf } from "./site-images.js";
import { type PageView, pageShape } from "./site-page.js";

interface UpdateView {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/** The page of what changed in each build of a language's images. */
export interface ChangesView {
  readonly page: PageView;
  readonly language: string;
  readonly asked: string;
  readonly images: readonly {
    readonly anchor: string;
    readonly name: string;
    readonly builds: readonly {
      readonly tag: string;
      readonly day: string;
      readonly reasons: readonly string[];
      readonly size: string;
      readonly updated: readonly UpdateView[];
      readonly added: readonly { readonly name: string; readonly version: string }[];
      readonly removed: readonly { readonly name: string; readonly version: string }[];
      /** What is said where there is nothing to list. */
      readonly note: string;
      /** How many packages are left out here, and what shows them. */
      readonly more: string;
      readonly command: string;
    }[];
  }[];
}

const entry = [{ name: true, version: true }] as const;
export const changesShape = {
  page: pageShape,
  language: true,
  asked: true,
  images: [
    {
      anchor: true,
      name: true,
      builds: [
        {
          ...{ tag: true, day: true, size: true, note: true, more: true, command: true },
          reasons: [true],
          updated: [{ name: true, from: true, to: true }],
          added: entry,
          removed: entry,
        },
      ],
    },
  ],
} as const satisfies ShapeOf<ChangesView> & Shape;

type ImageChanges = ChangesView["images"][number];
type BuildChanges = ImageChanges["builds"][number];

/** Lines of packages on a page, and for one build: a page stays small, whatever a registry holds. */
const room = { page: 1000, build: 40 } as const;

export function changesOf(pairs: readonly Pair[], facts: SiteFacts): readonly ImageChanges[] {
  const told = imagesInOrder(pairs).flatMap((image) => {
    const builds = (facts.published.get(image.id)?.builds ?? []).filter(({ changes }) => changes.length > 0);
    return builds.length === 0 ? [] : [{ image, builds: builds.toReversed() }];
  });
  const builds = told.reduce((sum, each) => sum + each.builds.length, 0);
  const each = Math.min(room.build, Math.floor(room.page / Math.max(builds, 1)));
  return told.map(({ image, builds }) => ({
    anchor: anchorOf(image),
    name: `${image.line} ${image.variant} on ${image.distribution.name}`,
    builds: builds.map((build) => buildChanges(image, build, each, facts)),
  }));
}

function buildChanges(image: Image, { tag, day, changes }: SiteBuild, most: number, facts: SiteFacts): BuildChanges {
  // Under another tag it may have taken another's place; the first says as much as any.
  const [first] = changes;
  const { updated = [], added = [], removed = [] } = first?.packages ?? {};
  const [some, more, others] = [
    updated.slice(0, most),
    added.slice(0, Math.max(most - updated.length, 0)),
    removed.slice(0, Math.max(most - updated.length - added.length, 0)),
  ];
  const left = updated.length + added.length + removed.length - some.length - more.length - others.length;
  return {
    ...{ tag, day, reasons: (first?.reasons ?? []).slice(0, 10), size: first === undefined ? "" : sizeOf(first) },
    updated: some.map(({ name, from, to }) => ({ name, from, to })),
    added: more.map(({ name, version }) => ({ name, version })),
    removed: others.map(({ name, version }) => ({ name, version })),
    note: noteOf(first),
    more: left === 0 ? "" : String(left),
    command: `ingot changes ${referenceOf(image, tag, facts)}`,
  };
}

function noteOf(changes: Changes | undefined): string {
  if (changes?.previous === undefined) return "The first under its tag.";
  if (changes.packages === undefined) return "What was in the one before is not known.";
  const { updated, added, removed } = changes.packages;
  return updated.length + added.length + removed.length === 0 ? "The same packages in the same versions." : "";
}

function sizeOf({ previous, current }: Changes): string {
  if (current.size === undefined) return "";
  const growth = previous?.size === undefined ? "" : ` (${formatGrowth(current.size - previous.size)})`;
  return `${formatBytes(current.size)}${growth}`;
}
