import { ok, type Result } from "../model/diagnostic.js";
import { imagesOf } from "../model/image.js";
import type { SiteFacts } from "../model/site.js";
import { replaceFolder } from "../ports/whole-folder.js";
import { renderSite, siteMarker } from "../stages/site.js";
import { namedPackages, readDescribed } from "../stages/site-known.js";
import { readSitePublished } from "../stages/site-published.js";
import { type OpenCatalog, openCatalog } from "./catalog.js";
import { type Target, targetOf } from "./target.js";

export interface SiteOptions {
  /** The folder that the site goes into. */
  readonly out: string;
  /** `127.0.0.1:5000/acme`; undefined where none is asked. */
  readonly registry: string | undefined;
  readonly plainHttp: boolean;
}

export interface WrittenSite {
  readonly files: number;
  readonly images: number;
  /** Images whose packages are known. */
  readonly described: number;
  /** Images that the registry has; undefined where none was asked. */
  readonly published: number | undefined;
}

/** Writes the catalog as a web site. Throws a Failure where the registry does not answer, or the folder is somebody else's. */
export async function site(root: string, { out, registry, plainHttp }: SiteOptions): Promise<Result<WrittenSite>> {
  const opened = openCatalog(root);
  if (!opened.ok) return opened;
  const { plan, loaded } = opened.value;
  const target = registry === undefined ? ok(undefined) : targetOf(registry, plan.namespace, plainHttp);
  if (!target.ok) return target;
  const facts = await gather(root, opened.value, target.value);
  const tree = renderSite(plan, loaded, facts);
  if (!tree.ok) return tree;
  replaceFolder(out, tree.value, siteMarker);
  return ok({
    files: tree.value.size,
    images: imagesOf(plan).length,
    described: facts.packages.size,
    published: facts.asked ? facts.published.size : undefined,
  });
}

/** What is published counts before what this machine built. */
async function gather(root: string, { plan, lock }: OpenCatalog, target: Target | undefined): Promise<SiteFacts> {
  await target?.registry.check();
  const read = target === undefined ? undefined : await readSitePublished(imagesOf(plan), target);
  const packages = new Map([...readDescribed(root, plan), ...(read?.packages ?? [])]);
  return {
    place: placeOf(plan.namespace, target),
    asked: target !== undefined,
    packages,
    named: namedPackages(plan, lock, packages),
    published: read?.published ?? new Map(),
  };
}

/** Nobody pulls from a folder: there the images have the names that they have on the machine. */
function placeOf(namespace: string, target: Target | undefined): string {
  if (target === undefined || target.registry.host.startsWith("oci:")) return namespace;
  return `${target.registry.host}/${target.path}`;
}
