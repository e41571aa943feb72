import type { HttpAnswer } from "./registry-http.js";

const anyHost = "http://any.invalid";

/** The query of the page after an answer, which its Link header names (RFC 8288); undefined where it names none. */
export function nextQuery({ headers }: HttpAnswer): string | undefined {
  const [, target] = /<([^<>]*)>\s*;[^<>]*rel="?next\b/i.exec(headers.get("link") ?? "") ?? [];
  // Only the query: behind a proxy the rest may be an address that is good on the other side of it.
  return target !== undefined && URL.canParse(target, anyHost) ? new URL(target, anyHost).search : undefined;
}
