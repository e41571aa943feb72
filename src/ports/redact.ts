import { withoutLogins } from "../support/text.js";
import { decoded } from "./mirror.js";

/** Lines and names that are shorter would hide more of a log than they protect. */
const shortest = 4;

/**
 * Hides in a line what is in the secrets: each of their lines, and the parts of each URL in them, since a package manager
 * complains about a host or a file below a URL.
 */
export function createRedactor(secrets: readonly string[]): (line: string) => string {
  const words = [...new Set(secrets.flatMap(wordsOf))]
    .filter((word) => word.length >= shortest)
    .sort((a, b) => b.length - a.length);
  return (line) => words.reduce((text, word) => text.replaceAll(word, "***"), line);
}

function wordsOf(secret: string): readonly string[] {
  const lines = secret.split(/\r?\n/).map((line) => line.trim());
  const urls = secret.match(/[a-z][a-z0-9+.-]*:\/\/[^\s"'<>\]]+/gi) ?? [];
  return [...lines, ...urls.flatMap(partsOf)];
}

function partsOf(text: string): readonly string[] {
  const whole = text.replace(/\/+$/, "");
  if (!URL.canParse(text)) return [whole];
  const { host, hostname, username, password } = new URL(text);
  const login = [username, password].flatMap((part) => [part, decoded(part)]);
  return [whole, withoutLogins(whole), host, hostname, ...login];
}
