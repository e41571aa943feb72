import type { Family } from "./platform.js";

/** A package's version as its distribution's index has it: `20.19.2+dfsg-1+deb13u2`, `24.16.0-r0`. */
export type PackageVersion = string;

/** How each family writes versions and pins. */
interface Notation {
  /** The version as the language's makers write it. */
  readonly upstream: (version: PackageVersion) => string;
  /** The package manager's argument for any revision of that version. */
  readonly pin: (name: string, version: PackageVersion) => string;
}

interface DebianVersion {
  /** `2:`, or nothing. */
  readonly epoch: string;
  readonly upstream: string;
  readonly revision?: string;
}

/** Debian Policy 5.6.12: `[epoch:]upstream-version[-debian-revision]`. */
export function splitDebian(version: PackageVersion): DebianVersion {
  const [, epoch = "", rest = ""] = /^(\d+:)?(.*)$/.exec(version) ?? [];
  const dash = rest.lastIndexOf("-");
  return dash === -1
    ? { epoch, upstream: rest }
    : { epoch, upstream: rest.slice(0, dash), revision: rest.slice(dash + 1) };
}

const notations: Record<Family, Notation> = {
  debian: {
    // `+dfsg` and `+ds` say that Debian repacked the source; they are not part of the version.
    upstream: (version) =>
      splitDebian(version)
        .upstream.replace(/[+~.](dfsg|ds|repack)[0-9a-z.+~]*$/, "")
        // The day on which sources were taken after a release: who asks the language hears of the release.
        .replace(/^(\d+\.\d+\.\d+)\.(?:19|20)\d{6}$/, "$1")
        .replace("~", "-"),
    pin: (name, version) => {
      const { epoch, upstream, revision } = splitDebian(version);
      return `${name}=${epoch}${upstream}${revision === undefined ? "" : "-*"}`;
    },
  },
  alpine: {
    // apk-package(5): the revision is `-r` and a number; `~` matches every revision.
    upstream: (version) => version.replace(/-r\d+$/, ""),
    pin: (name, version) => `${name}~${version.replace(/-r\d+$/, "")}`,
  },
};

/** `20.19.2+dfsg-1+deb13u2` → `20.19.2`, `24.16.0-r0` → `24.16.0`. */
export function upstreamOf(family: Family, version: PackageVersion): string {
  return notations[family].upstream(version);
}

/** `nodejs=20.19.2+dfsg-*`, `nodejs~24.16.0`: security fixes arrive as revisions, so the revision floats. */
export function pinOf(family: Family, name: string, version: PackageVersion): string {
  return notations[family].pin(name, version);
}

// No package's name holds either: Debian Policy 5.6.1, apk-package(5).
const pinSign = /[=~]/;

/** `python3.13` of `python3.13=3.13.5-*`, `nodejs` of `nodejs~24.16.0`. */
export function nameOfArgument(argument: string): string {
  return argument.split(pinSign, 1)[0] ?? argument;
}

/** Whether an argument says a version: that of the package which gives the language's. */
export function isPinned(argument: string): boolean {
  return pinSign.test(argument);
}
