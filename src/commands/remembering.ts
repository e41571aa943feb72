import { estimateCosts } from "../model/cost.js";
import { imagesOf } from "../model/image.js";
import type { Report } from "../model/report.js";
import type { Sizes } from "../model/sizes.js";
import { runPairs } from "../pipeline.js";
import { openDurations } from "../ports/durations.js";
import { hostPlatform } from "../ports/host.js";
import type { RunRequest } from "../run-context.js";

/** Runs pairs in the order that earlier runs and sizes suggest, and remembers how long everything took. */
export async function runRemembering(request: Omit<RunRequest, "costs">, sizes: Sizes): Promise<Report> {
  const { plan } = request;
  const store = openDurations(plan.namespace);
  const costs = estimateCosts(imagesOf(plan), { sizes, durations: { known: store.known, host: hostPlatform } });
  const say: RunRequest["say"] = (event) => {
    store.hear(event);
    request.say(event);
  };
  const report = await runPairs({ ...request, costs, say });
  store.save(new Set<string>([...imagesOf(plan), ...plan.pairs].map(({ id }) => id)));
  return report;
}
