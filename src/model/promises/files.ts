import { resolveFolder } from "../image-path.js";
import { packageManagers } from "../platform.js";
import type { ContentPromise } from "../promise.js";
import { always, isDev, isRuntime, required, type Subject, unwanted } from "../promise.js";

const isFile = ({ type }: { readonly type: string }): boolean => type !== "directory";
/** Where a command is, whatever folder of programs it is in: a kit may have its own. */
function commandsIn({ content }: Subject, names: readonly string[]): readonly string[] {
  const wanted = new Set(names);
  return [...content.entries.values()]
    .filter(({ path, type }) => {
      const [, folder, name = ""] = /^(.*)\/([^/]+)$/.exec(path) ?? [];
      return type !== "directory" && /\/s?bin$/.test(folder ?? "") && wanted.has(name);
    })
    .map(({ path }) => path);
}

/** As `commandsIn`, but for links that lead nowhere. */
function workingCommandsIn(subject: Subject, names: readonly string[]): readonly string[] {
  const { entries } = subject.content;
  return commandsIn(subject, names).filter((path) => entries.has(resolveFolder(path, entries) ?? ""));
}

const isPackageManagers = (path: string): boolean =>
  /^\/(etc|(usr\/)?(lib|share))\/((apt|dpkg)(\/|$)|apk\/(?!db(\/|$)))/.test(path);

const asBreaches = (paths: readonly string[]) => paths.map((about) => ({ about, message: "" }));

/** What an image holds, and what it does not. */
export const files: readonly ContentPromise[] = [
  {
    id: "no-package-manager",
    summary: "no package manager of the distribution's",
    holdsFor: isRuntime,
    breaches: (subject) =>
      asBreaches([
        ...commandsIn(subject, packageManagers[subject.family]),
        ...[...subject.content.entries.keys()].filter((path) => isPackageManagers(path)),
      ]),
  },
  {
    id: "no-dev-command",
    summary: "no compiler, and no package manager of a language's",
    holdsFor: isRuntime,
    breaches: (subject) => asBreaches(commandsIn(subject, subject.devCommands)),
  },
  {
    id: "no-header",
    summary: "nothing to compile or link against",
    holdsFor: isRuntime,
    breaches: unwanted(
      (entry) =>
        isFile(entry) &&
        /^\/usr\/(local\/)?include\/|^\/(usr\/)?(local\/)?lib\/(.*\/)?[^/]+\.(a|la|h|hh|hpp)$|\/pkgconfig\/[^/]+\.pc$/.test(
          entry.path,
        ),
    ),
  },
  {
    id: "no-documentation",
    summary: "no documentation, and no translation",
    holdsFor: isRuntime,
    breaches: unwanted(
      (entry) => isFile(entry) && /^\/usr\/(local\/)?share\/(man|info|doc|gtk-doc|help|locale)\//.test(entry.path),
    ),
  },
  {
    id: "no-leftover",
    summary: "no cache, log, byte code or package file, and nothing of what only an installation needs",
    holdsFor: isRuntime,
    breaches: unwanted(
      (entry) =>
        isFile(entry) &&
        /^\/var\/(cache(?!\/fontconfig\/)|log|backups|lib\/(apt|ucf|systemd))\/|\.(pyc|pyo|deb|apk|dpkg-(old|new|dist|tmp))$|\/debconf\/|^\/var\/lib\/dpkg\/(?!status\.d\/)|^\/etc\/(passwd|group|shadow)-$/.test(
          entry.path,
        ),
    ),
  },
  {
    id: "certificates",
    summary: "the CA certificates are there",
    holdsFor: always,
    breaches: required(
      "/etc/ssl/certs/ca-certificates.crt",
      "is missing",
      ({ content }) => (content.entries.get("/etc/ssl/certs/ca-certificates.crt")?.size ?? 0) > 1000,
    ),
  },
  {
    id: "time-zones",
    summary: "the time zones are there",
    holdsFor: always,
    breaches: required("/usr/share/zoneinfo/Asia/Tokyo", "is missing", ({ content }) =>
      content.entries.has("/usr/share/zoneinfo/Asia/Tokyo"),
    ),
  },
  {
    id: "utf-8",
    summary: "LANG is C.UTF-8, and where the C library is glibc, that locale is there",
    holdsFor: always,
    breaches: required("C.UTF-8", "is not the locale, or is missing", ({ content: { env, entries } }) => {
      const usesGlibc = [...entries.keys()].some((path) => path.endsWith("/libc.so.6"));
      return env.includes("LANG=C.UTF-8") && (!usesGlibc || entries.has("/usr/lib/locale/C.utf8/LC_CTYPE"));
    }),
  },
  {
    id: "dev-commands",
    summary: "the commands that it is there for: compilers, and the package manager of the language",
    holdsFor: isDev,
    breaches: (subject) =>
      subject.devCommands
        .filter((name) => workingCommandsIn(subject, [name]).length === 0)
        .map((name) => ({ about: name, message: "is in no folder of programs, or a link that leads nowhere" })),
  },
];
