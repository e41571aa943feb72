import { failed, ok, type Result } from "../model/diagnostic.js";
import { Failure } from "../model/failure.js";
import type { Image, ImageId, Pair, Plan } from "../model/image.js";
import type { NowPublished, Rebuilt } from "../model/rebuilt.js";
import type { RepositoryName, Tag } from "../model/reference.js";
import type { Failed } from "../model/report.js";
import { formatReason, type Reason, type Staleness } from "../model/staleness.js";
import { today } from "../ports/clock.js";
import { withTemporaryFolder } from "../ports/files.js";
import type { RunRequest } from "../run-context.js";
import { readPublishedChanges } from "../stages/published-changes.js";
import { retagPair } from "../stages/retag.js";
import { createSigner } from "../stages/sign.js";
import type { StaleReport } from "../stages/stale.js";
import { complaintsOf, type OpenCatalog, openCatalog, select } from "./catalog.js";
import { writeGenerated } from "./generate.js";
import { narrow } from "./narrow.js";
import { runRemembering } from "./remembering.js";
import { resolve } from "./resolve.js";
import { complaintsAbout, prepareRun, type RunOptions, readSigning } from "./run.js";
import { judgeCatalog } from "./stale.js";
import { type Target, targetOf } from "./target.js";

export interface UpStaleOptions extends RunOptions {
  /** Whether the lock stays as it is. */
  readonly locked: boolean;
  /** Whether each tag is looked at. */
  readonly everyTag: boolean;
}

/** Refreshes the lock, rebuilds and publishes what is stale by it and no more, and puts back tags that are not where they belong. */
export async function upStale(root: string, options: UpStaleOptions): Promise<Result<Rebuilt>> {
  const { registry } = options;
  if (registry === undefined)
    return failed({ rule: "invalid-option", message: "--stale is about a registry: name one with --registry" });
  const complaints = complaintsAbout(options);
  if (complaints.length > 0) return failed(...complaints);
  const refreshed = options.locked
    ? ok({ moves: [], kept: [] })
    : await resolve(root, { check: false, mirrors: options.mirrors, cycles: undefined });
  if (!refreshed.ok) return refreshed;
  const opened = openCatalog(root);
  if (!opened.ok) return opened;
  const target = targetOf(registry, opened.value.plan.namespace, options.plainHttp);
  const selected = await narrow(opened.value, select(opened.value, options.selectors), options);
  if (!target.ok || !selected.ok) return failed(...complaintsOf(target), ...complaintsOf(selected));
  await target.value.registry.check();
  writeGenerated(root, opened.value);
  const images = wholePairs(opened.value.plan, selected.value);
  const asked = { ...options, target: target.value, images };
  const { images: judged, outdated, fresh, unknown } = await judgeCatalog(opened.value, asked);
  const { moves, kept } = refreshed.value;
  for (const text of kept) options.say({ type: "note", text: `${text}: the lock keeps what it had` });
  const rebuilt = await rebuild(root, opened.value, { ...options, target: target.value, judged, outdated, fresh });
  return ok({ moves, unknown, images: judged, ...rebuilt });
}

const wholePairs = ({ pairs }: Plan, selected: readonly Image[]): readonly Image[] =>
  pairs.flatMap(({ id, images }) => (selected.some(({ pair }) => pair === id) ? images : []));

interface RebuildOptions extends UpStaleOptions {
  readonly target: Target;
  readonly judged: readonly Staleness[];
  readonly outdated: StaleReport["outdated"];
  readonly fresh: StaleReport["fresh"];
}

