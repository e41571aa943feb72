import { formatBytes } from "../model/bytes.js";
import { type Image, type LanguagePlan, narrowestReference, type Pair } from "../model/image.js";
import { cLibraries, families } from "../model/platform.js";
import type { MeasuredSize } from "../model/sizes.js";
import { cell, inline } from "../support/markdown.js";
import { own } from "../support/own.js";
import type { Shape, ShapeOf } from "../support/template.js";
import type { PageSources } from "./pages.js";
import { packageViews } from "./view-packages.js";

/** What a language's page may place. Text for cells of tables is escaped here. */
export interface ReadmeView {
  readonly language: string;
  readonly summary: string;
  readonly licence: string;
  readonly homepage: string;
  readonly definition: string;
  /** The references that a reader is shown first. */
  readonly example: { readonly runtime: string; readonly dev: string };
  /** The hello application's Dockerfile, built on the example; empty where there is none. */
  readonly hello: string;
  /** The folder that it is built from. */
  readonly helloFolder: string;
  /** "yes" where a package manager's root file system fits on the runtime image; empty otherwise. */
  readonly extendable: string;
  /** What the images are built on; empty for those that are built on no other of the catalog. */
  readonly base: string;
  readonly versions: readonly {
    readonly version: string;
    readonly line: string;
    readonly distribution: string;
    readonly platforms: string;
    readonly upstream: string;
    readonly until: string;
    readonly state: string;
  }[];
  readonly packages: readonly {
    readonly names: string;
    readonly variants: string;
    readonly on: string;
    readonly reason: string;
  }[];
  readonly limits: readonly string[];
  readonly images: readonly {
    readonly version: string;
    readonly distribution: string;
    readonly variant: string;
    readonly size: string;
    readonly compressed: string;
    readonly tags: string;
  }[];
}

export const readmeShape = {
  language: true,
  summary: true,
  licence: true,
  homepage: true,
  definition: true,
  example: { runtime: true, dev: true },
  hello: true,
  helloFolder: true,
  extendable: true,
  base: true,
  versions: [
    { version: true, line: true, distribution: true, platforms: true, upstream: true, until: true, state: true },
  ],
  packages: [{ names: true, variants: true, on: true, reason: true }],
  limits: [true],
  images: [{ version: true, distribution: true, variant: true, size: true, compressed: true, tags: true }],
} as const satisfies ShapeOf<ReadmeView> & Shape;

export function readmeView(language: LanguagePlan, base: string, sources: PageSources): ReadmeView {
  const { pairs } = language;
  const example = exampleOf(pairs);
  return {
    language: language.language,
    summary: inline(language.summary),
    licence: inline(language.licence),
    homepage: language.homepage,
    definition: `languages/${language.language}.yaml`,
    example,
    hello: helloOf(sources.hello.get(language.language), example),
    helloFolder: `languages/${language.language}/hello`,
    extendable: runtimesOf(pairs).some(({ builder }) => builder !== undefined) ? "yes" : "",
    base: language.language === base ? "" : base,
    versions: pairs.map(versionRow),
    packages: packageViews(language).map(({ names, variants, on, reason }) => ({
      names: names.map((name) => `\`${name}\``).join(" "),
      variants,
      on,
      reason: cell(reason),
    })),
    limits: limitsOf(language).map(inline),
    images: pairs.flatMap(({ images }) => images.map((image) => imageRow(image, own(sources.sizes, image.id)))),
  };
}

/** The runtime images of pairs. */
export const runtimesOf = (pairs: readonly Pair[]): readonly Image[] =>
  pairs.flatMap(({ images }) => images.filter(({ variant }) => variant === "runtime"));

