import { type Diagnostic, failed, ok, type Result } from "../model/diagnostic.js";
import type { Say, StageName } from "../model/event.js";
import { Failure } from "../model/failure.js";
import type { Image } from "../model/image.js";
import type { Family, Platform } from "../model/platform.js";
import { makeReport, type Report } from "../model/report.js";
import type { Selector } from "../model/selector.js";
import { today } from "../ports/clock.js";
import { readPublicKey } from "../ports/cosign.js";
import { readHostMirror } from "../ports/debian-host.js";
import type { Engine } from "../ports/engine.js";
import { hostPlatform } from "../ports/host.js";
import type { Force, RunRequest } from "../run-context.js";
import { complaintsOf, type OpenCatalog, openCatalog, outdated, select } from "./catalog.js";
import { writeGenerated } from "./generate.js";
import { type Narrowing, narrow } from "./narrow.js";
import { runRemembering } from "./remembering.js";
import { type Target, targetOf } from "./target.js";

export interface RunOptions extends Narrowing {
  readonly stages: readonly StageName[];
  /** Whether `generated/` is brought up to date first; it must be already otherwise. */
  readonly generate: boolean;
  readonly selectors: readonly Selector[];
  /** Adds the selectors that the catalog names for a first look. */
  readonly quickstart: boolean;
  /** Where none are named: all that the catalog has to publish, this machine's for the rest. */
  readonly platforms: readonly Platform[] | undefined;
  readonly engine: Engine;
  /** `127.0.0.1:5000/acme` */
  readonly registry: string | undefined;
  /** A key that published images are signed with. */
  readonly key: string | undefined;
  readonly mirrors: Readonly<Partial<Record<Family, string>>>;
  readonly jobs: number;
  readonly force: boolean;
  readonly verify: boolean;
  readonly dryRun: boolean;
  /** Whether a registry that is not on loopback speaks plain HTTP. */
  readonly plainHttp: boolean;
  readonly allowDowngrade: boolean;
  readonly say: Say;
}

/** Builds, tests and publishes what is selected. Writes and builds nothing before everything that was asked for makes sense. */
export async function run(root: string, options: RunOptions): Promise<Result<Report>> {
  const opened = openCatalog(root);
  if (!opened.ok) return opened;
  const { plan, tree, loaded } = opened.value;
  const target =
    options.registry === undefined ? ok(undefined) : targetOf(options.registry, plan.namespace, options.plainHttp);
  const quickstart = options.quickstart ? loaded.catalog.settings.quickstart : [];
  const images = await narrow(opened.value, select(opened.value, [...options.selectors, ...quickstart]), options);
  const complaints = complaintsAbout(options);
  const stale = options.generate ? [] : outdated(root, tree);
  if (!images.ok || !target.ok || complaints.length + stale.length > 0)
    return failed(...complaintsOf(images), ...complaintsOf(target), ...complaints, ...stale);
  if (images.value.length === 0) return ok(makeReport([], [], new Map(), 0));
  await target.value?.registry.check();
  const selected = { images: images.value, target: target.value };
  const request = await prepareRun(root, opened.value, { ...options, ...selected });
  if (options.generate) writeGenerated(root, opened.value);
  return ok(await runRemembering(request, loaded.sizes));
}

export interface PreparedOptions extends Omit<RunOptions, "force"> {
  readonly images: readonly Image[];
  readonly target: Target | undefined;
  readonly force: Force;
}

/** Asks for what a run needs beside the catalog: an engine, a key, mirrors. Throws a Failure where one is not there. */
export async function prepareRun(
  root: string,
  opened: OpenCatalog,
  { images, target, ...options }: PreparedOptions,
): Promise<Omit<RunRequest, "costs">> {
  const { plan, lock, tree, loaded } = opened;
  const { engine } = options;
  const [mirrors] = await Promise.all([mirrorsFor(opened, options.mirrors), engine.check()]);
  const signing = options.key === undefined ? {} : { signing: await readSigning(options.key) };
  const { stages, jobs, force, verify, dryRun, allowDowngrade, say, plainHttp } = options;
  const day = today().replaceAll("-", "");
  return {
    ...{ root, plan, lock, tree, images, stages, engine, jobs, force, verify, dryRun, allowDowngrade, say },
    platforms: options.platforms ?? (target === undefined ? [hostPlatform] : loaded.catalog.settings.platforms),
    mirrors,
    ...(target === undefined ? {} : { target: { ...target, ...signing, day, plainHttp } }),
  };
}

/** Before anything is uploaded that is to be signed. */
export const readSigning = async (key: string) => ({ key, publicKey: await readPublicKey({ key }) });

/** Of options that make no sense together. */
export function complaintsAbout({ key, dryRun, allowDowngrade, registry }: RunOptions): readonly Diagnostic[] {
  const complain = (message: string): readonly Diagnostic[] => [{ rule: "invalid-option", message }];
  if (registry === undefined && (key !== undefined || dryRun || allowDowngrade))
    return complain("--sign, --dry-run and --allow-downgrade are for publishing: name where to with --registry");
  if (key !== undefined && registry?.startsWith("oci:") === true)
    return complain("--sign needs a registry: cosign writes no signature into a folder");
  return [];
}

/** A mirror that was named goes before a base image's own; the host's serves bases that were bootstrapped. */
async function mirrorsFor({ loaded }: OpenCatalog, named: RunOptions["mirrors"]): Promise<RunRequest["mirrors"]> {
  const host = await readHostMirror();
  const { alpine, debian } = { ...loaded.catalog.settings.mirrors, ...named };
  const isUrl = (location: string | undefined): boolean => location === undefined || /^https?:\/\//.test(location);
  if (!isUrl(alpine) || !isUrl(debian))
    throw new Failure("a build cannot read a mirror that is a folder: name one with a URL");
  return {
    ...(alpine === undefined
      ? {}
      : { alpine: { mirror: { url: alpine, options: [] }, named: named.alpine !== undefined } }),
    ...(debian !== undefined
      ? { debian: { mirror: { url: debian.replace(/\/+$/, ""), options: host?.options ?? [] }, named: true } }
      : {}),
    ...(debian === undefined && host !== undefined ? { debian: { mirror: host, named: false } } : {}),
  };
}
