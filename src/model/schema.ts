import { z } from "zod";
import { parseBytes } from "./bytes.js";
import { families, platforms } from "./platform.js";
import { parseReference, parseRepositoryName } from "./reference.js";

/**
 * The words that definitions, the catalog and the lock are made of. Each is narrow enough to be placed in a Dockerfile, a
 * path or an argument list as it is; free text (environment values, commands) is quoted where it is placed.
 */

// Nor half a surrogate pair, which no file can hold, nor what turns the direction of text and so hides what stands there.
const noControl = /^[^\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029]*$/u;

export const languageName = z
  .string()
  .max(64, "must be no longer than 64 characters")
  .refine((text) => parseRepositoryName(text) !== undefined && !text.includes("/"), {
    error: "must be lower-case letters, digits and single . _ - between them",
  });
export const lineName = z.string().regex(/^\d+(\.\d+)*$/, 'must be numbers with dots between them, such as "3.14"');
export const distributionName = z
  .string()
  .regex(/^[a-z][a-z0-9.]{0,31}$/, "must be lower-case letters, digits and dots");
export const variantName = z.string().regex(/^[a-z][a-z0-9]{0,31}$/, "must be lower-case letters and digits");
export const alias = z
  .string()
  .regex(/^[a-z][a-z0-9]{0,31}$/, "must be lower-case letters and digits, starting with a letter");
/** Debian Policy 5.6.1 has lower-case letters alone; Alpine has capitals too, such as `R`. */
export const packageName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9+._-]{0,127}$/, "must be a package name: letters, digits and + . _ -");
/** A package, or several that have a part of their name in common: `php8*-mbstring`. */
export const packagePattern = z
  .string()
  .regex(
    /^(?=.*[A-Za-z0-9])[A-Za-z0-9*][A-Za-z0-9*+._-]{0,127}$/,
    "must be a package name, in which * stands for anything: letters, digits and + . _ - *",
  );
/** The same, in which `{line}` stands for the release line, and `{digits}` for it without its points. */
export const packageNameOfLine = z
  .string()
  .regex(
    /^([A-Za-z0-9]|\{(?:line|digits)\})([A-Za-z0-9+._-]|\{(?:line|digits)\}){0,127}$/,
    "must be a package name: letters, digits and + . _ -, and {line} or {digits} for the release line",
  );
export const cycleProduct = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, "must be a product of endoflife.date, such as nodejs");
export const oneLine = z.string().min(1).max(400).regex(noControl, "must be one line without control characters");
export const argument = z.string().max(4000).regex(noControl, "must not hold control characters");
export const commandLine = z.array(argument).min(1);
export const commandName = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,63}$/, "must be the name of a command");
export const environmentName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, "must be letters, digits and _");
export const environment = z.record(environmentName, argument);
export const url = z
  .string()
  .max(400)
  .regex(
    /^https?:\/\/[^\s"'\\<>`\p{Cc}\p{Cs}\p{Bidi_Control}]+$/u,
    "must be a URL that starts with https:// or http://",
  );
/** As microroot's rules have it: * stands for anything but /, and ** for anything. Never `.` or `..`, and nothing that a shell would read. */
export const pathPattern = z
  .string()
  .max(400)
  .regex(
    /^(\/(?!\.{1,2}(\/|$))[A-Za-z0-9_.+*@:-]+)+$/,
    "must be an absolute path of letters, digits and . _ + - @ :, in which * stands for anything but / and ** for anything",
  );
export const relativePath = z
  .string()
  .regex(
    /^[A-Za-z0-9_+-][A-Za-z0-9._+-]*(\/[A-Za-z0-9_+-][A-Za-z0-9._+-]*)*$/,
    "must be a relative path of letters, digits and . _ + -",
  );
export const contextFile = relativePath.refine((path) => !/^(Docker|Container)file(\.|\/|$)/.test(path), {
  error: "cannot be the Dockerfile, or what an engine takes for one: that is made from a template",
});
export const user = z.int().min(1).max(65534);
export const platform = z.enum(platforms);
export const family = z.enum(families);
export const date = z.iso
  .date("must be a date such as 2026-06-09")
  .refine((text) => text >= "1970", { error: "must not be before 1970" });
export const sha256 = z.string().regex(/^sha256:[0-9a-f]{64}$/, "must be sha256: and 64 hexadecimal digits");
export const imageReference = z.string().refine((text) => parseReference(text) !== undefined, {
  error: "must be an image reference such as docker.io/library/debian:trixie-slim",
});
export const namespace = z
  .string()
  .max(128)
  .refine((text) => parseRepositoryName(text) !== undefined, {
    error: "must be the first part of a repository, such as ingot",
  });
/** A version as a package index gives it: Debian Policy 5.6.12 and apk-package(5) use no other characters. */
export const packageVersion = z.string().regex(/^[0-9A-Za-z][0-9A-Za-z.+~:_-]{0,127}$/, "must be a package version");
/** `python:*-dev`; see the selector model. */
export const selectorText = z
  .string()
  .regex(/^[a-z0-9*?.[\]{},_:!/-]{1,200}$/i, "must be a selector such as python:*-dev");
const sizeMessage = "must be a size such as 47.4 MB: a number and kB, MB or GB, or a whole number of bytes";
/** Bytes, however they are written: `47.4 MB`, or 47400000. */
export const size = z
  .union([z.int().min(1, sizeMessage), z.string().refine((text) => (parseBytes(text) ?? 0) > 0, sizeMessage)], {
    error: sizeMessage,
  })
  .transform((written) => (typeof written === "number" ? written : (parseBytes(written) ?? 0)));