async function rebuild(
  root: string,
  opened: OpenCatalog,
  options: RebuildOptions,
): Promise<Pick<Rebuilt, "report" | "unmoved" | "published">> {
  const { judged, target, outdated, fresh } = options;
  const stale = judged.filter(({ action }) => action === "rebuild");
  const unmoved = await retag(opened, options);
  if (stale.length === 0) return { unmoved, published: new Map() };
  const request = await prepareRun(root, opened, {
    ...options,
    target,
    images: stale.map(({ image }) => image),
    force: outdated,
  });
  const reasons = new Map(stale.map((each) => [each.image.id, each.reasons.map(formatReason)]));
  // Too old, or with no record: though it comes out the same, it must not be taken for stale again tomorrow.
  const renew = new Set(stale.filter(({ reasons }) => reasons.some(isAboutRecords)).map(({ image }) => image.id));
  const report = await runRemembering(
    { ...request, reasons, renew, published: publishedBy(fresh, target) },
    opened.loaded.sizes,
  );
  return { report, unmoved, published: options.dryRun ? new Map() : await readPublications(stale, target) };
}

const isAboutRecords = ({ kind }: Reason): boolean => kind === "age" || kind === "unrecorded";

/** What others are built on is taken from where it is published; from a folder, no engine takes any. */
function publishedBy(fresh: StaleReport["fresh"], { registry, path }: Target): NonNullable<RunRequest["published"]> {
  return ({ id, language }, platform) => {
    const { digest, records: [record] = [] } = fresh.get(id) ?? {};
    if (digest === undefined || registry.host.startsWith("oci:")) return undefined;
    const known = record?.platforms.find((each) => each.platform === platform)?.id;
    const reference = `${registry.host}/${path}/${language}@${digest}`;
    return known === undefined ? { reference } : { reference, id: known };
  };
}

/** Pairs of which nothing is to be built, and a tag is not where it belongs. */
async function retag({ plan }: OpenCatalog, options: RebuildOptions): Promise<Rebuilt["unmoved"]> {
  const { judged, target, say, key, plainHttp } = options;
  const digests = new Map(judged.flatMap(({ image, digest }) => (digest === undefined ? [] : [[image.id, digest]])));
  const actions = new Map(judged.map(({ image, action }) => [image.id, action]));
  const has = ({ images }: Pair, action: Staleness["action"]) => images.some(({ id }) => actions.get(id) === action);
  const pairs = plan.pairs.filter((pair) => has(pair, "retag") && !has(pair, "rebuild"));
  if (pairs.length === 0) return [];
  const signing = key === undefined ? undefined : await readSigning(key);
  return withTemporaryFolder(async (folder) => {
    const sign =
      signing === undefined ? {} : { sign: createSigner(signing, { registry: target.registry, plainHttp, folder }) };
    const context = { ...target, ...sign, digests, day: today().replaceAll("-", ""), ...onlyTags(options) };
    const unmoved: Failed[] = [];
    for (const pair of pairs) {
      const { failure } = await attempt(() => retagPair(pair, context));
      if (failure === undefined) continue;
      const failed = { stage: "publish", subject: pair.id, reason: failure.message } as const;
      say({ type: "failed", ...failed, log: failure.log });
      unmoved.push(failed);
    }
    return unmoved;
  });
}

const onlyTags = ({ dryRun, allowDowngrade, say }: RebuildOptions) => ({ dryRun, allowDowngrade, say });

/** What is published in place of what was stale. What cannot be read is missing in a summary, and nothing worse. */
async function readPublications(
  stale: readonly Staleness[],
  { registry, path }: Target,
): Promise<Rebuilt["published"]> {
  const published = new Map<ImageId, NowPublished>();
  for (const { image, digest: before } of stale) {
    const repository = `${path}/${image.language}` as RepositoryName;
    const { value } = await attempt(async () => {
      const digest = await registry.digestOf(repository, image.tags[0] as Tag);
      if (digest === undefined || digest === before) return { digest, changes: [] };
      const read = await readPublishedChanges(digest, { registry, repository });
      return { digest, changes: read.flatMap(({ changes }) => changes) };
    });
    if (value?.digest !== undefined) published.set(image.id, { ...value, digest: value.digest });
  }
  return published;
}

async function attempt<T>(act: () => Promise<T>): Promise<{ readonly value?: T; readonly failure?: Failure }> {
  try {
    return { value: await act() };
  } catch (error) {
    if (error instanceof Failure) return { failure: error };
    throw error;
  }
}
