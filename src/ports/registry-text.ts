import { STATUS_CODES } from "node:http";
import { z } from "zod";
import { oneLine } from "../support/text.js";
import type { HttpAnswer } from "./registry-http.js";

// distribution-spec, "Error Codes"
const errorBody = z.object({
  errors: z.array(z.object({ code: z.string(), message: z.string().nullish() })).min(1),
});

/** `503 Service Unavailable (UNAVAILABLE: come back later) after 4 tries`: what an answer that is no success says. */
export function describeAnswer(answer: HttpAnswer, redact: (text: string) => string): string {
  const status = `${answer.status} ${STATUS_CODES[answer.status] ?? ""}`.trim();
  const said = oneLine(redact(firstError(answer.body)));
  const wait = /^\d{1,9}$/.exec(answer.headers.get("retry-after") ?? "")?.[0];
  return [
    status,
    ...(said === "" ? [] : [`(${said})`]),
    ...(wait === undefined ? [] : [`with ${wait} s to wait`]),
    ...(answer.tries === 1 ? [] : [`after ${answer.tries} tries`]),
  ].join(" ");
}

function firstError(body: Uint8Array): string {
  const [first] = errorBody.safeParse(parseJson(body)).data?.errors ?? [];
  if (first === undefined) return "";
  return first.message ? `${first.code}: ${first.message}` : first.code;
}

/** The value of a JSON text in UTF-8; undefined where it is none. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
