import { describeBlobs } from "./describe-registry-blobs.js";
import { describeManifests } from "./describe-registry-manifests.js";
import { describeReferrers } from "./describe-registry-referrers.js";
import type { RegistryTrial, RunningRegistry } from "./registry-trial.js";

let repositories = 0;

/** What every registry that Ingot is used with must do, those of the tests as much as a real one. */
export function describeRegistry(name: string, start: (suite: Mocha.Context) => Promise<RunningRegistry>): void {
  describe(`registry: ${name}`, () => {
    let running: RunningRegistry | undefined;
    let trial: RegistryTrial;

    before(async function () {
      running = await start(this);
    });
    after(() => running?.stop());
    beforeEach(() => {
      if (running === undefined) throw new Error("there is no registry");
      repositories += 1;
      trial = { ...running, registry: running.client(), repository: `contract/r${repositories}` };
    });

    describeManifests(() => trial);
    describeBlobs(() => trial);
    describeReferrers(() => trial);
  });
}
