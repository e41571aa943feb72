import { isExpression } from "./licence-syntax.js";

/** Debian's short names (copyright-format 1.0, "License short name") that are not SPDX's, in small letters. */
export const shortNames: ReadonlyMap<string, string> = new Map([
  // Debian's copy of it, in /usr/share/common-licenses, is the one of Perl.
  ["artistic", "Artistic-1.0-Perl"],
  ["artistic-1", "Artistic-1.0-Perl"],
  ["boost", "BSL-1.0"],
  ["boost-1.0", "BSL-1.0"],
  ["bsd-1-clause", "BSD-1-Clause"],
  ["bsd-2-clause", "BSD-2-Clause"],
  ["bsd-3-clause", "BSD-3-Clause"],
  ["bsd-4-clause", "BSD-4-Clause"],
  ["bsd-4-clause-uc", "BSD-4-Clause-UC"],
  ["cc0", "CC0-1.0"],
  ["cc0-1", "CC0-1.0"],
  ["expat", "MIT"],
  ["gfdl", "GFDL-1.1-or-later"],
  ["gpl", "GPL-1.0-or-later"],
  ["gpl-any", "GPL-1.0-or-later"],
  ["isc", "ISC"],
  ["lgpl", "LGPL-2.0-or-later"],
  ["openldap-2.8", "OLDAP-2.8"],
  ["openssl", "OpenSSL"],
  ["perl", "(GPL-1.0-or-later OR Artistic-1.0-Perl)"],
  ["psf-2", "PSF-2.0"],
  ["sil-1.1", "OFL-1.1"],
  ["tcl", "TCL"],
  ["zlib", "Zlib"],
]);

/** The words before "exception", in small letters, where they mean one exception only. */
export const exceptions: ReadonlyMap<string, string> = new Map([
  ["autoconf", "Autoconf-exception-generic"],
  ["autoconf-data", "Autoconf-exception-generic"],
  ["autoconf-macro", "Autoconf-exception-macro"],
  ["bison", "Bison-exception-2.2"],
  ["bison-2.2", "Bison-exception-2.2"],
  ["classpath", "Classpath-exception-2.0"],
  ["font", "Font-exception-2.0"],
  ["gcc", "GCC-exception-3.1"],
  ["gcc-3.1", "GCC-exception-3.1"],
  ["gcc-runtime-library", "GCC-exception-3.1"],
  ["libtool", "Libtool-exception"],
  ["linux-syscall-note", "Linux-syscall-note"],
  ["llvm", "LLVM-exception"],
  ["texinfo", "Texinfo-exception"],
]);

/** SPDX's name of a licence: `GPL-2.0-or-later` for `GPL-2+`, `MIT` for `Expat`; undefined where it has none. */
export function licenceId(name: string): string | undefined {
  // The parser skips what it does not know between names.
  if (!/^[A-Za-z0-9][A-Za-z0-9.-]{0,80}\+?$/.test(name) || /^(?:LicenseRef|DocumentRef)-/i.test(name)) return undefined;
  const known = shortNames.get(name.toLowerCase()) ?? gnuLicence(name);
  if (known !== undefined) return known;
  // Debian leaves zeros away: `Apache-2`, `MPL-2+`.
  return [name, name.replace(/(?<=-\d)(?=\+?$)/, ".0")].find(isExpression);
}

/** `2+`, `2.1`, `3.0-only`: a version alone means that one only. `NIV` says that there are no invariant sections. */
function gnuLicence(name: string): string | undefined {
  const [, family = "", invariants, major, minor = ".0", end = ""] =
    /^([AL]?GPL|GFDL)(-NIV)?-v?(\d)(\.[1-9])?(?:\.0)*(\+|-only|-or-later)?$/i.exec(name) ?? [];
  if (major === undefined) return undefined;
  const later = end === "+" || end.toLowerCase() === "-or-later" ? "-or-later" : "-only";
  const id = `${family.toUpperCase()}-${major}${minor}${invariants === undefined ? "" : "-no-invariants"}${later}`;
  return isExpression(id) ? id : undefined;
}

/** `Classpath exception`, `GCC-exception-3.1`; undefined where SPDX does not know it. */
export function withException(licence: string | undefined, words: string): string | undefined {
  if (licence === undefined || !/^[A-Za-z0-9. -]+$/.test(words)) return undefined;
  const short = words
    .toLowerCase()
    .replace(/^the /, "")
    .replaceAll(" ", "-")
    .replace(/-exception$/, "");
  return [exceptions.get(short), words]
    .filter((exception) => exception !== undefined)
    .map((exception) => `${licence} WITH ${exception}`)
    .find(isExpression);
}
