import type { CatalogSettings } from "../model/catalog.js";
import type { Definition } from "../model/definition.js";
import { type Diagnostic, failed, type Result, unlessAny } from "../model/diagnostic.js";
import type { LanguagePlan, Plan } from "../model/image.js";
import type { Lock } from "../model/lock.js";
import type { LoadedCatalog } from "./load.js";
import { type LockedPair, lockChecksum, lockPairs } from "./locked.js";
import { artifactComplaints, baseComplaints, tagComplaints } from "./plan-complaints.js";
import { type PlanContext, planPair } from "./plan-pair.js";
import { planTags, type TagPlan } from "./tags.js";

/** Takes every decision about a catalog: what each image is built on, holds, is called and is tested with. */
export function makePlan(loaded: LoadedCatalog, lock: Lock | undefined): Result<Plan> {
  if (lock === undefined) {
    return failed({
      rule: "lock-missing",
      file: "catalog.lock.yaml",
      message: "there is no lock: run `ingot resolve`",
    });
  }
  if (lock.definitions !== lockChecksum(loaded)) {
    return failed({
      rule: "lock-outdated",
      file: "catalog.lock.yaml",
      message: "the definitions have changed since the lock was made: run `ingot resolve`",
    });
  }
  const complaints: Diagnostic[] = [];
  const locked = loaded.catalog.definitions.map((definition) => ({
    definition,
    pairs: lockPairs(loaded, lock, definition, complaints),
  }));
  const tags = new Map(
    locked.map(({ definition, pairs }) => [definition.language, planTags(pairs.map(({ subject }) => subject))]),
  );
  complaints.push(
    ...locked.flatMap(({ definition }) => tagComplaints(loaded, definition, tags.get(definition.language) as TagPlan)),
  );
  const base = locked.find(({ definition }) => definition.language === loaded.catalog.settings.base);
  const bases = basesOf(base?.pairs ?? [], tags.get(loaded.catalog.settings.base));
  complaints.push(...locked.flatMap(({ definition, pairs }) => baseComplaints(loaded, definition, pairs)));
  if (complaints.length > 0) return failed(...complaints);

  const context: PlanContext = { loaded, lock, tags, bases };
  const languages = locked.map(({ definition, pairs }) => planLanguage(context, definition, pairs));
  return unlessAny(artifactComplaints(loaded, languages), () => planOf(loaded.catalog.settings, languages));
}

function planOf(settings: CatalogSettings, languages: readonly LanguagePlan[]): Plan {
  const baseFirst = [...languages].sort(
    (a, b) => Number(b.language === settings.base) - Number(a.language === settings.base),
  );
  return {
    namespace: settings.namespace,
    title: settings.title,
    base: settings.base,
    languages,
    pairs: baseFirst.flatMap(({ pairs }) => pairs),
  };
}

function planLanguage(context: PlanContext, definition: Definition, locked: readonly LockedPair[]): LanguagePlan {
  const { language, summary, licence, homepage, notes } = definition;
  return { language, summary, licence, homepage, notes, pairs: locked.map((pair) => planPair(context, pair)) };
}

/** The base on a distribution goes by the distribution's name: the pair that has it as a tag. */
function basesOf(pairs: readonly LockedPair[], tags: TagPlan | undefined): ReadonlyMap<string, LockedPair> {
  const named = pairs.filter(({ subject, distribution }) =>
    tags?.tagsOf(subject, "runtime").some((tag) => tag === distribution.name),
  );
  return new Map(named.map((pair) => [pair.distribution.name, pair]));
}
