import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Digest, RepositoryName } from "../../src/model/reference.js";
import { verifySignature } from "../../src/ports/cosign.js";
import { cosign, type KeyPair, makeKeys, requireCosign } from "../support/cosign.js";
import { withEnvironment } from "../support/environment.js";
import { failureOf } from "../support/failures.js";
import type { Effect, Fault, Kind } from "../support/fault-proxy.js";
import { rankAt } from "../support/publish-invariants.js";
import { bothPlatforms, second, type Trial, useTrials } from "../support/publish-trial.js";
import type { Publication } from "../support/publish-world.js";
import { startPublisher } from "../support/publisher.js";
import { describeFault } from "../support/publishing-faults.js";
import { type RegistryState, readRegistry } from "../support/registry-reader.js";

const env = { COSIGN_PASSWORD: "sesame-54" };

const answer = (status: number): Effect => ({ kind: "answer", status });
/** Of cosign's own requests. The second signature is that of an image in an index, whose own one is written first. */
const all: readonly Fault[] = (
  [
    ["signature PUT", 1, true, answer(500)],
    ["signature PUT", 1, false, answer(503)],
    ["signature PUT", 2, false, { kind: "lost" }],
    ["signature PUT", 2, true, answer(403)],
    ["signature PUT", 1, false, { kind: "stall" }],
    ["signature PUT", 2, false, { kind: "late" }],
    ["blob PUT", 1, false, answer(503)],
    ["blob PUT", 1, true, answer(403)],
    ["blob PATCH", 1, false, { kind: "cut" }],
    ["signature PUT", 1, false, { kind: "reset" }],
    ["upload POST", 1, false, { kind: "expired" }],
    ["manifest GET", 1, false, { kind: "short" }],
    ["signature GET", 1, true, answer(403)],
    ["blob PUT", 2, false, { kind: "lost" }],
  ] satisfies readonly (readonly [Kind, number, boolean, Effect])[]
).map(([on, nth, always, effect]) => ({ on, nth, always, effect, agent: "cosign" }));

/** Every second one, as each takes seconds; with FAULTS=all every one. */
const faults = process.env["FAULTS"] === "all" ? all : all.filter((_, index) => index % 2 === 0);

describe("a publication in a real registry that is to be signed", function () {
  this.timeout(60_000);
  const trials = useTrials([{}, { platforms: bothPlatforms }]);
  let folder: string;
  let keys: KeyPair;

  before(async function () {
    requireCosign(this);
    folder = mkdtempSync(join(tmpdir(), "ingot-signed-"));
    keys = await makeKeys(folder, env.COSIGN_PASSWORD);
  });
  after(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  const signed = (): Partial<Publication> => ({ languages: ["tool"], sign: keys });
  const publish = (trial: Trial, more: Partial<Publication> = {}): Promise<string | undefined> =>
    withEnvironment(env, () => trial.publish(second, { ...signed(), ...more }));

  const isAccepted = async (repository: string, digest: string): Promise<boolean> => {
    const reference = `${trials.host()}/${repository}@${digest}`;
    const args = ["verify", "--insecure-ignore-tlog=true", `--key=${keys.publicKey}`, reference];
    return (await cosign(args, { cwd: folder })).status === 0;
  };

  /** Manifests that a tag leads to since this was to be signed, and that cosign does not accept. */
  async function unsignedIn(state: RegistryState): Promise<readonly string[]> {
    const wrong: string[] = [];
    for (const name of ledTo(state))
      if (!(await isAccepted(...(name.split("@") as [string, string])))) wrong.push(name);
    return wrong;
  }

  /** The next run must complete it, and upload nothing that is there. */
  async function isCompleted(trial: Trial): Promise<void> {
    const needless = trials.proxy.needless().length;
    assert.equal(await publish(trial), undefined);
    const state = await trial.check(second, ["tool"]);
    assert.ok(ledTo(state).length >= 2);
    assert.deepEqual(await unsignedIn(state), []);
    assert.deepEqual(trials.proxy.needless().slice(needless), []);
  }

  describe("has every signature before a tag, also where", () => {
    for (const fault of faults)
      it(describeFault(fault), async () => {
        const trial = await trials.begin(fault.nth === 2 ? { platforms: bothPlatforms } : {});
        trials.proxy.set(fault);
        const silent = ["stall", "late"].includes(fault.effect.kind);
        let failure: string | undefined;
        // On a busy machine something else may have taken too long before.
        for (let timeout = 1500; !trials.proxy.happened() && timeout < 30_000; timeout *= 2)
          failure = await publish(trial, silent ? { sign: { ...keys, timeout } } : {});
        assert.ok(trials.proxy.happened(), "no such request was made");
        if (failure !== undefined) {
          assert.match(failure, /^cannot (sign|verify the signature of) \S+\/tool@sha256:[0-9a-f]{64}: [^\n]+$/);
          assert.doesNotMatch(failure, new RegExp(env.COSIGN_PASSWORD));
        }
        trials.proxy.set();
        assert.deepEqual(await unsignedIn(await trial.check()), []);
        await isCompleted(trial);
      });
  });

  describe("killed", () => {
    for (const [on, when] of [
      ["signature PUT", "answered"],
      ["tag PUT", "asked"],
    ] as const)
      it(`as the first ${on} is ${when}, leaves no tag without a signature, and is completed by the next run`, async () => {
        const trial = await trials.begin();
        const publisher = startPublisher(trial.publication(second, signed()), env);
        trials.proxy.watch(({ kind }, now) => {
          if (kind === on && now === when) publisher.kill();
          return undefined;
        });
        assert.equal(await publisher.outcome, "SIGKILL");
        trials.proxy.watch(() => undefined);
        assert.deepEqual(await unsignedIn(await trial.check()), []);
        await isCompleted(trial);
      });
  });

  it("where it was published unsigned before, is signed and moves nothing", async () => {
    const trial = await trials.begin();
    assert.equal(await trial.publish(second, { languages: ["tool"] }), undefined);
    const before = await readRegistry(trials.host(), trial.path);
    assert.equal((await unsignedIn(await trial.check())).length, 2);
    await isCompleted(trial);
    const after = await readRegistry(trials.host(), trial.path);
    for (const [tag, digest] of before.tags) assert.equal(after.tags.get(tag), digest);
  });

  it("is not said to be signed by others where its signature cannot be read for the moment", async () => {
    const trial = await trials.begin();
    assert.equal(await publish(trial), undefined);
    const [name = ""] = ledTo(await trial.check(second, ["tool"]));
    const [repository, digest] = name.split("@") as [RepositoryName, Digest];
    const judge = () => verifySignature({ host: trials.proxy.host, repository, digest }, { key: keys.publicKey });
    trials.proxy.set({ on: "config GET", nth: 1, always: true, agent: "cosign", effect: answer(403) });
    assert.match(await failureOf(judge()), /^cannot verify the signature of \S+: .* 403 Forbidden/);
    trials.proxy.set();
    assert.equal(await judge(), "signed");
  });
});

/** `trial1/tool@sha256:…`: all that a tag of the second build leads to, an index and each image in it. */
function ledTo(state: RegistryState): readonly string[] {
  const names = [...state.tags]
    .filter(([tag]) => rankAt(state, tag) === second.rank)
    .flatMap(([tag, digest]) => {
      const repository = tag.slice(0, tag.lastIndexOf(":"));
      const parts = state.manifests.get(`${repository}@${digest}`)?.children ?? [];
      return [digest, ...parts].map((each) => `${repository}@${each}`);
    });
  return [...new Set(names)];
}
