import { matchesAny } from "./path-pattern.js";
import type { ContentPromise, Subject } from "./promise.js";
import { type Breach, formatBreach } from "./promise.js";
import { files } from "./promises/files.js";
import { libraries } from "./promises/libraries.js";
import { packages } from "./promises/packages.js";
import { rights } from "./promises/rights.js";

/** Those that an image's content shows. */
export const contentPromises: readonly ContentPromise[] = [...rights, ...files, ...packages, ...libraries];

/** Those that only show when something runs. */
export const runningPromises = {
  "time-zone": "the language knows the time zone that TZ names",
  unicode: "what the language prints is UTF-8",
  tls: "TLS works, and trusts an authority that was added in the documented way, and no other",
  "standard-library": "the whole standard library loads",
  application: "what dev compiles, runtime loads: the hello application answers, a native extension too",
  stops: "a service ends when it is told to, as the first process of its container",
  confined: "works with a read-only root file system, without network, capabilities or new privileges",
  "own-tests": "the tests of the definition pass",
} as const;

export type RunningPromise = keyof typeof runningPromises;

/** Of size, which each definition sets itself. */
const budgets = { "size-budget": "weighs no more than the definition allows" } as const;

/** Every promise → what it says, in one line. */
export const promises: Readonly<Record<string, string>> = {
  ...Object.fromEntries(contentPromises.map(({ id, summary }) => [id, summary])),
  ...runningPromises,
  ...budgets,
};

/**
 * Changes when what a promise demands does, so that what passed is tested again: a number that whoever changes a check
 * counts on.
 */
export const contractVersion = 1;

/** Promises that a definition may make exceptions of: those whose breaches have names. */
export const exceptable: readonly string[] = [
  ...contentPromises.map(({ id }) => id),
  ...(["time-zone", "unicode", "tls", "standard-library"] as const satisfies readonly RunningPromise[]),
];

/** By promise: what is excepted → why. */
type Exceptions = Readonly<Record<string, Readonly<Record<string, string>> | undefined>>;

/** Breaches of one promise of which no exception speaks. */
export function withoutExceptions(
  promise: string,
  breaches: readonly Breach[],
  exceptions: Exceptions,
): readonly Breach[] {
  const isExcepted = matchesAny(Object.keys((Object.hasOwn(exceptions, promise) && exceptions[promise]) || {}));
  return breaches.filter(({ about }) => !isExcepted(about));
}

/** As many breaches of one promise are named; of the rest, how many there are. */
const named = 5;

/** `breaks no-header: /usr/include/zlib.h` */
export function describeBreaches(promise: string, breaches: readonly Breach[]): readonly string[] {
  const lines = breaches.slice(0, named).map((breach) => `breaks ${promise}: ${formatBreach(breach)}`);
  const rest = breaches.length - named;
  return rest > 0 ? [...lines, `breaks ${promise}: and ${rest} more`] : lines;
}

export interface ContentCheck {
  readonly checks: number;
  readonly breaches: readonly string[];
}

/** Every way in which an image's content breaks what images of its kind promise. */
export function checkContent(subject: Subject, exceptions: Exceptions): ContentCheck {
  const held = contentPromises.filter(({ holdsFor }) => holdsFor(subject));
  const breaches = held.flatMap((promise) =>
    describeBreaches(promise.id, withoutExceptions(promise.id, promise.breaches(subject), exceptions)),
  );
  return { checks: held.length, breaches };
}
