import type { Engine } from "../../src/ports/engine.js";
import type { EngineName } from "../../src/ports/engines.js";
import { describeBuilds } from "./describe-engine-builds.js";
import { describeContainers } from "./describe-engine-containers.js";
import { describeImages } from "./describe-engine-images.js";
import { createTrial, requireBusybox, type Trial, toolsDockerfile } from "./engine-trial.js";
import { requireEngine } from "./require-engine.js";

/** What every engine must do. Its images are made from scratch: nothing is pulled but from a registry of the suite's own. */
export function describeEngine(name: EngineName, make: () => Engine): void {
  describe(`engine: ${name}`, () => {
    let trial: Trial | undefined;

    before(async function () {
      requireBusybox(this);
      await requireEngine(this, name);
      trial = createTrial(name, make());
      await trial.build(toolsDockerfile, { tags: [trial.tools] });
    });
    after(() => trial?.end());

    const current = (): Trial => trial as Trial;
    describeImages(current);
    describeBuilds(current);
    describeContainers(current);
  });
}
