import assert from "node:assert/strict";
import { Failure } from "../../src/model/failure.js";

/** The message of the Failure that a promise must end in: one line, for a person. */
export async function failureOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    (value) => assert.fail(`it ended well, with ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof Failure)) throw error;
  assert.match(error.message, /^[^\p{Cc}\u2028\u2029]+$/u, "a message is one line");
  assert.deepEqual(error.log, []);
  return error.message;
}
