import assert from "node:assert/strict";
import type { Changes } from "../../src/model/changes.js";
import type { Digest, RepositoryName } from "../../src/model/reference.js";
import { createRegistry } from "../../src/ports/registry.js";
import { readPublishedChanges } from "../../src/stages/published-changes.js";
import type { Effect, Kind } from "../support/fault-proxy.js";
import { rankAt } from "../support/publish-invariants.js";
import { bothPlatforms, second, type Trial, useTrials } from "../support/publish-trial.js";
import { tag } from "../support/push.js";
import { readRegistry } from "../support/registry-reader.js";

const gone: Effect = { kind: "answer", status: 404 };
const notNow: readonly (readonly [part: string, words: string, effect: Effect])[] = [
  ["manifest", "is answered 503", { kind: "answer", status: 503 }],
  ["manifest", "is refused with every token that there is", { kind: "expired" }],
  ["config", "is answered 403", { kind: "answer", status: 403 }],
  ["bill of materials", "is broken off", { kind: "reset" }],
];

describe("what an image takes the place of, in a real registry", function () {
  this.timeout(60_000);
  const trials = useTrials([{ platforms: bothPlatforms }]);
  const tool = { languages: ["tool"], platforms: bothPlatforms } as const;
  const client = () => createRegistry({ host: trials.host(), credentials: async () => undefined });

  interface Part {
    readonly on: Kind;
    readonly path: string;
  }

  /** What is read of the image for arm64 that the tag 1.0 is at: that of the first build. */
  async function partsOf({ path }: Trial): Promise<Readonly<Record<string, Part>>> {
    const repository = `${path}/tool` as RepositoryName;
    const index = await client().manifest(repository, tag("1.0"));
    const image = index?.manifests.find(({ platform }) => platform?.architecture === "arm64")?.digest as Digest;
    const [sbom] = await client().referrers(repository, image, "application/spdx+json");
    const read = async (digest: Digest | undefined) => client().manifest(repository, digest as Digest);
    return {
      manifest: { on: "manifest GET", path: `/manifests/${image}` },
      config: { on: "config GET", path: `/blobs/${(await read(image))?.config?.digest}` },
      "bill of materials": { on: "config GET", path: `/blobs/${(await read(sbom?.digest))?.layers[0]?.digest}` },
    };
  }

  async function spoil(trial: Trial, part: string, effect: Effect): Promise<void> {
    const found = (await partsOf(trial))[part] as Part;
    trials.proxy.set({ ...found, nth: 1, always: true, effect });
  }

  /** Of the second build, by platform. */
  async function changesIn({ path }: Trial): Promise<Readonly<Record<string, Changes | undefined>>> {
    const place = { registry: client(), repository: `${path}/tool` as RepositoryName };
    const read = await readPublishedChanges(tag("1.0"), place);
    return Object.fromEntries(read.map(({ platform, changes }) => [platform, changes[0]]));
  }

  for (const [part, words, effect] of notNow)
    it(`stays where it is as long as its ${part} ${words}, and then what changed is told in full`, async () => {
      const trial = await trials.begin({ platforms: bothPlatforms });
      await spoil(trial, part, effect);
      assert.match(String(await trial.publish(second, tool)), /^cannot read \S+\/tool@sha256:[0-9a-f]{64}: /);
      assert.ok(trials.proxy.happened());
      const { path } = trial;
      const state = await readRegistry(trials.host(), path);
      for (const name of ["1.0", "1.0-dev", "1", "1-dev"]) assert.equal(rankAt(state, `${path}/tool:${name}`), 1);
      for (const name of ["1.0.2", "1.0.2-dev"]) assert.equal(rankAt(state, `${path}/tool:${name}`), 0);
      trials.proxy.set();
      assert.equal(await trial.publish(second, tool), undefined);
      await trial.check(second, ["tool"]);
      for (const changes of Object.values(await changesIn(trial)))
        assert.deepEqual(
          changes?.packages?.updated.map(({ from, to }) => [from, to]),
          [["1.0.1-1", "1.0.2-2"]],
        );
    });

  for (const part of ["manifest", "config", "bill of materials"])
    it(`is replaced where its ${part} is gone, and what changed in it is not made up`, async () => {
      const trial = await trials.begin({ platforms: bothPlatforms });
      await spoil(trial, part, gone);
      assert.equal(await trial.publish(second, tool), undefined);
      assert.ok(trials.proxy.happened());
      trials.proxy.set();
      await trial.check(second, ["tool"]);
      const { "linux/arm64": arm64 } = await changesIn(trial);
      assert.ok(arm64 !== undefined);
      assert.equal(arm64.packages, undefined);
    });
});
