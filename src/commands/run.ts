import { type Diagnostic, failed, ok, type Result } from "../model/diagnostic.js";
import type { Say, StageName } from "../model/event.js";
import { Failure } from "../model/failure.js";
import type { Family } from "../model/platform.js";
import { parseRegistry, parseRepositoryName } from "../model/reference.js";
import type { Report } from "../model/report.js";
import type { Selector } from "../model/selector.js";
import { type RunRequest, runPairs } from "../pipeline.js";
import { today } from "../ports/clock.js";
import { readHostMirror } from "../ports/debian-host.js";
import { createEngine, type EngineName } from "../ports/engines.js";
import { createRegistry } from "../ports/registry.js";
import { complaintsOf, type OpenCatalog, openCatalog, outdated, select } from "./catalog.js";
import { writeGenerated } from "./generate.js";

export interface RunOptions {
  readonly stages: readonly StageName[];
  /** Whether `generated/` is brought up to date first; it must be already otherwise. */
  readonly generate: boolean;
  readonly selectors: readonly Selector[];
  /** Adds the selectors that the catalog names for a first look. */
  readonly quickstart: boolean;
  readonly engine: EngineName | undefined;
  readonly builder: string | undefined;
  /** `127.0.0.1:5000/acme` */
  readonly registry: string | undefined;
  readonly mirrors: Readonly<Partial<Record<Family, string>>>;
  readonly jobs: number;
  readonly force: boolean;
  readonly verify: boolean;
  readonly say: Say;
}

/** Builds, tests and publishes what is selected. Writes and builds nothing before everything that was asked for makes sense. */
export async function run(root: string, options: RunOptions): Promise<Result<Report>> {
  const opened = openCatalog(root);
  if (!opened.ok) return opened;
  const { plan, lock, tree, loaded } = opened.value;
  const target = targetOf(options.registry, plan.namespace);
  const quickstart = options.quickstart ? loaded.catalog.settings.quickstart : [];
  const images = select(opened.value, [...options.selectors, ...quickstart]);
  const stale = options.generate ? [] : outdated(root, tree);
  if (!images.ok || !target.ok || stale.length > 0)
    return failed(...complaintsOf(images), ...complaintsOf(target), ...stale);
  const engine = createEngine(options.engine, options.builder === undefined ? {} : { builder: options.builder });
  await engine.check();
  await target.value?.registry.check();
  if (options.generate) writeGenerated(root, opened.value);
  const mirrors = await mirrorsFor(opened.value, options.mirrors);
  const { stages, jobs, force, verify, say } = options;
  const request: RunRequest = {
    root,
    plan,
    lock,
    tree,
    images: images.value,
    stages,
    engine,
    mirrors,
    jobs,
    force,
    verify,
    say,
  };
  return ok(await runPairs(target.value === undefined ? request : { ...request, target: target.value }));
}

/** `127.0.0.1:5000/acme` → the registry, and what goes before the language in its repositories. */
function targetOf(location: string | undefined, namespace: string): Result<RunRequest["target"]> {
  if (location === undefined) return ok(undefined);
  const slash = location.indexOf("/");
  const host = parseRegistry(slash === -1 ? location : location.slice(0, slash));
  const path = slash === -1 ? namespace : parseRepositoryName(location.slice(slash + 1).replace(/\/+$/, ""));
  const complaint: Diagnostic = {
    rule: "invalid-option",
    message: `--registry must be HOST[:PORT][/PATH], such as 127.0.0.1:5000/acme, and is ${JSON.stringify(location)}`,
  };
  if (host === undefined || path === undefined) return failed(complaint);
  return ok({ registry: createRegistry({ host }), path, day: today().replaceAll("-", "") });
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
