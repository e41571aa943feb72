import { formatBytes } from "../model/bytes.js";
import { imagesOf, narrowestReference, type Plan } from "../model/image.js";
import type { Sizes } from "../model/sizes.js";
import { own } from "../support/own.js";
import type { Shape, ShapeOf } from "../support/template.js";

/** What the page of sizes may place. */
export interface SizesView {
  readonly rows: readonly {
    readonly image: string;
    readonly version: string;
    readonly size: string;
    readonly compressed: string;
  }[];
  readonly measured: string;
  readonly images: string;
  readonly size: string;
  readonly compressed: string;
}

export const sizesShape = {
  rows: [{ image: true, version: true, size: true, compressed: true }],
  measured: true,
  images: true,
  size: true,
  compressed: true,
} as const satisfies ShapeOf<SizesView> & Shape;

export function sizesView(plan: Plan, sizes: Sizes): SizesView {
  const all = imagesOf(plan);
  const measured = all.flatMap((image) => {
    const size = own(sizes, image.id);
    return size === undefined ? [] : [{ image, size }];
  });
  const total = (key: "uncompressed" | "compressed") =>
    formatBytes(measured.reduce((sum, { size }) => sum + size[key], 0));
  return {
    rows: measured.map(({ image, size }) => ({
      image: narrowestReference(image),
      version: size.version,
      size: formatBytes(size.uncompressed),
      compressed: formatBytes(size.compressed),
    })),
    measured: String(measured.length),
    images: String(all.length),
    size: total("uncompressed"),
    compressed: total("compressed"),
  };
}
