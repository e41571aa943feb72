import { z } from "zod";
import { type ArtifactDefinition, artifactFile, artifactName, artifactOverride } from "./artifact.js";
import type { Family, Platform } from "./platform.js";
import { exceptable } from "./promises.js";
import * as word from "./schema.js";

const budgetFile = z.strictObject({
  uncompressed: word.size.optional().describe("Of all files of the image: 47.4 MB."),
  compressed: word.size.optional().describe("Of all layers as a registry stores them: 18 MB."),
});

const artifactsFile = z
  .object({ version: artifactName.optional().describe("The artifact whose version is the language's version.") })
  .catchall(z.array(artifactName))
  .describe("Artifacts by variant, as packages are listed; those of a more special place stand instead, all of them.");

/** What a definition says about packages: at the top, for a release line, or for a line on one distribution. */
const packageSet = z
  .object({
    version: word.packageNameOfLine.optional().describe("The package whose version is the language's version."),
    env: word.environment.optional().describe("Where these packages put what the language looks for."),
    artifacts: artifactsFile.optional(),
    size: z.record(word.variantName, budgetFile).optional().describe("How large the image of a variant may become."),
  })
  .catchall(
    z.array(word.packageNameOfLine).describe("The packages of a variant: of runtime, or those that dev adds to them."),
  )
  .describe(
    "Packages by variant; {line} stands for the release line, {digits} for it without its points, and in env {architecture} for amd64 or arm64.",
  );

const packagesByFamily = z.strictObject({ alpine: packageSet.optional(), debian: packageSet.optional() });

const exceptions = z.record(word.pathPattern, word.oneLine);

const variantFile = z.strictObject({
  from: word.variantName
    .optional()
    .describe("The variant of base that this one is built on; or scratch, or distribution."),
  env: word.environment.optional(),
  cmd: word.commandLine.optional(),
  files: z
    .array(word.contextFile)
    .optional()
    .describe("Files below templates/FAMILY/ that the build context holds beside the Dockerfile."),
  commands: z
    .array(word.commandName)
    .optional()
    .describe("Of dev: the commands that it is there for. Runtime images have none of them."),
  keep: exceptions
    .optional()
    .describe("Paths that microroot's rules would leave out, each with the reason to keep it."),
  drop: exceptions.optional().describe("Paths to leave out beyond microroot's rules, each with the reason."),
});

const testFile = z.strictObject({
  run: word.commandLine.describe("A command that must succeed in the image."),
  prints: word.argument.optional().describe("Text that it must print."),
});

/** Commands by which a language shows, in its own words, that a promise holds. */
const probes = z
  .strictObject({
    "time-zone": word.commandLine
      .optional()
      .describe("Prints the local time of Unix time 0 as HH:MM; TZ is Asia/Tokyo, so 09:00."),
    unicode: word.commandLine.optional().describe("Prints: déjà ✓"),
    tls: word.commandLine
      .optional()
      .describe(
        "Fetches the URL that the environment has as URL, and prints what it gets; fails if the certificate is not trusted.",
      ),
    "standard-library": word.commandLine
      .optional()
      .describe("Loads all of the standard library, and prints the name of each part that does not load."),
  })
  .describe(
    "Commands by which a language shows that a promise holds: run in the hello application's image, or the runtime image.",
  );

export type ProbeId = keyof z.infer<typeof probes>;

const lineFile = z.strictObject({
  on: z
    .record(word.distributionName, packageSet)
    .refine((on) => Object.keys(on).length > 0, "must name at least one distribution")
    .describe("The distributions that carry the line."),
  aliases: z.array(word.alias).optional().describe("Further tags, such as lts."),
  packages: packagesByFamily.optional(),
  artifacts: z.record(artifactName, artifactOverride).optional().describe("What the line says otherwise of artifacts."),
  cycle: z.string().optional().describe("The line's name in the release-cycle data, where it is another."),
});

