import type { ImageContent, ImageEntry } from "./content.js";
import type { Variant } from "./definition.js";

/** Something that every image of a kind promises, as data; `breaches` names every way in which an image breaks it. */
export interface ContentPromise {
  readonly id: string;
  readonly summary: string;
  readonly holdsFor: (variant: Variant) => boolean;
  readonly breaches: (content: ImageContent) => readonly string[];
}

const runtimeOnly = (variant: Variant): boolean => variant !== "dev";
const paths = (content: ImageContent, matches: (entry: ImageEntry) => boolean): readonly string[] =>
  [...content.entries.values()].filter(matches).map(({ path }) => path);
const named = (pattern: RegExp) => (content: ImageContent) =>
  paths(content, ({ path, type }) => type !== "directory" && pattern.test(path));

const packageManagers =
  /\/s?bin\/(apk|apt|apt-get|apt-cache|aptitude|dpkg|dpkg-deb|npm|npx|pip3?|yarn|pnpm|gem|cargo)$/;
const developerFiles = /\/s?bin\/(cc|gcc|g\+\+|c\+\+|clang|ld|as|make|go)$|^\/usr\/include\/.+\.h$/;

export const contentPromises: readonly ContentPromise[] = [
  {
    id: "non-root",
    summary: "runs as an unprivileged user",
    holdsFor: runtimeOnly,
    breaches: ({ user }) => (/^[1-9]\d*(:[1-9]\d*)?$/.test(user) ? [] : [`the user is ${user === "" ? "root" : user}`]),
  },
  {
    id: "no-setuid",
    summary: "no file that gives its caller another's rights",
    holdsFor: runtimeOnly,
    breaches: (content) => paths(content, ({ type, mode }) => type === "file" && (mode & 0o6000) !== 0),
  },
  {
    id: "no-package-manager",
    summary: "no package manager",
    holdsFor: runtimeOnly,
    breaches: named(packageManagers),
  },
  {
    id: "no-compiler",
    summary: "no compiler, no header",
    holdsFor: runtimeOnly,
    breaches: named(developerFiles),
  },
  {
    id: "no-documentation",
    summary: "no manual page, cache or log",
    holdsFor: runtimeOnly,
    breaches: named(/^\/(usr\/share\/(man|info|doc)|var\/(cache|log|lib\/apt))\//),
  },
  {
    id: "nothing-writable",
    summary: "nothing but /tmp is writable by all",
    holdsFor: runtimeOnly,
    breaches: (content) =>
      paths(
        content,
        ({ path, type, mode }) => type !== "symlink" && (mode & 0o002) !== 0 && !/^\/(tmp|dev(\/.*)?)$/.test(path),
      ),
  },
  {
    id: "temporary-folder",
    summary: "/tmp is writable by all",
    holdsFor: () => true,
    breaches: ({ entries }) => (entries.get("/tmp")?.mode === 0o1777 ? [] : ["/tmp is not a folder with mode 1777"]),
  },
  {
    id: "application-folder",
    summary: "/app belongs to the user",
    holdsFor: runtimeOnly,
    breaches: ({ entries, user }) =>
      String(entries.get("/app")?.uid) === user.split(":")[0] ? [] : ["/app is missing, or another's"],
  },
  {
    id: "certificates",
    summary: "the CA certificates are there",
    holdsFor: () => true,
    breaches: ({ entries }) =>
      (entries.get("/etc/ssl/certs/ca-certificates.crt")?.size ?? 0) > 1000
        ? []
        : ["/etc/ssl/certs/ca-certificates.crt is missing"],
  },
  {
    id: "time-zones",
    summary: "the time zones are there",
    holdsFor: () => true,
    breaches: ({ entries }) =>
      entries.has("/usr/share/zoneinfo/Asia/Tokyo") ? [] : ["/usr/share/zoneinfo/Asia/Tokyo is missing"],
  },
  {
    id: "package-database",
    summary: "the package database that vulnerability scanners read is there",
    holdsFor: () => true,
    breaches: ({ entries }) =>
      [...entries.keys()].some((path) =>
        /^\/(usr\/)?lib\/apk\/db\/installed$|^\/var\/lib\/dpkg\/(status$|status\.d\/.)/.test(path),
      )
        ? []
        : ["there is none"],
  },
];
