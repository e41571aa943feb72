import pLimit from "p-limit";
import { failed, ok, type Result } from "../model/diagnostic.js";
import type { RepositoryName } from "../model/reference.js";
import { expiredTags } from "../model/retention.js";
import type { Selector } from "../model/selector.js";
import { today } from "../ports/clock.js";
import { complaintsOf, openCatalog, select } from "./catalog.js";
import { targetOf } from "./target.js";

export interface ExpiredOptions {
  readonly selectors: readonly Selector[];
  /** `127.0.0.1:5000/acme` */
  readonly registry: string;
  readonly plainHttp: boolean;
}

const requests = 8;

/** The references of unique tags that the rule of retention lets go. Deletes nothing. Throws a Failure of the registry's. */
export async function expired(root: string, options: ExpiredOptions): Promise<Result<readonly string[]>> {
  const opened = openCatalog(root);
  if (!opened.ok) return opened;
  const images = select(opened.value, options.selectors);
  const target = targetOf(options.registry, opened.value.plan.namespace, options.plainHttp);
  if (!images.ok || !target.ok) return failed(...complaintsOf(images), ...complaintsOf(target));
  const { registry, path } = target.value;
  const limit = pLimit(requests);
  const references: string[] = [];
  for (const language of new Set(images.value.map((image) => image.language))) {
    const repository = `${path}/${language}` as RepositoryName;
    const tags = await limit.map(await registry.tags(repository), async (tag) => {
      const digest = await registry.digestOf(repository, tag);
      return digest === undefined ? [] : [{ tag, digest }];
    });
    for (const tag of expiredTags(tags.flat(), today().replaceAll("-", "")))
      references.push(`${registry.host}/${repository}:${tag}`);
  }
  return ok(references);
}
