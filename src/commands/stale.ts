import { failed, ok, type Result } from "../model/diagnostic.js";
import { type Leg, legsOf } from "../model/legs.js";
import type { Family, Platform } from "../model/platform.js";
import type { Selector } from "../model/selector.js";
import { today } from "../ports/clock.js";
import { createStateReader } from "../stages/published-state.js";
import { findStale, type StaleReport } from "../stages/stale.js";
import { complaintsOf, type OpenCatalog, openCatalog, select } from "./catalog.js";
import { sourcesOf } from "./resolve.js";
import { type Target, targetOf } from "./target.js";

export interface StaleOptions {
  readonly selectors: readonly Selector[];
  /** `127.0.0.1:5000/acme` */
  readonly registry: string;
  readonly plainHttp: boolean;
  /** The catalog's where none are named. */
  readonly platforms: readonly Platform[] | undefined;
  readonly mirrors: Readonly<Partial<Record<Family, string>>>;
  /** Whether each tag is looked at. */
  readonly everyTag: boolean;
}

export interface StaleResult extends StaleReport {
  readonly requests: number;
  readonly legs: readonly Leg[];
}

/** What of a registry is not as fresh as it could be. Throws a Failure where the registry does not answer. */
export async function stale(root: string, options: StaleOptions): Promise<Result<StaleResult>> {
  const opened = openCatalog(root);
  if (!opened.ok) return opened;
  const { plan } = opened.value;
  const target = targetOf(options.registry, plan.namespace, options.plainHttp);
  const images = select(opened.value, options.selectors);
  if (!images.ok || !target.ok) return failed(...complaintsOf(images), ...complaintsOf(target));
  await target.value.registry.check();
  const report = await judgeCatalog(opened.value, { ...options, target: target.value, images: images.value });
  return ok({ ...report, requests: target.value.registry.requests(), legs: legsOf(plan, report.images) });
}

interface JudgeOptions extends Pick<StaleOptions, "platforms" | "mirrors" | "everyTag"> {
  readonly target: Target;
  readonly images: Parameters<typeof findStale>[0]["images"];
}

/** Says of a catalog's images whether what is published of them is fresh. */
export function judgeCatalog({ plan, tree, loaded }: OpenCatalog, options: JudgeOptions): Promise<StaleReport> {
  const { settings } = loaded.catalog;
  const { target, images, platforms = settings.platforms, mirrors, everyTag } = options;
  const { index } = sourcesOf(settings, { mirrors, cycles: undefined });
  return findStale({
    ...{ plan, tree, images, platforms, today: today() },
    read: createStateReader({ ...target, everyTag }),
    index: ({ distribution }, platform) => index(distribution, platform),
    ...(settings.maximumAge === undefined ? {} : { maximumAge: settings.maximumAge }),
  });
}
