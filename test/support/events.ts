import type { Event, ScheduledTask, StageName } from "../../src/model/event.js";
import type { ImageId, PairId } from "../../src/model/image.js";

export const pair = "lua/5.4/trixie" as PairId;
export const dev = "lua/5.4/trixie/dev" as ImageId;
export const runtime = "lua/5.4/trixie/runtime" as ImageId;

export const task = (stage: StageName, subject: ImageId | PairId, seconds = 10): ScheduledTask => ({
  ...{ stage, subject, seconds },
});

/** Of a run that builds a pair and tests it, two at a time. */
export const scheduled: Event = {
  type: "scheduled",
  jobs: 2,
  tasks: [task("build", dev), task("build", runtime), task("test", pair)],
};

export const started = (stage: StageName, subject: ImageId | PairId): Event => ({ type: "started", stage, subject });

export const output = (line: string, subject = dev): Event => ({ type: "output", stage: "build", subject, line });

export const built = (subject: ImageId): Event => ({ type: "built", subject, ms: 12_300, size: 47_400_000 });

export const tested: Event = { type: "tested", subject: pair, ms: 3000, checks: 12 };

export const failed = (reason: string, log: readonly string[] = []): Event => ({
  ...{ type: "failed", stage: "build", subject: dev, reason, log },
});
