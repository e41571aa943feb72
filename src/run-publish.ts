import { Failure } from "./model/failure.js";
import type { Pair } from "./model/image.js";
import type { RunContext, RunRequest } from "./run-context.js";
import { publishPair } from "./stages/publish.js";
import { publishArtifacts } from "./stages/publish-artifacts.js";
import { attachDocuments } from "./stages/publish-attachments.js";
import type { TagPlan } from "./stages/publish-tags.js";
import { recordOf } from "./stages/record.js";
import { createSigner } from "./stages/sign.js";

export interface PublishRequest extends RunRequest {
  /** Artifacts by what they are published as. */
  readonly publishing: Map<string, Promise<void>>;
}

/** Publishes a pair for all of its platforms, or for none. Throws a Failure. */
export async function publish(pair: Pair, request: PublishRequest, platforms: readonly RunContext[]): Promise<void> {
  const { target, say, root, plan, dryRun, allowDowngrade, publishing, reasons, renew } = request;
  if (target === undefined) throw new Failure("no registry was named");
  const { registry, signing, plainHttp } = target;
  if (!dryRun) await publishArtifacts(pair, { ...target, platforms, publishing, say });
  const folder = platforms[0]?.folder ?? "";
  const byPlatform = new Map(platforms.map((context) => [context.platform, context]));
  const attach = (tags: TagPlan) =>
    attachDocuments(tags, {
      ...{ root, registry },
      reasonsOf: ({ id }) => reasons?.get(id) ?? [],
      recordOf: (image, platform, packages) => recordOf(image, packages, byPlatform.get(platform) as RunContext),
    });
  const how = {
    dryRun,
    allowDowngrade,
    attach,
    ...(renew === undefined ? {} : { renew }),
    ...(signing === undefined ? {} : { sign: createSigner(signing, { registry, plainHttp, folder }) }),
  };
  await publishPair(pair, { ...target, ...how, base: plan.base, platforms, say });
}
