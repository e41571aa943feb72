import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { CatalogSettings } from "../model/catalog.js";
import { ok, type Result } from "../model/diagnostic.js";
import { Failure } from "../model/failure.js";
import { type CheckName, type Finding, findingsOf, sortFindings } from "../model/finding.js";
import { imagesOf } from "../model/image.js";
import type { Family, Platform } from "../model/platform.js";
import type { EngineName } from "../ports/engine.js";
import { isFile } from "../ports/files.js";
import { hostPlatform } from "../ports/host.js";
import { abandonProcesses } from "../ports/interruption.js";
import { wantedNode } from "../ports/own-package.js";
import { examineEngine } from "../stages/doctor-engine.js";
import { type CatalogState, diskNeeded, judgeCatalog, judgeNode } from "../stages/doctor-local.js";
import { type Examined, examineMirrors, examineRegistry, judgeClock } from "../stages/doctor-network.js";
import { loadSettings } from "../stages/load-settings.js";
import { type OpenCatalog, openCatalog, outdated } from "./catalog.js";
import { type Target, targetOf } from "./target.js";

export interface DoctorOptions {
  readonly engine: EngineName | undefined;
  readonly builder: string | undefined;
  /** Where none are named: all that the catalog has, which a publication needs. */
  readonly platforms: readonly Platform[] | undefined;
  /** `127.0.0.1:5000/acme` */
  readonly registry: string | undefined;
  readonly plainHttp: boolean;
  readonly mirrors: Readonly<Partial<Record<Family, string>>>;
}

/** Milliseconds: for an answer from somewhere, and for all that a check does. */
const timeout = 5000;
const limit = 7000;

/** Looks at all that Ingot stands on, side by side, and changes nothing. What does not answer in time is a finding like any other. */
export async function doctor(root: string, options: DoctorOptions): Promise<Result<readonly Finding[]>> {
  const hasCatalog = isFile(join(root, "catalog.yaml"));
  const opened = hasCatalog ? openCatalog(root) : undefined;
  const written = hasCatalog ? loadSettings(root) : undefined;
  const settings = written?.ok === true ? written.value : undefined;
  const { registry, plainHttp } = options;
  const target = registry === undefined ? ok(undefined) : targetOf(registry, settings?.namespace ?? "", plainHttp);
  if (!target.ok) return target;
  const surroundings: Surroundings = { ...options, settings, catalog: opened?.ok === true ? opened.value : undefined };
  const examined = await Promise.all([
    within("engine", "docker version", () => askEngine(surroundings)),
    within("mirrors", "apt-get update", () => askMirrors(surroundings)),
    ...(target.value === undefined ? [] : [askRegistry(target.value, surroundings)]),
  ]);
  await abandonProcesses();
  return ok(
    sortFindings([
      judgeNode(process.versions.node, wantedNode()),
      judgeCatalog(root, stateOf(root, opened)),
      ...examined.flatMap(({ findings }) => findings),
      ...judgeClock(examined.flatMap(({ clocks = [] }) => clocks)),
    ]),
  );
}

interface Surroundings extends DoctorOptions {
  /** As far as there is a catalog whose settings can be read. */
  readonly settings: CatalogSettings | undefined;
  /** Where nothing of it is wrong. */
  readonly catalog: OpenCatalog | undefined;
}

async function askEngine(surroundings: Surroundings): Promise<Examined> {
  const { engine, builder, platforms, registry, settings, catalog } = surroundings;
  const wanted = platforms ?? settings?.platforms ?? [];
  const findings = await examineEngine({
    name: engine ?? "docker",
    named: engine !== undefined,
    builder,
    timeout,
    foreign: wanted.filter((platform) => platform !== hostPlatform),
    needsForeign: platforms !== undefined || registry !== undefined,
    needed: catalog === undefined ? undefined : diskNeeded(imagesOf(catalog.plan), catalog.loaded.sizes),
  });
  return { findings };
}

function askMirrors({ mirrors, settings }: Surroundings): Promise<Examined> {
  return examineMirrors({
    distributions: settings?.distributions ?? [],
    platform: hostPlatform,
    mirrors: { ...settings?.mirrors, ...mirrors },
    timeout,
  });
}

function askRegistry({ registry, path }: Target, { plainHttp, settings }: Surroundings): Promise<Examined> {
  const { host } = registry;
  if (host.startsWith("oci:")) return askFolder(registry);
  const repository = settings === undefined || path === "" ? undefined : `${path}/${settings.base}`;
  return within("registry", "the same command on another machine", () =>
    examineRegistry({ host, plainHttp, repository, timeout }),
  );
}

async function askFolder({ host, check }: Target["registry"]): Promise<Examined> {
  const { ok, fail } = findingsOf("registry");
  try {
    await check();
    return { findings: [ok(`${host} can be used`)] };
  } catch (error) {
    if (error instanceof Failure)
      return { findings: [fail(error.message, "name another folder with --registry oci:FOLDER")] };
    throw error;
  }
}

/** Does not wait any longer for what says nothing: one check never holds up the others. */
async function within(check: CheckName, shows: string, examine: () => Promise<Examined>): Promise<Examined> {
  const { fail } = findingsOf(check);
  const answered = new AbortController();
  const late = wait(limit, undefined, { signal: answered.signal }).then(
    () => ({ findings: [fail(`no answer within ${limit / 1000} s`, `${shows} shows whether it is stuck`)] }),
    () => ({ findings: [] }),
  );
  try {
    return await Promise.race([examine(), late]);
  } finally {
    answered.abort();
  }
}

function stateOf(root: string, opened: Result<OpenCatalog> | undefined): CatalogState {
  if (opened === undefined) return { kind: "none" };
  if (!opened.ok) return { kind: "wrong", diagnostics: opened.diagnostics };
  const { plan, tree } = opened.value;
  return { kind: "good", pairs: plan.pairs.length, outdated: outdated(root, tree).length };
}
