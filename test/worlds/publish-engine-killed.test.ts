import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildCatalog } from "../support/engine-catalog.js";
import { withEnvironment } from "../support/environment.js";
import type { Kind } from "../support/fault-proxy.js";
import { createOwnEngine, type OwnEngine, requireDaemon } from "../support/own-engine.js";
import { second, type Trial, useTrials } from "../support/publish-trial.js";
import { pairsOf } from "../support/publish-world.js";
import { type Publisher, randomFrom, startPublisher } from "../support/publisher.js";
import { requireEngine } from "../support/require-engine.js";
import { type SocketRelay, startSocketRelay } from "../support/socket-relay.js";

const local = "killed";
/** Of each image's file: far more than is on its way between engine and client at any moment. */
const bytes = 8 * 1024 * 1024;

describe("a publication from a real engine that is killed, its containerd with it", function () {
  this.timeout(60_000);
  const trials = useTrials([{}]);
  let engine: OwnEngine;
  let folder: string;
  let relay: SocketRelay;

  before(async function () {
    await requireEngine(this);
    requireDaemon(this);
    folder = mkdtempSync(join(tmpdir(), "ingot-killed-"));
    engine = createOwnEngine();
    await engine.start();
    relay = await startSocketRelay(join(folder, "relay"), engine.socket);
    await withEnvironment(engine.env, () => buildCatalog(pairsOf({ build: second, local }), ["linux/amd64"], bytes));
  });
  after(async () => {
    await relay?.stop();
    await engine?.end();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(() => engine.start());

  const start = (trial: Trial): Publisher =>
    startPublisher(trial.publication(second, { local, languages: ["tool"] }), {
      ...engine.env,
      DOCKER_HOST: `unix://${join(folder, "relay")}`,
      TMPDIR: folder,
    });

  /** Kills the engine at a moment of a publication; gives what became of that. */
  async function publishAndKill(trial: Trial, moment: (kill: () => void) => () => void): Promise<string | undefined> {
    let killed: Promise<void> | undefined;
    const publisher = start(trial);
    const stop = moment(() => {
      killed ??= engine.kill();
    });
    try {
      return await publisher.outcome;
    } finally {
      stop();
      trials.proxy.watch(() => undefined);
      await killed;
      assert.ok(killed !== undefined, "the engine was not killed");
    }
  }

  /** With the engine back, the next run must complete it, and upload nothing that is there. */
  async function isCompleted(trial: Trial): Promise<void> {
    await trial.check();
    await engine.start();
    const needless = trials.proxy.needless().length;
    assert.equal(await start(trial).outcome, undefined);
    await trial.check(second, ["tool"]);
    assert.deepEqual(trials.proxy.needless().slice(needless), []);
  }

  /** When the nth image begins to arrive. */
  const saving =
    (nth: number) =>
    (kill: () => void): (() => void) => {
      let count = 0;
      relay.watch((request) => {
        if (/\/images\/(\S+\/)?get\b/.test(request)) count += 1;
        if (count === nth) kill();
      });
      return () => relay.watch(() => undefined);
    };
  /** When a request of a kind is made. */
  const asking =
    (on: Kind, nth: number) =>
    (kill: () => void): (() => void) => {
      let count = 0;
      trials.proxy.watch(({ kind }, when) => {
        if (kind === on && when === "asked") count += 1;
        if (count === nth) kill();
        return undefined;
      });
      return () => {};
    };

  for (const [words, moment] of [
    ["the first image is saved", saving(1)],
    ["the second image is saved", saving(2)],
    ["the first blob is uploaded", asking("blob PUT", 1)],
  ] as const)
    it(`as ${words}, fails in one line and is completed by the next run`, async () => {
      const trial = await trials.begin();
      const outcome = await publishAndKill(trial, moment);
      assert.match(String(outcome), /^docker (cannot save docker\.io\/killed\/tool:\S+|does not answer): [^\n]+$/);
      await isCompleted(trial);
    });

  it("as the first tag moves, is done all the same: it needs the engine no more", async () => {
    const trial = await trials.begin();
    assert.equal(await publishAndKill(trial, asking("tag PUT", 1)), undefined);
    await trial.check(second, ["tool"]);
    await isCompleted(trial);
  });

  const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
  // After some thirty requests the engine is needed no more.
  const nth = Math.ceil(randomFrom(seed)() * 30);
  it(`at request ${nth}, leaves what the next run completes (SEED=${seed})`, async () => {
    const trial = await trials.begin();
    const at = trials.proxy.seen().length + nth;
    await publishAndKill(trial, (kill) => {
      trials.proxy.watch(({ number }) => {
        if (number === at) kill();
        return undefined;
      });
      return () => {};
    });
    await isCompleted(trial);
  });
});
