import { formatBytes } from "../model/bytes.js";
import { type Image, narrowestReference } from "../model/image.js";
import { anchorOf, type SiteFacts } from "../model/site.js";
import type { MeasuredSize, Sizes } from "../model/sizes.js";
import { own } from "../support/own.js";
import type { BarsView, TrendView } from "./site-page.js";

interface Bar {
  readonly name: string;
  readonly kind: "ingot" | "plain" | "distroless";
  readonly bytes: number;
}

/** Pixels: of a bar with its name above it, and what parts those of one image from the next one's. */
const layout = { bar: 34, gap: 12 } as const;

/** The files of measured images beside what others make of the same packages; no bar where nothing was measured. */
export function sizeBars(images: readonly Image[], sizes: Sizes): readonly BarsView[] {
  const groups = images.flatMap((image) => {
    const size = own(sizes, image.id);
    return size === undefined || size.version !== image.version.text || image.variant === "dev"
      ? []
      : [barsOf(image, size)];
  });
  if (groups.length === 0) return [];
  const most = Math.max(...groups.flat().map(({ bytes }) => bytes), 1);
  let top = 0;
  const bars = groups.flatMap((group) => {
    const placed = group.map((bar, index) => placeBar(bar, top + index * layout.bar, most));
    top += group.length * layout.bar + layout.gap;
    return placed;
  });
  return [{ label: labelOf(groups), height: String(top - layout.gap + 2), bars }];
}

function barsOf(image: Image, { uncompressed, others = {} }: MeasuredSize): readonly Bar[] {
  const { plain, distroless } = others;
  const name = narrowestReference(image).slice(narrowestReference(image).lastIndexOf("/") + 1);
  return [
    { name, kind: "ingot", bytes: uncompressed },
    ...(plain === undefined
      ? []
      : [{ name: "plain: the same packages on the slim image", kind: "plain", bytes: plain } as const]),
    ...(distroless === undefined
      ? []
      : [{ name: "distroless' packages, unpacked", kind: "distroless", bytes: distroless } as const]),
  ];
}

const placeBar = ({ name, kind, bytes }: Bar, top: number, most: number): BarsView["bars"][number] => ({
  ...{ name, kind, value: formatBytes(bytes) },
  width: percent(Math.max(bytes / most, 0.002)),
  text: String(top + 13),
  top: String(top + 19),
});

const labelOf = (groups: readonly (readonly Bar[])[]): string =>
  `Files of ${groups.length === 1 ? "one image" : `${groups.length} images`}: ${groups
    .flat()
    .map(({ name, bytes }) => `${name} ${formatBytes(bytes)}`)
    .join("; ")}`;

/** What each image weighed whenever it was published: where it was published twice, or more often. */
export function sizeTrends(images: readonly Image[], { published }: SiteFacts): readonly TrendView[] {
  return images.flatMap((image) => {
    const builds = (published.get(image.id)?.builds ?? []).flatMap(({ tag, day, size }) =>
      size === undefined ? [] : [{ tag, day, size }],
    );
    return builds.length < 2 || image.variant === "dev" ? [] : [trendOf(image, builds)];
  });
}

interface Weighed {
  readonly tag: string;
  readonly day: string;
  readonly size: number;
}

function trendOf(image: Image, builds: readonly Weighed[]): TrendView {
  const days = builds.map(({ day }) => Date.parse(day));
  const [start = 0, end = 0] = [days[0], days.at(-1)];
  const most = Math.max(...builds.map(({ size }) => size), 1);
  const dots = builds.map(({ size }, index) => ({
    // What was published on one day stands side by side.
    x: fixed(2 + 96 * (end > start ? ((days[index] ?? start) - start) / (end - start) : index / (builds.length - 1))),
    y: fixed(92 - 80 * (size / most)),
  }));
  const rows = builds.map(({ tag, day, size }) => ({ tag, day, size: formatBytes(size) }));
  const [first, last] = [rows[0], rows.at(-1)] as [TrendView["rows"][number], TrendView["rows"][number]];
  const name = anchorOf(image).replaceAll("-", " ");
  return {
    ...{ name, dots, rows, first, last, points: dots.map(({ x, y }) => `${x},${y}`).join(" ") },
    label: `${name}: ${first.size} on ${first.day}, ${last.size} on ${last.day}, in ${rows.length} builds`,
  };
}

const fixed = (value: number): string => value.toFixed(2).replace(/\.?0+$/, "");
const percent = (share: number): string => `${fixed(share * 100)}%`;
