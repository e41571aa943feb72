import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Event } from "../../src/model/event.js";
import { differenceOf } from "../support/layer-difference.js";
import { type PackagedWorld, startPackagedWorld } from "../support/packaged-world.js";
import { ingot } from "../support/program.js";
import { type RegistryState, readRegistry } from "../support/registry-reader.js";
import { type RegistryServer, requireRegistry, startRegistry } from "../support/registry-server.js";
import { requireEngine } from "../support/require-engine.js";

/** A language of several lines, in whose repository legs meet. */
const definition = (name: string, lines: readonly number[]): string => `language: ${name}
summary: A language of one file
licence: MIT
homepage: https://example.org/${name}
lines:
${lines.map((line) => `  "${line}": ${lineOf(name, line)}\n`).join("")}
packages:
  debian: { version: ingot-${name}-1, runtime: [ingot-${name}-1], dev: [ingot-${name}-dev] }
runtime: { cmd: [sh] }
test:
  runtime: [{ run: [sh, -c, "cat /usr/share/ingot-${name}-*/version"], prints: ingot-${name} }]
`;

const lineOf = (name: string, line: number): string =>
  `{ on: { trixie: { version: ingot-${name}-${line} } }, packages: { debian: { runtime: [ingot-${name}-${line}] } } }`;

const languages = { alpha: [1], beta: [1, 2] } as const;

const offered = Object.entries(languages).flatMap(([name, lines]) => [
  { name: `ingot-${name}-dev`, version: "1.0-1" },
  ...lines.map((line) => ({ name: `ingot-${name}-${line}`, version: `${line}.0-1`, depends: "ingot-common" })),
]);

/** Each command is run on one day: dated tags are those of the day. */
const env = { SOURCE_DATE_EPOCH: String(Date.parse("2026-01-10T12:00:00Z") / 1000) };

/** What is attached to images lies below tags of its own, in a registry without the endpoint for it. */
const isOfAttachments = (tag: string): boolean => /:sha256-[0-9a-f]{64}$/.test(tag);

/** `acme/alpha:1.0-trixie sha256:…`, dated tags among them. */
const imageTags = ({ tags }: RegistryState): readonly string[] =>
  [...tags].flatMap(([tag, digest]) => (isOfAttachments(tag) ? [] : [`${tag} ${digest}`])).sort();

const contentOf = ({ tags, manifests, blobs, attached }: RegistryState) => ({ tags, manifests, blobs, attached });

describe("a catalog that is shared out over three machines", () => {
  let world: PackagedWorld;
  let whole: RegistryState;
  const registries: RegistryServer[] = [];

  before(async function () {
    await requireEngine(this);
    requireRegistry(this);
    world = await startPackagedWorld({
      namespace: "ingot-shards",
      languages: Object.fromEntries(Object.entries(languages).map(([name, lines]) => [name, definition(name, lines)])),
      offered: [{ name: "ingot-common", version: "1.0-1" }, ...offered],
    });
    const resolved = await ingot(world.root, ["resolve", "--mirror", `debian=${world.packages.url}`], env);
    assert.equal(resolved.status, 0, resolved.stderr);
    const registry = await otherRegistry();
    assert.equal((await publishFrom(registry)).published.length, 4);
    whole = await readRegistry(registry.host, "acme");
  });
  after(async () => {
    for (const registry of registries) await registry.stop();
    await world?.stop();
  });

  async function otherRegistry(): Promise<RegistryServer> {
    const registry = await startRegistry();
    registries.push(registry);
    return registry;
  }

  /** Publishes from a machine that has nothing of the catalog, neither images nor anything to take earlier results from. */
  async function publishFrom({ host }: RegistryServer, ...shard: readonly string[]) {
    await world.forget();
    rmSync(join(world.root, "build"), { recursive: true, force: true });
    const where = ["--registry", `${host}/acme`, "--mirror", `debian=${world.packages.url}`];
    const { status, stdout, stderr } = await ingot(world.root, ["up", "--force", "--json", ...where, ...shard], env);
    assert.equal(status, 0, stderr);
    const events = stdout.split("\n").map((line) => JSON.parse(line) as Event);
    assert.deepEqual(
      events.filter(({ type }) => type === "kept"),
      [],
    );
    return {
      built: events.flatMap((event) => (event.type === "built" ? [event.subject] : [])),
      published: events.flatMap((event) => (event.type === "published" ? [event.subject] : [])),
    };
  }

  it("has the tags and digests of one run", async () => {
    const registry = await otherRegistry();
    const legs = [];
    // The last first: whose turn it is must not matter.
    for (const leg of [3, 1, 2]) legs.push(await publishFrom(registry, "--shard", `${leg}/3`));
    // Else it would be no proof: each machine has pairs of its own, and base is built by more than the one that publishes it.
    assert.ok(legs.every(({ published }) => published.length > 0));
    assert.equal(legs.flatMap(({ published }) => published).length, 4);
    assert.ok(legs.filter(({ built }) => built.some((id) => id.startsWith("base/"))).length > 1);
    const shared = await readRegistry(registry.host, "acme");
    assert.deepEqual([shared.problems, whole.problems], [[], []]);
    const moved = imageTags(whole).filter((line) => !imageTags(shared).includes(line));
    const names = moved.map((line) => line.split(" ")[0] ?? "").filter((name) => shared.tags.has(name));
    const why = names
      .slice(0, 2)
      .map((name) => differenceOf({ host: whole.host, name }, { host: registry.host, name }));
    assert.deepEqual([imageTags(shared), ...(await Promise.all(why))], [imageTags(whole)]);
    // All that is attached is the same too, to the byte: nothing in it is of the hour, the machine or the leg.
    assert.deepEqual(contentOf(shared), contentOf(whole));
  });

  it("has the digests of a machine that has nothing, whatever a builder remembers of the same files on another day", async () => {
    const lock = join(world.root, "catalog.lock.yaml");
    const text = readFileSync(lock, "utf8");
    assert.match(text, /2026-01-10/);
    writeFileSync(lock, text.replaceAll("2026-01-10", "2026-01-09"));
    const published: (readonly string[])[] = [];
    for (const how of [[], ["--force"]]) {
      const { host } = await otherRegistry();
      await world.forget();
      const where = ["--registry", `${host}/acme`, "--mirror", `debian=${world.packages.url}`, "base"];
      assert.equal((await ingot(world.root, ["up", ...how, ...where], env)).status, 0);
      published.push(imageTags(await readRegistry(host, "acme")));
    }
    writeFileSync(lock, text);
    const [remembering, forgetful] = published;
    assert.ok(remembering !== undefined && remembering.length > 0);
    assert.deepEqual(remembering, forgetful);
  });
});
