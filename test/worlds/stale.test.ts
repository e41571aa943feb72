import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { hostPlatform } from "../../src/ports/host.js";
import { requireRegistry } from "../support/registry-server.js";
import { requireEngine } from "../support/require-engine.js";
import { namespace, type StaleDocument, type StaleWorld, startStaleWorld } from "../support/stale-world.js";

/** Of each image that is not fresh, what is to be done and why. */
const wrongIn = ({ images }: StaleDocument): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    images
      .filter(({ reasons }) => reasons.length > 0)
      .map(({ id, action, reasons }) => [id, [action, ...reasons.map(({ text }) => text)]]),
  );

/** `alpha:latest`, of every tag that is elsewhere than it was, new or gone; unique tags are new with each build. */
function movedBetween(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly string[] {
  const all = [...new Set([...before.keys(), ...after.keys()])];
  return all.filter((tag) => before.get(tag) !== after.get(tag) && !/-\d{8}(\.\d+)?$/.test(tag)).sort();
}

describe("a published catalog that the world moves on from", () => {
  let world: StaleWorld;
  let settled = false;

  before(async function () {
    await requireEngine(this);
    requireRegistry(this);
    world = await startStaleWorld();
    // An engine remembers what it built from the packages of an earlier run.
    for (const command of [["resolve"], ["generate"], ["publish", "--force"]]) {
      const { status, stderr } = await world.ingot(command);
      assert.equal(status, 0, stderr);
    }
    settled = true;
  });
  after(() => world?.stop());

  /** Each test begins and ends with all as fresh as can be. */
  beforeEach(async () => {
    if (!settled) await world.upStale();
    settled = false;
  });
  async function isFresh(): Promise<void> {
    const found = await world.stale("--every-tag");
    assert.deepEqual([wrongIn(found), found.unknown], [{}, []]);
    settled = true;
  }

  /** Every tag that moves of an image: its own names and, of dev, with that at the end. */
  const tagsOf = async (language: string, variant: "runtime" | "dev"): Promise<readonly string[]> =>
    [...(await world.tags()).keys()]
      .filter((tag) => tag.startsWith(`${language}:`) && !/-\d{8}(\.\d+)?$/.test(tag))
      .filter((tag) => /[:-]dev$/.test(tag) === (variant === "dev"))
      .sort();

  it("is fresh right after it was published, which takes at most 4 requests for each image to know", async () => {
    const { images, requests, ...found } = await world.stale();
    assert.deepEqual([wrongIn({ images, requests, ...found }), found.unknown, images.length], [{}, [], 6]);
    assert.ok(requests <= 4 * images.length, `${requests} requests`);
    const before = await world.tags();
    const { status, built, summary } = await world.upStale();
    assert.deepEqual([status, built, summary], [0, [], "6 fresh, 0 rebuilt (0 changed), 0 tagged again"]);
    assert.deepEqual(await world.tags(), before);
    await isFresh();
  });

  it("is stale where a package that no definition names is newer, which is named; just what has it is rebuilt", async () => {
    world.packages.offer({ name: "ingot-alpha-common", version: "1.0-2" });
    const reason = ["rebuild", "ingot-alpha-common 1.0-1 → 1.0-2"];
    const found = await world.stale();
    assert.deepEqual(wrongIn(found), { "alpha/1/trixie/dev": reason, "alpha/1/trixie/runtime": reason });
    const runtime = found.images.find(({ id }) => id === "alpha/1/trixie/runtime");
    const parts = { kind: "package", name: "ingot-alpha-common", from: "1.0-1", to: "1.0-2" };
    assert.deepEqual(runtime?.reasons, [{ ...parts, text: reason[1] }]);
    const before = await world.tags();
    const { status, built, summary } = await world.upStale();
    assert.deepEqual([status, built], [0, ["alpha/1/trixie/dev", "alpha/1/trixie/runtime"]]);
    assert.deepEqual(
      movedBetween(before, await world.tags()),
      [...(await tagsOf("alpha", "runtime")), ...(await tagsOf("alpha", "dev"))].sort(),
    );
    assert.match(summary, /^4 fresh, 2 rebuilt \(2 changed\), 0 tagged again, in /);
    const section = summary.split("\n## ").find((each) => each.startsWith(`${namespace}/alpha:1.0-trixie\n`)) ?? "";
    assert.match(section, /^ {4}why\n {6}ingot-alpha-common 1\.0-1 → 1\.0-2$/m);
    assert.match(section, new RegExp(`^ {4}${hostPlatform} \\d\\.\\d MB compressed, before \\d\\.\\d MB `, "m"));
    assert.match(section, /^ {6}~ ingot-alpha-common {2}1\.0-1 → 1\.0-2$/m);
    const changes = await world.ingot(["changes", `${world.registry.host}/acme/alpha:1`]);
    assert.match(changes.stdout, /^ {2}why {5}ingot-alpha-common 1\.0-1 → 1\.0-2$/m);
    assert.match(changes.stdout, /^~ ingot-alpha-common {2}1\.0-1 → 1\.0-2$/m);
    await isFresh();
  });

  it("is stale in dev alone where a package is newer that only dev has, although the lock has it: runtime stays as it is", async () => {
    world.packages.offer({ name: "ingot-beta-dev", version: "1.0-2" });
    const before = await world.tags();
    const { status, built, summary } = await world.upStale();
    assert.deepEqual([status, built], [0, ["beta/1/trixie/dev"]]);
    assert.deepEqual(movedBetween(before, await world.tags()), await tagsOf("beta", "dev"));
    assert.match(summary, /^ {4}beta 1 on trixie, ingot-beta-dev: 1\.0-1 → 1\.0-2$/m);
    await isFresh();
  });

  it("is stale in all that stands on the distribution's image once that is another one, and in nothing else", async () => {
    await world.moveDistribution("another\n");
    assert.equal((await world.ingot(["resolve"])).status, 0);
    const found = wrongIn(await world.stale());
    const onBase = ["rebuild", "built on base/13/trixie/dev, which is to be rebuilt"];
    const { "base/13/trixie/dev": ofBase = [], ...descendants } = found;
    // Runtime images are made from packages alone.
    assert.deepEqual(descendants, { "alpha/1/trixie/dev": onBase, "beta/1/trixie/dev": onBase });
    assert.equal(ofBase.length, 2);
    assert.match(ofBase[1] ?? "", /debian:trixie-slim is another image: sha256:[0-9a-f]{12} → sha256:[0-9a-f]{12}$/);
    const before = await world.tags();
    const { status, built } = await world.upStale();
    assert.deepEqual([status, built], [0, ["alpha/1/trixie/dev", "base/13/trixie/dev", "beta/1/trixie/dev"]]);
    const moved = await Promise.all(["alpha", "base", "beta"].map((name) => tagsOf(name, "dev")));
    assert.deepEqual(movedBetween(before, await world.tags()), moved.flat().sort());
    await isFresh();
  });

  it("has tags put back that are gone, the narrowest of an image too, without a build", async () => {
    const before = await world.tags();
    for (const [language, tag] of [
      ["alpha", "1-debian"],
      ["beta", "1.0-trixie-dev"],
      ["beta", "latest"],
    ] as const)
      world.dropTag(language, tag);
    assert.deepEqual(wrongIn(await world.stale()), {
      "alpha/1/trixie/runtime": ["retag", "the tag 1-debian is missing"],
      "beta/1/trixie/dev": ["retag", "the tag 1.0-trixie-dev is missing"],
      "beta/1/trixie/runtime": ["retag", "the tag latest is missing"],
    });
    const { status, stdout, summary } = await world.upStale();
    assert.equal(status, 0);
    assert.doesNotMatch(stdout, /"stage":"(build|test)"/);
    assert.deepEqual(await world.tags(), before);
    assert.match(summary, /^- ingot-stale\/alpha:1-debian \(missing\)$/m);
    await isFresh();
  });

  it("has tags put back that are elsewhere: the widest is looked at, and those in the middle where that is asked for", async () => {
    const before = await world.tags();
    await world.misplaceTag("alpha", "1-debian", "1.0-trixie-dev");
    assert.deepEqual(wrongIn(await world.stale()), {});
    const middle = "the tag 1-debian is at another image";
    assert.deepEqual(wrongIn(await world.stale("--every-tag")), { "alpha/1/trixie/runtime": ["retag", middle] });
    assert.equal((await world.upStale()).summary, "6 fresh, 0 rebuilt (0 changed), 0 tagged again");
    const looked = await world.upStale("--every-tag");
    assert.match(looked.summary, /^- ingot-stale\/alpha:1-debian \(elsewhere\)$/m);
    assert.deepEqual(await world.tags(), before);
    await world.misplaceTag("alpha", "latest", "1.0-trixie-dev");
    const wide = "the tag latest is at another image";
    assert.deepEqual(wrongIn(await world.stale()), { "alpha/1/trixie/runtime": ["retag", wide] });
    const { status, stdout } = await world.upStale();
    assert.equal(status, 0);
    assert.doesNotMatch(stdout, /"stage":"(build|test)"/);
    assert.deepEqual(await world.tags(), before);
    await isFresh();
  });

  it("keeps what another machine published since, although this one's engine has an older build of the same recipe", async () => {
    const reference = `docker.io/${namespace}/beta:1.0-trixie`;
    const aside = `docker.io/${namespace}/aside:old`;
    execFileSync("docker", ["tag", reference, aside]);
    world.packages.offer({ name: "ingot-beta-common", version: "1.0-2" });
    assert.deepEqual((await world.upStale()).built, ["beta/1/trixie/dev", "beta/1/trixie/runtime"]);
    const before = await world.tags();
    execFileSync("docker", ["tag", aside, reference]);
    world.packages.offer({ name: "ingot-beta-dev", version: "1.0-3" });
    const { status, built } = await world.upStale();
    assert.deepEqual([status, built], [0, ["beta/1/trixie/dev"]]);
    assert.deepEqual(movedBetween(before, await world.tags()), await tagsOf("beta", "dev"));
    await isFresh();
  });

  it("has the rest rebuilt and published where one image fails, which is told with the reason and the exit status", async () => {
    world.packages.offer(
      { name: "ingot-alpha-dev", version: "1.0-2" },
      { name: "ingot-beta-common", version: "1.0-4", depends: "ingot-that-nobody-has" },
    );
    const before = await world.tags();
    const { status, summary } = await world.upStale();
    assert.equal(status, 1);
    assert.deepEqual(movedBetween(before, await world.tags()), await tagsOf("alpha", "dev"));
    assert.match(summary, /^3 fresh, 1 rebuilt \(1 changed\), 0 tagged again, \*\*\d FAILED\*\*/);
    assert.match(summary, /^- build beta\/1\/trixie\/(dev|runtime): `docker cannot build: /m);
    assert.match(summary, /^## ingot-stale\/alpha:1\.0-trixie-dev$/m);
    assert.match(
      summary,
      /^## Not published\n\n- ingot-stale\/beta:1\.0-trixie-dev\n- ingot-stale\/beta:1\.0-trixie$/m,
    );
    world.packages.offer({ name: "ingot-beta-common", version: "1.0-5" });
    assert.equal((await world.upStale()).status, 0);
    await isFresh();
  });

  it("has what was never published taken from an engine that has it, as any run does, and not built without earlier results", async () => {
    const before = await world.tags();
    world.dropRepository("beta");
    const notPublished = ["rebuild", "not published"];
    assert.deepEqual(wrongIn(await world.stale()), {
      "beta/1/trixie/dev": notPublished,
      "beta/1/trixie/runtime": notPublished,
    });
    const { status, built } = await world.upStale();
    assert.deepEqual([status, built], [0, []]);
    assert.deepEqual(movedBetween(before, await world.tags()), []);
    await isFresh();
  });
});
