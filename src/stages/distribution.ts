import { join } from "node:path";
import type { Distribution } from "../model/catalog.js";
import type { Say } from "../model/event.js";
import { Failure, Unavailable } from "../model/failure.js";
import { type DistributionLock, epochOf } from "../model/lock.js";
import { architectureOf, type Platform } from "../model/platform.js";
import { bootstrapDebian, debianSources, type HostMirror, hasBootstrapper, slimOptions } from "../ports/debian-host.js";
import type { Engine, EngineImage } from "../ports/engine.js";
import { withTemporaryFolder, writeText } from "../ports/files.js";
import { openMirror } from "../ports/mirror.js";
import { fingerprint } from "../support/fingerprint.js";

/** What a build uses for a distribution's own image. */
export interface DistributionImage {
  readonly id: string;
  /** The local reference: the distribution's own, or that of a bootstrapped one. */
  readonly reference: string;
  /** Writes a package manager's list of sources, for a secret mount; absent where the image has its own. */
  readonly writeMirror?: () => Promise<string>;
}

export interface DistributionContext {
  readonly engine: Engine;
  readonly say: Say;
  readonly present: ReadonlyMap<string, EngineImage>;
  readonly platform: Platform;
  readonly lock: DistributionLock | undefined;
  /** As it stands in a FROM. */
  readonly reference: string;
  readonly namespace: string;
  /** A mirror that was named for the family, or the host's own. */
  readonly mirror: HostMirror | undefined;
  /** Whether the mirror was named, and so goes before the image's own sources. */
  readonly mirrorNamed: boolean;
  /** A folder that lives as long as the run. */
  readonly folder: string;
}

const bootstrapLabel = "ingot.bootstrap";

/** `docker.io/ingot/bootstrap:trixie`: a base that was made here is never taken for the distribution's own. */
export function bootstrapReference(namespace: string, distribution: Distribution): string {
  return `docker.io/${namespace}/bootstrap:${distribution.name}`;
}

/**
 * The distribution's own image from the engine or a registry; where no registry answers and the family can be bootstrapped
 * on this host, one that is made here. Throws Unavailable with the reason where there is none, a Failure where making it fails.
 */
export async function provideDistribution(
  distribution: Distribution,
  context: DistributionContext,
): Promise<DistributionImage> {
  const found = findDistribution(distribution, context);
  if (found !== undefined) return found;
  try {
    await context.engine.pull(context.reference);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return bootstrap(distribution, context, error);
  }
  const pulled = (await context.engine.inspect([context.reference])).get(context.reference);
  if (pulled === undefined) throw new Failure(`${context.reference} was pulled, and the engine does not have it`);
  return asFound(distribution, context, pulled);
}

function findDistribution(distribution: Distribution, context: DistributionContext): DistributionImage | undefined {
  const present = context.present.get(context.reference);
  if (present !== undefined) return asFound(distribution, context, present);
  const bootstrapped = context.present.get(bootstrapReference(context.namespace, distribution));
  return bootstrapped?.labels[bootstrapLabel] === bootstrapFingerprint(distribution, context)
    ? made(distribution, context, bootstrapped)
    : undefined;
}

const asFound = (distribution: Distribution, context: DistributionContext, image: EngineImage): DistributionImage => ({
  id: image.id,
  reference: context.reference,
  ...(context.mirrorNamed ? { writeMirror: mirrorWriter(distribution, context) } : {}),
});

const made = (distribution: Distribution, context: DistributionContext, image: EngineImage): DistributionImage => ({
  id: image.id,
  reference: bootstrapReference(context.namespace, distribution),
  writeMirror: mirrorWriter(distribution, context),
});

/** A base is made anew when the distribution's release moves on, or its recipe; its packages' fixes come with each build. */
const bootstrapFingerprint = ({ name, branch }: Distribution, { lock }: DistributionContext): string =>
  fingerprint({ name, branch, version: lock?.version, slimOptions });

async function bootstrap(
  distribution: Distribution,
  context: DistributionContext,
  refusal: Failure,
): Promise<DistributionImage> {
  if (distribution.family !== "debian" || context.mirror === undefined || !(await hasBootstrapper()))
    throw new Unavailable(refusal.message, refusal.log);
  const { engine, lock } = context;
  const reference = bootstrapReference(context.namespace, distribution);
  context.say({
    type: "note",
    text: `${context.reference}: no registry answers, so ${distribution.name} is bootstrapped from the mirror of this host's apt`,
  });
  const sources = await mirrorLines(distribution, context);
  const sourceDateEpoch = lock === undefined ? 0 : epochOf(lock);
  const image = await withTemporaryFolder(async (folder) => {
    const architecture = architectureOf(context.platform, "debian");
    await bootstrapDebian({ suite: distribution.branch, architecture, sources, folder, sourceDateEpoch });
    writeText(join(folder, "Dockerfile"), { text: 'FROM scratch\nADD rootfs.tar /\nCMD ["bash"]\n' });
    return engine.build({
      folder,
      tags: [reference],
      buildArguments: { SOURCE_DATE_EPOCH: String(sourceDateEpoch) },
      labels: { [bootstrapLabel]: bootstrapFingerprint(distribution, context) },
      contexts: {},
      secrets: [],
      cache: true,
    });
  });
  return made(distribution, context, image);
}

/** Asks the mirror what it has once, and only if there is something to build. */
function mirrorWriter(distribution: Distribution, context: DistributionContext): () => Promise<string> {
  const write = async () => {
    const file = join(context.folder, `${distribution.name}.mirror`);
    writeText(file, { text: await mirrorLines(distribution, context) });
    return file;
  };
  let written: Promise<string> | undefined;
  return () => (written ??= write());
}

/** In the form of the family's own package manager. */
async function mirrorLines({ family, branch }: Distribution, { mirror }: DistributionContext): Promise<string> {
  if (mirror === undefined)
    throw new Failure(`packages of ${family} come from a mirror: name one with --mirror ${family}=URL`);
  if (family === "alpine")
    return ["main", "community"].map((repository) => `${mirror.url}/${branch}/${repository}\n`).join("");
  return debianSources(branch, mirror, async (url) => (await openMirror(url).get("")) !== undefined);
}
