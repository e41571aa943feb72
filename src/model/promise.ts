import type { ImageContent, ImageEntry, PackageDatabase } from "./content.js";
import type { Family } from "./platform.js";

/** An image, as the promises about its content see it. */
export interface Subject {
  /** `runtime`, `dev`, or one that a definition adds. */
  readonly variant: string;
  readonly family: Family;
  readonly content: ImageContent;
  /** Absent where the image has none. */
  readonly database?: PackageDatabase | undefined;
  /** Of the runtime image of the same pair; for dev. */
  readonly runtime?: PackageDatabase | undefined;
  /** Whether the family's rules name a path as made by microroot or by maintainer scripts, so that no package holds it. */
  readonly isGenerated: (path: string) => boolean;
  /** Whether a path is an artifact's, which no package database lists. */
  readonly isArtifacts: (path: string) => boolean;
  /** Names of commands that dev images bring: compilers and the package managers of languages. */
  readonly devCommands: readonly string[];
}

/** A way in which an image breaks a promise. */
export interface Breach {
  /** What it is about, which an exception may name: a path, a package, a module. */
  readonly about: string;
  /** What is wrong with it; empty where its being there is. */
  readonly message: string;
}

/** Something that every image of a kind promises, as data. `docs/rules/<id>.md` explains each. */
export interface ContentPromise {
  readonly id: string;
  readonly summary: string;
  readonly holdsFor: (subject: Pick<Subject, "variant" | "family">) => boolean;
  readonly breaches: (subject: Subject) => readonly Breach[];
}

export const isRuntime = ({ variant }: Pick<Subject, "variant">): boolean => variant !== "dev";
export const isDev = ({ variant }: Pick<Subject, "variant">): boolean => variant === "dev";
export const always = (): boolean => true;

/** A breach for each entry that there should not be. */
export function unwanted(matches: (entry: ImageEntry) => boolean): ContentPromise["breaches"] {
  return ({ content }) =>
    [...content.entries.values()].filter(matches).map(({ path }) => ({ about: path, message: "" }));
}

/** A breach if something is not as it should be. */
export function required(
  about: string,
  message: string,
  holds: (subject: Subject) => boolean,
): ContentPromise["breaches"] {
  return (subject) => (holds(subject) ? [] : [{ about, message }]);
}

export const formatBreach = ({ about, message }: Breach): string => [about, message].filter(Boolean).join(" ");
