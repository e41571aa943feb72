import assert from "node:assert/strict";
import { holdsPath, leadsInside } from "../../src/model/artifact.js";
import { Failure } from "../../src/model/failure.js";
import type { Image } from "../../src/model/image.js";
import { imagesOf } from "../../src/model/image.js";
import type { Lock } from "../../src/model/lock.js";
import type { NpmVersion } from "../../src/ports/npm.js";
import { readPackageIndex } from "../../src/ports/package-index.js";
import { readCycles } from "../../src/ports/release-cycles.js";
import { describeImage, formatPlan } from "../../src/reporters/listing.js";
import { artifactFacts } from "../../src/stages/artifact.js";
import { lockChecksum } from "../../src/stages/locked.js";
import { makePlan } from "../../src/stages/plan.js";
import { type ResolveSources, resolve } from "../../src/stages/resolve.js";
import { dockerfileView } from "../../src/stages/view.js";
import { packageViews } from "../../src/stages/view-packages.js";
import { useTemporaryFolder, writeFiles } from "../support/folders.js";
import { cycles, mirrors } from "../support/paths.js";
import { formatShort, loadGood, writeResolvedCatalog } from "../support/resolved-catalog.js";

const hex = (digit: string): string => digit.repeat(64);
const sri = (digit: string): string => `sha512-${digit.repeat(86)}==`;

const definition = `language: lua
summary: Small language to embed
licence: MIT
homepage: https://www.lua.org/
lines:
  "5.4": { on: { trixie: {} } }
  "5.3": { on: { trixie: {} }, artifacts: { rocks: { version: "2.9", sha256: "${hex("b")}" } } }
artifacts:
  lua:
    npm: { linux/amd64: lua-amd64, linux/arm64: "@acme/lua-arm64" }
    files: { bin/lua: /usr/local/bin/lua, lib: /opt/lua }
    links: { /usr/local/bin/lua5: lua }
  rocks:
    url: https://example.org/v{version}/rocks-{arch}.tar.gz
    version: "3.1+2"
    sha256: { linux/amd64: "${hex("a")}", linux/arm64: "${hex("c")}" }
    arch: { linux/amd64: x64 }
    strip: 1
    files: { bin: /usr/local/bin }
packages:
  debian: { artifacts: { version: lua, runtime: [lua], dev: [rocks] }, dev: [git] }
`;

const version = (text: string, more: Partial<NpmVersion> = {}): NpmVersion => ({
  version: text,
  integrity: sri("A"),
  deprecated: false,
  ...more,
});

const published: Readonly<Record<string, readonly NpmVersion[]>> = {
  "lua-amd64": ["5.3.6", "5.4.9", "5.4.10", "5.4.12", "v5.4.13", " 5.4.14"].map((each) => version(each)),
  "@acme/lua-arm64": [
    version("5.3.6"),
    version("5.4.9"),
    version("5.4.10", { integrity: sri("B") }),
    version("5.4.11"),
    version("5.4.12", { deprecated: true }),
    // As no lock has versions.
    version("v5.4.13"),
    version(" 5.4.14"),
  ],
};

const world: ResolveSources = {
  today: "2026-06-19",
  index: (distribution, platform) => readPackageIndex(distribution, platform, mirrors[distribution.family]),
  digest: async () => undefined,
  cycles: (product) => readCycles(cycles, product),
  npm: async (name) => published[name],
};

