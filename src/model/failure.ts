/**
 * The world did not do what was asked: an engine that is not there, a registry that refuses, a full disk. Its message is
 * one line for a person. Anything else that is thrown is a bug of Ingot's.
 */
export class Failure extends Error {
  override readonly name = "Failure";

  /** The last lines that the failing tool said, oldest first. */
  readonly log: readonly string[];

  constructor(message: string, log: readonly string[] = []) {
    super(message);
    this.log = log;
  }
}

/** What is needed is nowhere to be had: what needs it is skipped, and has not failed. */
export class Unavailable extends Failure {}

/** Somebody did not answer, or refused: what was asked for may be there all the same, and the next run may get it. */
export class Unanswered extends Failure {}

/** For the default of a switch over a closed union: the compiler proves that nothing arrives here. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
