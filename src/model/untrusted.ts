import { z } from "zod";
import { Failure } from "./failure.js";
import { parseDigest } from "./reference.js";

/** A name, a version or an identifier: what fits on a line, and can do nothing to a terminal. */
export const word = z.string().regex(/^[!-~]{1,512}$/);

/** A machine in a distribution's words: `amd64`, `all`, `x86_64` */
export const machine = z.string().regex(/^[a-z0-9_-]{1,32}$/);

export const digest = z.string().transform((text, context) => {
  const parsed = parseDigest(text);
  if (parsed !== undefined) return parsed;
  context.addIssue("not a sha256 digest");
  return z.NEVER;
});

/**
 * A JSON document that anybody could have written. Throws a Failure which says what it is not, as in "it is no list of changes", and
 * which of its values is why.
 */
export function readDocument<T extends z.ZodType>(text: string, schema: T, what: string): z.output<T> {
  const { data, error } = schema.safeParse(parse(text));
  if (error === undefined) return data as z.output<T>;
  // A document chooses its keys, and the schema the path: only what the schema names is in it.
  const at = error.issues[0]?.path.join(".") ?? "";
  throw new Failure(`it is no ${what}${at === "" ? "" : `: ${at} is not as it should be`}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