describe("an artifact", () => {
  const folder = useTemporaryFolder();
  beforeEach(() => writeResolvedCatalog(folder(), { "languages/lua.yaml": definition }));

  const changed = (from: string | RegExp, to: string) => {
    const text = definition.replace(from, to);
    assert.notEqual(text, definition);
    writeFiles(folder(), { "languages/lua.yaml": text });
  };

  async function resolved(sources = world, previous?: Lock) {
    const { loaded, lock } = loadGood(folder());
    const result = await resolve(loaded, previous ?? lock, sources);
    assert.ok(result.ok, result.ok ? "" : result.diagnostics.map(formatShort).join("\n"));
    return result.value;
  }

  async function image(id: string): Promise<Image> {
    const { lock } = await resolved();
    const plan = makePlan(loadGood(folder()).loaded, lock);
    assert.ok(plan.ok);
    const found = imagesOf(plan.value).find((each) => each.id === id);
    assert.ok(found !== undefined);
    return found;
  }

  it("of npm is locked at the highest version that every platform has, by name, version and checksum alone", async () => {
    const { lock } = await resolved();
    const pair = lock.pairs["lua"]?.["5.4"]?.["trixie"];
    assert.equal(pair?.version, "5.4.10");
    assert.deepEqual(pair?.artifacts?.["lua"], {
      version: "5.4.10",
      platforms: {
        "linux/amd64": { npm: "lua-amd64", integrity: sri("A") },
        "linux/arm64": { npm: "@acme/lua-arm64", integrity: sri("B") },
      },
    });
  });

  it("is not kept alive by a distribution, which mends its packages and nothing else", async () => {
    const old = { lua: { "5.4": { eol: "2026-06-18" }, "5.3": { eol: false } } } as const;
    const withCycles = {
      ...world,
      cycles: async (product: string) => (product === "lua" ? old.lua : world.cycles(product)),
    };
    changed("lines:", "endoflife: lua\nlines:");
    const { loaded, lock } = loadGood(folder());
    const refused = await resolve(loaded, lock, withCycles);
    assert.deepEqual(refused.ok ? [] : refused.diagnostics.map(formatShort), [
      "languages/lua.yaml:7:18 unsupported-line: upstream's support ended on 2026-06-18, and it is an artifact of upstream's own, which trixie does not support: remove the line, or put it on a distribution that supports it",
    ]);
    assert.ok((await resolve(loaded, lock, { ...withCycles, today: "2026-06-18" })).ok);
  });

  it("is on its language's page, with the reason that the definition gives", async () => {
    changed("packages:", "reasons: { rocks: the package manager }\npackages:");
    const { lock } = await resolved();
    const plan = makePlan(loadGood(folder()).loaded, lock);
    const lua = plan.ok ? plan.value.languages.find(({ language }) => language === "lua") : undefined;
    assert.deepEqual(
      packageViews(lua ?? assert.fail()).map(
        ({ names, variants, reason }) => `${names.join(" ")}: ${variants}: ${reason}`,
      ),
      [
        "lua: runtime, dev: the language itself, as upstream publishes it",
        "git: dev: —",
        "rocks: dev: the package manager, as upstream publishes it",
      ],
    );
  });

  it("of npm is asked for within its own range, or that of the release line", async () => {
    const asked: string[] = [];
    const npm: ResolveSources["npm"] = async (name, range) => {
      asked.push(`${name} ${range}`);
      return published[name];
    };
    await resolved({ ...world, npm });
    assert.deepEqual(asked.sort(), ["@acme/lua-arm64 5.3", "@acme/lua-arm64 5.4", "lua-amd64 5.3", "lua-amd64 5.4"]);
    assert.equal((await resolved()).lock.pairs["lua"]?.["5.3"]?.["trixie"]?.version, "5.3.6");
  });

  it("of a URL has the checksums of the definition, a release line's before those that all share", async () => {
    const { lock } = await resolved();
    const ofLine = (line: string) => lock.pairs["lua"]?.[line]?.["trixie"]?.artifacts?.["rocks"];
    const sum = (digit: string) => `sha256-${Buffer.from(hex(digit), "hex").toString("base64")}`;
    const both = (amd64: string, arm64: string) => ({
      "linux/amd64": { integrity: sum(amd64) },
      "linux/arm64": { integrity: sum(arm64) },
    });
    assert.deepEqual(ofLine("5.4"), { version: "3.1+2", platforms: both("a", "c") });
    assert.deepEqual(ofLine("5.3"), { version: "2.9", platforms: both("b", "b") });
  });

  it("keeps its entry where npm's registry does not answer, which is said", async () => {
    const before = (await resolved()).lock;
    const npm = () => Promise.reject(new Failure("npm cannot give lua-amd64: ECONNREFUSED"));
    const { lock, moves, kept } = await resolved({ ...world, npm, today: "2026-06-20" }, before);
    assert.deepEqual([lock.pairs["lua"], moves], [before.pairs["lua"], []]);
    assert.ok(kept.includes("npm package lua-amd64: npm cannot give lua-amd64: ECONNREFUSED"));
  });

  it("is refused where npm's registry does not answer and the lock has nothing of it", async () => {
    const { loaded, lock } = loadGood(folder());
    const npm = () => Promise.reject(new Failure("npm cannot give lua-amd64: ECONNREFUSED"));
    const result = await resolve(loaded, lock, { ...world, npm });
    assert.deepEqual(result.ok ? [] : result.diagnostics.map(formatShort), [
      "languages/lua.yaml:6:18 index-unreachable: npm's registry could not be read, and the lock has nothing of this: npm cannot give lua-amd64: ECONNREFUSED",
      "languages/lua.yaml:7:18 index-unreachable: npm's registry could not be read, and the lock has nothing of this: npm cannot give lua-amd64: ECONNREFUSED",
    ]);
  });

  it("that moves is said with its checksums, and so is a checksum that moves alone", async () => {
    const before = (await resolved()).lock;
    const npm = async (name: string) => published[name]?.map((each) => ({ ...each, integrity: sri("C") }));
    const { moves } = await resolved({ ...world, npm }, before);
    assert.deepEqual(moves, [
      "lua 5.3 on trixie, artifact lua: 5.3.6 sha512-AAAAAAAA sha512-AAAAAAAA → 5.3.6 sha512-CCCCCCCC sha512-CCCCCCCC",
      "lua 5.4 on trixie, artifact lua: 5.4.10 sha512-AAAAAAAA sha512-BBBBBBBB → 5.4.10 sha512-CCCCCCCC sha512-CCCCCCCC",
    ]);
  });

  it("whose source changes wants a new lock, and one that only goes elsewhere does not", () => {
    const checksum = () => lockChecksum(loadGood(folder()).loaded);
    const before = checksum();
    for (const [from, to] of [
      ["lua-amd64", "lua-x64"],
      [hex("a"), hex("d")],
      ["example.org", "example.com"],
      ["version: lua, ", ""],
      ["dev: [rocks]", "dev: [lua]"],
    ] as const) {
      changed(from, to);
      assert.notEqual(checksum(), before, to);
    }
    changed("/opt/lua", "/opt/elsewhere");
    assert.equal(checksum(), before);
  });

  it("that the lock lacks, or has for one platform alone, is refused", async () => {
    const { lock } = await resolved();
    const { loaded } = loadGood(folder());
    const pair = lock.pairs["lua"]?.["5.4"]?.["trixie"];
    const lua = pair?.artifacts?.["lua"];
    assert.ok(pair !== undefined && lua !== undefined);
    const { "linux/arm64": _, ...platforms } = lua.platforms;
    for (const artifacts of [undefined, { ...pair.artifacts, lua: { ...lua, platforms } }]) {
      const lines = { ...lock.pairs["lua"], "5.4": { trixie: { ...pair, artifacts } } };
      const plan = makePlan(loaded, { ...lock, pairs: { ...lock.pairs, lua: lines } });
      assert.deepEqual(plan.ok ? [] : plan.diagnostics.map(formatShort), [
        "languages/lua.yaml:6:18 lock-outdated: the lock lacks the artifact lua: run `ingot resolve`",
      ]);
    }
  });

  it("is refused where another goes by its name and version and is not the same; one that is the same is no other", async () => {
    const other = definition.replace("language: lua", "language: luau");
    const complaints = async (text: string) => {
      writeFiles(folder(), { "languages/luau.yaml": text });
      const { lock } = await resolved();
      const plan = makePlan(loadGood(folder()).loaded, lock);
      return plan.ok ? [] : plan.diagnostics.map(formatShort);
    };
    assert.deepEqual(await complaints(other), []);
    assert.deepEqual(await complaints(other.replace("lib: /opt/lua", "lib: /opt/luau")), [
      "languages/luau.yaml:9:3 tag-collision: acme/artifact:lua-5.4.10 is claimed here and by the artifact lua of lua, and they differ",
      "languages/luau.yaml:9:3 tag-collision: acme/artifact:lua-5.3.6 is claimed here and by the artifact lua of lua, and they differ",
    ]);
  });

  it("is listed beside the packages, for people and for programs", async () => {
    const { lock } = await resolved();
    const plan = makePlan(loadGood(folder()).loaded, lock);
    assert.ok(plan.ok);
    const dev = await image("lua/5.4/trixie/dev");
    const text = formatPlan(plan.value, imagesOf(plan.value)).split("\n\n");
    const artifacts = (name: string) =>
      /^ {2}artifacts (.*)$/m.exec(text.find((each) => each.startsWith(name)) ?? "")?.[1];
    assert.equal(artifacts("acme/lua:5.4.10-trixie-dev\n"), "lua=5.4.10 rocks=3.1+2");
    assert.equal(artifacts("acme/python:3.13.5-trixie\n"), undefined);
    assert.deepEqual(
      (describeImage(dev) as { artifacts?: unknown }).artifacts,
      dev.artifacts.map(({ name, version }) => ({ name, version })),
    );
  });

  it("is mounted for microroot, which gets its folder after the packages; dev has what runtime has", async () => {
    const runtime = dockerfileView(await image("lua/5.4/trixie/runtime"));
    const mount = (name: string) =>
      `--mount=type=bind,from=acme/artifact:${name},target=/artifacts/${name.split("-")[0]}`;
    assert.deepEqual([runtime.packages, runtime.artifacts], ["/artifacts/lua", [mount("lua-5.4.10")]]);
    assert.equal(runtime.builder, "acme/base:trixie-dev");
    const dev = dockerfileView(await image("lua/5.4/trixie/dev"));
    assert.equal(dev.packages, "git /artifacts/lua /artifacts/rocks");
    assert.deepEqual(dev.artifacts, [mount("lua-5.4.10"), mount("rocks-3.1_2")]);
  });

  it("is fetched from where the definition says, with version and architecture filled in", async () => {
    const { artifacts } = await image("lua/5.4/trixie/dev");
    assert.deepEqual(
      Object.values(artifacts[1]?.downloads ?? {}).map(({ from }) => from),
      ["x64", "arm64"].map((arch) => ({ kind: "url", url: `https://example.org/v3.1%2B2/rocks-${arch}.tar.gz` })),
    );
    assert.deepEqual(artifacts[0]?.downloads["linux/arm64"]?.from, {
      kind: "npm",
      name: "@acme/lua-arm64",
      version: "5.4.10",
    });
  });

  it("changes the fingerprint of its images with its checksum, and with where its files go", async () => {
    const facts = async () =>
      JSON.stringify(artifactFacts((await image("lua/5.4/trixie/dev")).artifacts, "linux/amd64"));
    const before = await facts();
    changed(hex("a"), hex("d"));
    assert.notEqual(await facts(), before);
    changed("lib: /opt/lua", "lib: /opt/elsewhere");
    assert.notEqual(await facts(), before);
    changed("lua5: lua", "lua5: ../bin/lua");
    assert.notEqual(await facts(), before);
    changed(hex("c"), hex("d"));
    assert.equal(await facts(), before);
  });

  it("holds its files, what is below its folders, and its links", async () => {
    const [lua] = (await image("lua/5.4/trixie/runtime")).artifacts;
    assert.ok(lua !== undefined);
    const paths = [
      "/usr/local/bin/lua",
      "/opt/lua/a/b",
      "/usr/local/bin/lua5",
      "/usr/local/bin/luac",
      "/opt/lua2",
      "/opt",
    ];
    assert.deepEqual(
      paths.filter((path) => holdsPath(lua, path)),
      paths.slice(0, 3),
    );
  });
});

describe("an artifact's link", () => {
  it("may lead below /usr and /opt, and nowhere else", () => {
    const good = [
      ["/usr/local/bin/a", "b"],
      ["/usr/local/bin/a", "../lib/a/bin/a.js"],
      ["/opt/a", "/usr/bin/a"],
    ] as const;
    const bad = [
      ["/usr/local/bin/a", "../../../etc/passwd"],
      ["/usr/local/bin/a", "../../../../usr/bin/a"],
      ["/opt/a", "/etc/passwd"],
      ["/opt/a", ".."],
    ] as const;
    for (const [link, target] of good) assert.ok(leadsInside(link, target), target);
    for (const [link, target] of bad) assert.ok(!leadsInside(link, target), target);
  });
});
