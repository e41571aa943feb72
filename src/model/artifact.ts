import semver from "semver";
import { z } from "zod";
import type { Platform } from "./platform.js";
import * as word from "./schema.js";

/** The words of artifacts: what upstream publishes, beside the packages of a distribution. */

export const artifactName = z
  .string()
  .max(64)
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "must be lower-case letters, digits and single - between them");

// As validate-npm-package-name has it; never a name that begins like an option.
const npmName = z
  .string()
  .max(214)
  .regex(/^(@[a-z0-9][a-z0-9._~-]*\/)?[a-z0-9][a-z0-9._~-]*$/, "must be the name of an npm package");

const range = z
  .string()
  .max(100)
  .refine((text) => text !== "" && semver.validRange(text) !== null, {
    error: 'must be a range of versions such as "11"',
  });

const hexadecimal = z.string().regex(/^[0-9a-f]{64}$/, "must be 64 hexadecimal digits: a SHA-256");
const architecture = z.string().regex(/^[A-Za-z0-9_.-]{1,32}$/, "must be letters, digits and . _ -");

/** `{version}` and `{arch}` are filled in. No user or password: what stands in a definition is no secret. */
const url = z
  .string()
  .max(400)
  .regex(
    /^(https:\/\/[A-Za-z0-9.-]+(:\d+)?|http:\/\/(127\.0\.0\.1|localhost)(:\d+)?)\/([A-Za-z0-9._~%+@:,=/?&-]|\{version\}|\{arch\})+$/,
    "must be a URL that starts with https://, in which {version} and {arch} stand for themselves",
  );

const insideArchive = z
  .string()
  .max(400)
  .regex(
    /^(\.|(?!\.{1,2}(\/|$))[A-Za-z0-9_.+@-]+(\/(?!\.{1,2}(\/|$))[A-Za-z0-9_.+@-]+)*)$/,
    "must be a path in the archive, or . for all of it",
  );

/** What is not a distribution's own goes where no package has anything, as the Filesystem Hierarchy Standard has it. */
const installPath = z
  .string()
  .max(400)
  .regex(
    /^\/(usr\/local|opt)(\/(?!\.{1,2}(\/|$))[A-Za-z0-9_.+@-]+)+$/,
    "must be a path below /usr/local or /opt, of letters, digits and . _ + @ -",
  );

const linkTarget = z
  .string()
  .max(400)
  .regex(/^\/?[A-Za-z0-9_.+@-]+(\/[A-Za-z0-9_.+@-]+)*$/, "must be where a link leads: letters, digits and . _ + @ - /");

const perPlatform = <T extends z.ZodType>(value: T) => z.union([value, z.partialRecord(word.platform, value)]);

const sourceFile = {
  npm: perPlatform(npmName)
    .optional()
    .describe("The npm package, or one by platform: the highest version that all have."),
  range: range.optional().describe("Of an npm package: which versions, where they are not those of the release line."),
  url: url.optional().describe("Where a file is published; {version} and {arch} stand for what is below."),
  version: word.packageVersion.optional().describe("Of what the URL gives."),
  sha256: perPlatform(hexadecimal).optional().describe("Of the file, or by platform."),
  arch: z
    .partialRecord(word.platform, architecture)
    .optional()
    .describe("The publisher's words for platforms; amd64 and arm64 where it has no others."),
};

/** What a release line says otherwise of an artifact. */
export const artifactOverride = z.strictObject(sourceFile);

export const artifactFile = z
  .strictObject({
    ...sourceFile,
    strip: z
      .int()
      .min(0)
      .max(9)
      .optional()
      .describe("Folders of an archive's paths to leave out; 1 for npm, 0 for a URL."),
    files: z
      .record(insideArchive, installPath)
      .refine((files) => Object.keys(files).length > 0, "must name at least one file")
      .describe("A file or folder of the archive, or . for all of it → where it goes, below /usr/local or /opt."),
    links: z.record(installPath, linkTarget).optional().describe("Symbolic links to make → where they lead."),
  })
  .describe("What upstream publishes: npm packages, or a URL with its SHA-256.");

export type ArtifactFile = z.infer<typeof artifactFile>;
export type PerPlatform<T> = Readonly<Partial<Record<Platform, T>>>;

/** npm's form of a checksum, the Subresource Integrity of W3C: `sha512-…`; never SHA-1. */
export const integrity = z
  .string()
  .regex(/^sha(256|384|512)-[A-Za-z0-9+/]{43,86}={0,2}$/, "must be an integrity such as sha512-…");

/** What the lock has of an artifact. A host that served it is not among it. */
export const artifactLock = z.strictObject({
  version: word.packageVersion,
  platforms: z.partialRecord(
    word.platform,
    z.strictObject({
      /** The npm package; absent where the definition has a URL. */
      npm: npmName.optional(),
      integrity,
    }),
  ),
});

export type ArtifactLock = Readonly<z.infer<typeof artifactLock>>;

export type ArtifactSource =
  | { readonly kind: "npm"; readonly range: string; readonly packages: PerPlatform<string> }
  | {
      readonly kind: "url";
      readonly version: string;
      /** By platform, with nothing left to fill in. */
      readonly files: PerPlatform<{ readonly url: string; readonly integrity: string }>;
    };

/** Where an artifact's files go; the same in every image that has it. */
export interface ArtifactLayout {
  readonly strip: number;
  /** In the archive → in the image. */
  readonly files: Readonly<Record<string, string>>;
  readonly links: Readonly<Record<string, string>>;
}

/** An artifact of a pair, as it is meant. */
export interface ArtifactDefinition extends ArtifactLayout {
  readonly name: string;
  readonly source: ArtifactSource;
}

/** What to fetch for a platform. */
export interface Download {
  readonly integrity: string;
  readonly from:
    | { readonly kind: "npm"; readonly name: string; readonly version: string }
    | { readonly kind: "url"; readonly url: string };
}

/** An artifact of an image, with its version. */
export interface ImageArtifact extends ArtifactLayout {
  readonly name: string;
  readonly version: string;
  /** `ingot/artifact:node-24.21.0`: the image that holds its files and no others. */
  readonly reference: string;
  readonly downloads: PerPlatform<Download>;
}

/** Where microroot finds an artifact's files while an image is built. */
export const artifactFolder = ({ name }: Pick<ImageArtifact, "name">): string => `/artifacts/${name}`;

/** Whether a path of an image is an artifact's. */
export function holdsPath({ files, links }: ArtifactLayout, path: string): boolean {
  return (
    Object.hasOwn(links, path) || Object.values(files).some((place) => path === place || path.startsWith(`${place}/`))
  );
}

/** Whether a link leads to something below /usr or /opt, where the files of images are. */
export function leadsInside(link: string, target: string): boolean {
  const steps = target.startsWith("/") ? [] : link.split("/").slice(1, -1);
  for (const step of target.split("/")) {
    if (step === ".." && steps.pop() === undefined) return false;
    if (step !== ".." && step !== "." && step !== "") steps.push(step);
  }
  return steps.length > 1 && (steps[0] === "usr" || steps[0] === "opt");
}
