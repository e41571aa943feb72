/** Text that others wrote, as part of one line: without control and format characters, and cut after `length`. */
export function oneLine(text: string, length = 200): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029\s]+/gu, " ").trim();
  return line.length <= length ? line : `${line.slice(0, length)}…`;
}

/**
 * Free text without the logins of the URLs in it: each up to the last "@" of its host, as a password may hold one, and to a quote at most.
 * A URL alone is for `URL` to read: a password may hold quotes too.
 */
export function withoutLogins(text: string): string {
  return text.replace(/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/"'`]*@/gi, "$1");
}