/** The newest line on the distribution of Debian that the catalog floats on, which any machine can build; else the newest. */
export function exampleOf(pairs: readonly Pair[]): ReadmeView["example"] {
  const having = (wanted: string) =>
    pairs.find((pair) => runtimesOf([pair]).some(({ tags }) => tags.some((tag) => tag === wanted)));
  const newest = having("debian") ?? having("latest") ?? pairs[0];
  const reference = (variant: string): string => {
    const image = newest?.images.find((each) => each.variant === variant);
    if (image === undefined) return "";
    // The release line's own tag: who copies the example gets its fixes.
    const suffix = variant === "runtime" ? "" : `-${variant}`;
    const wanted = [`${image.line}${suffix}`, `${image.line}-${image.distribution.name}${suffix}`];
    const tag = wanted.find((each) => image.tags.some((one) => one === each));
    return tag === undefined ? narrowestReference(image) : `${image.repository}:${tag}`;
  };
  return { runtime: reference("runtime"), dev: reference("dev") };
}

/** The tested Dockerfile, with the example's images where it takes any. */
export function helloOf(dockerfile: string | undefined, { runtime, dev }: ReadmeView["example"]): string {
  // A fence within would end the one around it.
  if (dockerfile === undefined || dockerfile.includes("```")) return "";
  return dockerfile
    .replace(/^ARG DEV\b.*$/m, () => `ARG DEV=${dev}`)
    .replace(/^ARG RUNTIME\b.*$/m, () => `ARG RUNTIME=${runtime}`)
    .replace(/[ \t\r]+$/gm, "")
    .trim();
}

function versionRow({ version, line, distribution, support, images }: Pair): ReadmeView["versions"][number] {
  const { upstream = "—", distribution: until = "—", ended } = support;
  const known = upstream === "—" && until === "—" ? "no end is known" : "supported";
  return {
    version: version.text,
    line,
    distribution: distribution.name,
    platforms: (images[0]?.platforms ?? []).join(", "),
    upstream,
    until,
    state: ended === undefined ? known : `**${ended === "upstream" ? "upstream" : distribution.name} ended**`,
  };
}

function imageRow(image: Image, size: MeasuredSize | undefined): ReadmeView["images"][number] {
  // What was measured of another version is said to be so: it is near, and not the same.
  const of = size === undefined || size.version === image.version.text ? "" : ` (${size.version})`;
  return {
    version: image.version.text,
    distribution: image.distribution.name,
    variant: image.variant,
    size: size === undefined ? "not measured" : `${formatBytes(size.uncompressed)}${of}`,
    compressed: size === undefined ? "—" : `${formatBytes(size.compressed)}${of}`,
    tags: image.tags.map((tag) => `\`${tag}\``).join(" "),
  };
}

/** What the definition says, then what follows from the families, and every exception with its reason. */
export function limitsOf({ pairs, notes }: LanguagePlan): readonly string[] {
  const present = families.filter((family) => pairs.some(({ distribution }) => distribution.family === family));
  const libraries = present.map((family) => `${cLibraries[family]} on ${family}`).join(", ");
  const differs = present.length > 1 ? ": what is compiled for one does not run on the other" : "";
  const overrides = (files: typeof notes.keep, what: string) =>
    Object.entries(files).flatMap(([variant, paths]) =>
      byReason(paths).map(
        ([paths, why]) => `${paths} ${paths.includes(" ") ? "are" : "is"} ${what} ${variant}: ${why}`,
      ),
    );
  return [
    ...notes.limits,
    ...(present.length === 0 ? [] : [`C library: ${libraries}${differs}.`]),
    ...families.flatMap((family) =>
      notes.absent[family] === undefined ? [] : [`Not on ${family}: ${notes.absent[family]}`],
    ),
    ...overrides(notes.drop, "left out of"),
    ...overrides(notes.keep, "kept in"),
    ...Object.entries(pairs[0]?.exceptions ?? {}).flatMap(([promise, excepted]) =>
      byReason(excepted ?? {}).map(([what, why]) => `${what}: excepted from \`${promise}\`: ${why}`),
    ),
  ];
}

/** What has one reason is said in one line: "`/a` `/b`" and the reason. */
function byReason(reasons: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  const groups = new Map<string, string[]>();
  for (const [what, why] of Object.entries(reasons)) groups.set(why, [...(groups.get(why) ?? []), `\`${what}\``]);
  return [...groups].map(([why, group]) => [group.join(" "), why]);
}
