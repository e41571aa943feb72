import assert from "node:assert/strict";
import { posix } from "node:path";
import { imagesOf, type Plan } from "../../src/model/image.js";
import type { Digest, Tag } from "../../src/model/reference.js";
import type { SiteBuild, SiteFacts, SitePackage } from "../../src/model/site.js";
import type { Tree } from "../../src/ports/files.js";
import type { RenderSources } from "../../src/stages/render.js";
import { renderSite } from "../../src/stages/site.js";
import { namedPackages } from "../../src/stages/site-known.js";

export function renderGood(plan: Plan, sources: RenderSources, facts: SiteFacts): Tree {
  const tree = renderSite(plan, sources, facts);
  assert.ok(tree.ok, JSON.stringify(tree));
  return tree.value;
}

export const nothingKnown: SiteFacts = {
  place: "ingot",
  asked: false,
  packages: new Map(),
  named: new Map(),
  published: new Map(),
};

/** A day, a number of builds after 2026-01-01, each eleven days after the one before. */
const dayOf = (build: number): string => new Date(Date.UTC(2026, 0, 1 + 11 * build)).toISOString().slice(0, 10);

/** As if every image was published and described: so many packages in dev images, a tenth in others, in so many builds. */
export function everythingKnown(plan: Plan, packages: number, builds: number): SiteFacts {
  const described = new Map(
    imagesOf(plan).map((image) => {
      const count = image.variant === "dev" ? packages : Math.ceil(packages / 10);
      return [image.id, Array.from({ length: count }, (_, index) => packageOf(index, image.distribution.name))];
    }),
  );
  return {
    place: "registry.example:5000/acme/images",
    asked: true,
    packages: described,
    named: namedPackages(plan, { lockfile: 1, definitions: "", distributions: {}, pairs: {}, cycles: {} }, described),
    published: new Map(
      imagesOf(plan).map((image, index) => [
        image.id,
        {
          digest: digestOf(index),
          day: dayOf(builds - 1),
          astray: image.tags.slice(-1),
          builds: Array.from({ length: builds }, (_, build) => buildOf(`${image.tags[0]}`, build, index)),
        },
      ]),
    ),
  };
}

const packageOf = (index: number, distribution: string): SitePackage => ({
  name: `libpackage-number${index}`,
  version: `1.${index}.7-2+${distribution}`,
  ...(index % 3 === 0 ? { source: `source${index}` } : {}),
});

const digestOf = (number: number): Digest => `sha256:${String(number).padStart(64, "0")}` as Digest;

function buildOf(narrowest: string, build: number, image: number): SiteBuild {
  const updated = Array.from({ length: 12 }, (_, each) => ({
    name: `lib${each}`,
    from: `1.${build}-1`,
    to: `1.${build}-2`,
  }));
  const entries = [{ name: "tzdata", version: "2026b-1" }];
  return {
    tag: `${narrowest}-${dayOf(build).replaceAll("-", "")}` as Tag,
    day: dayOf(build),
    size: 15_000_000 + ((build * 37 + image) % 7) * 700_000,
    changes: [
      {
        schemaVersion: 1,
        ...(build === 0 ? {} : { previous: { digest: digestOf(build), version: "1.0", size: 15_000_000 } }),
        current: { digest: digestOf(build + 1), version: "1.1", size: 16_000_000 },
        reasons: ["tzdata 2026a-1 → 2026b-1"],
        packages: { added: entries, removed: [{ name: "libold", version: "1-1" }], updated },
      },
    ],
  };
}

export const isPage = (path: string): boolean => path.endsWith(".html");

/** Every address in a page, as it is written: of links, scripts, styles, and of the data that the search reads. */
export function addressesIn(html: string): readonly string[] {
  const attributes = [...html.matchAll(/\s(?:href|src)="([^"]*)"/g)].map(([, address = ""]) => address);
  const data = [...html.matchAll(/\sdata-index="([^"]*)"/g)].flatMap(([, paths = ""]) => paths.split(" "));
  return [...attributes, ...data].map((address) => address.replaceAll("&#x3D;", "=").replaceAll("&amp;", "&"));
}

export const isOutside = (address: string): boolean => /^[a-z][a-z0-9+.-]*:|^\/\//i.test(address);

/** Addresses of a site's pages that lead to nothing in it: `index.html → languages/gone/index.html`. */
export function deadLinks(tree: Tree): readonly string[] {
  return [...tree]
    .filter(([path]) => isPage(path))
    .flatMap(([path, { text }]) =>
      addressesIn(text)
        .filter((address) => !isOutside(address) && !leads(tree, path, address))
        .map((address) => `${path} → ${address}`),
    );
}

function leads(tree: Tree, from: string, address: string): boolean {
  const [file = "", anchor] = address.split("#");
  const path = file === "" ? from : posix.join(posix.dirname(from), file);
  const text = tree.get(path)?.text;
  return text !== undefined && (anchor === undefined || text.includes(` id="${anchor}"`));
}
