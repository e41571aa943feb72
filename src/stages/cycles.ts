import type { Distribution } from "../model/catalog.js";
import type { Definition, PairDefinition } from "../model/definition.js";
import type { Cycle, Lock } from "../model/lock.js";
import type { Ends } from "../model/support.js";
import { own } from "../support/own.js";

/** The release-cycle data's names for the distributions' families. */
export const distributionProducts = { debian: "debian", alpine: "alpine-linux" } as const;

/** The cycles of a line: its language's and its distribution's. */
interface PairCycles {
  readonly upstream: Cycle | undefined;
  readonly distribution: Cycle | undefined;
}

export function cyclesOf(
  cycles: Lock["cycles"],
  { endoflife }: Pick<Definition, "endoflife">,
  { cycle }: Pick<PairDefinition, "cycle">,
  { family, release }: Pick<Distribution, "family" | "release">,
): PairCycles {
  return {
    upstream: endoflife === undefined ? undefined : own(own(cycles, endoflife), cycle),
    distribution: own(own(cycles, distributionProducts[family]), release),
  };
}

/** Debian's long-term support counts; what upstreams call extended is sold. */
export function endsOf({ upstream, distribution }: PairCycles): Ends {
  const [left, right] = [upstream?.eol, distribution?.extended ?? distribution?.eol];
  return { ...(left === undefined ? {} : { upstream: left }), ...(right === undefined ? {} : { distribution: right }) };
}