/** A definition as it is written: `languages/python.yaml`. */
export const definitionFile = z.strictObject({
  language: word.languageName,
  summary: word.oneLine.describe("What the image is for, in one line."),
  licence: word.oneLine.describe("SPDX expression of the language's licence."),
  homepage: word.url,
  endoflife: word.cycleProduct.optional().describe("The product on endoflife.date."),
  lines: z.record(word.lineName, lineFile),
  packages: packagesByFamily.optional(),
  artifacts: z
    .record(artifactName, artifactFile)
    .optional()
    .describe(
      "What upstream publishes and a distribution lacks, by name; packages.FAMILY.artifacts says which images have it.",
    ),
  runtime: variantFile.optional(),
  dev: variantFile.optional(),
  variants: z.record(word.variantName, variantFile).optional().describe("Variants beside runtime and dev."),
  test: z.record(word.variantName, z.array(testFile)).optional(),
  hello: z
    .strictObject({ answers: z.record(z.string(), z.union([z.string(), z.int()])) })
    .optional()
    .describe("What the application in languages/LANGUAGE/hello answers over HTTP, as JSON."),
  probes: probes.optional(),
  except: z
    .strictObject(
      Object.fromEntries(exceptable.map((promise) => [promise, z.record(word.oneLine, word.oneLine).optional()])),
    )
    .optional()
    .describe("Exceptions to promises: by promise, what is excepted (a path with * and **, a module) and why."),
  platforms: z.array(word.platform).min(1).optional().describe("Where the language is limited to some."),
  reasons: z
    .record(word.packagePattern, word.oneLine)
    .optional()
    .describe("Why packages are in the lists: by package, in whose name * stands for anything, a line."),
  limits: z.array(word.oneLine).optional().describe("What whoever uses the images should know that they do not do."),
  absent: z
    .strictObject({ alpine: word.oneLine.optional(), debian: word.oneLine.optional() })
    .optional()
    .describe("Why the language has no line on a family."),
});

export type DefinitionFile = z.infer<typeof definitionFile>;
export type VariantFile = z.infer<typeof variantFile>;
export type PackageSetFile = z.infer<typeof packageSet>;

/** Bytes that an image may have; what is absent has no limit. */
export type Budget = z.infer<typeof budgetFile>;

/** `runtime`, `dev`, or one that a definition adds. */
export type Variant = string;

export interface ImageTest {
  readonly run: readonly string[];
  readonly prints?: string;
}

export interface VariantDefinition {
  readonly variant: Variant;
  /** `scratch`, `distribution`, or a variant of base. */
  readonly from: string;
  /** Whole: those of dev include those of runtime. */
  readonly packages: readonly string[];
  /** Names, whole as packages are. */
  readonly artifacts: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cmd: readonly string[];
  /** Paths below `templates/<family>/`: the build context beside the Dockerfile. */
  readonly files: readonly string[];
  /** Patterns of paths, sorted: exceptions to what microroot leaves out, and what it leaves out beyond its rules. */
  readonly keep: readonly string[];
  readonly drop: readonly string[];
  readonly tests: readonly ImageTest[];
  /** Absent where the definition names none. */
  readonly budget?: Budget;
}

/** By promise: what is excepted → why. */
export type Exceptions = Readonly<Record<string, Readonly<Record<string, string>> | undefined>>;

export type Probes = Readonly<Partial<Record<ProbeId, readonly string[] | undefined>>>;

/** A line on a distribution, with everything that was shared written out. */
export interface PairDefinition {
  readonly line: string;
  readonly distribution: string;
  readonly family: Family;
  /** Absent where an artifact gives the version, or it is that of the distribution itself. */
  readonly versionPackage?: string;
  readonly versionArtifact?: string;
  /** Those that its variants have, by name. */
  readonly artifacts: readonly ArtifactDefinition[];
  readonly aliases: readonly string[];
  readonly cycle: string;
  readonly platforms: readonly Platform[];
  readonly variants: readonly VariantDefinition[];
}

/** What a definition tells its readers; no image is made from it. */
export interface Notes {
  /** Package, in whose name `*` stands for anything → why it is in the lists. */
  readonly reasons: Readonly<Record<string, string>>;
  readonly limits: readonly string[];
  /** Family → why the language has no line on it. */
  readonly absent: Readonly<Partial<Record<Family, string | undefined>>>;
  /** Variant → path → why microroot keeps it, or leaves it out, whatever its rules say. */
  readonly keep: Readonly<Record<Variant, Readonly<Record<string, string>>>>;
  readonly drop: Readonly<Record<Variant, Readonly<Record<string, string>>>>;
}

/** A definition as it is meant. */
export interface Definition {
  readonly language: string;
  readonly summary: string;
  readonly licence: string;
  readonly homepage: string;
  readonly endoflife?: string;
  readonly pairs: readonly PairDefinition[];
  /** What the hello application answers; absent where there is none. */
  readonly hello?: Readonly<Record<string, string | number>>;
  readonly probes: Probes;
  readonly exceptions: Exceptions;
  /** Those of base, and the language's own. */
  readonly devCommands: readonly string[];
  readonly notes: Notes;
}
