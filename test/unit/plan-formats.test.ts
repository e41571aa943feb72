import assert from "node:assert/strict";
import { type OpenCatalog, openCatalog } from "../../src/commands/catalog.js";
import { type Image, imagesOf } from "../../src/model/image.js";
import { selectImages } from "../../src/model/selector.js";
import { imagesIn } from "../../src/ports/engine-references.js";
import { type BakeFile, type BakeOptions, bakeNames, makeBakeFile } from "../../src/stages/bake.js";
import { runInProcess } from "../support/command-line.js";
import { useTemporaryFolder } from "../support/folders.js";
import { repository } from "../support/paths.js";
import { writeResolvedCatalog } from "../support/resolved-catalog.js";

interface Matrix {
  readonly include: readonly { readonly name: string; readonly selectors: string }[];
}

describe("the bake file of this repository's catalog", () => {
  let opened: OpenCatalog;
  let all: readonly Image[];
  before(() => {
    const result = openCatalog(repository);
    assert.ok(result.ok);
    opened = result.value;
    all = imagesOf(opened.plan);
  });
  const bake = (images: readonly Image[], options: Partial<BakeOptions> = {}): BakeFile => {
    const { plan, tree } = opened;
    const made = makeBakeFile(images, {
      plan,
      tree,
      platforms: undefined,
      contexts: {},
      mirrorFile: undefined,
      ...options,
    });
    assert.ok(made.ok, JSON.stringify(made));
    return made.value;
  };
  const select = (selector: string): readonly Image[] => {
    const found = selectImages(all, [selector]);
    assert.ok(found.ok);
    return found.value;
  };
  const dockerfileOf = (context: string): string =>
    opened.tree.get(`${context.replace(/^generated\//, "")}/Dockerfile`)?.text ?? assert.fail(context);

  it("has a target for each image, with its folder, its arguments and its tags", () => {
    const { target } = bake(all);
    assert.deepEqual(
      Object.values(target).map(({ context, args, tags }) => ({ context, args, tags })),
      all.map(({ id, sourceDateEpoch, tags, repository: name }) => ({
        context: `generated/${id}`,
        args: { SOURCE_DATE_EPOCH: String(sourceDateEpoch) },
        tags: tags.map((tag) => `${name}:${tag}`),
      })),
    );
  });

  it("says of every name in every Dockerfile what it stands for", () => {
    for (const { context, contexts, args } of Object.values(bake(all).target))
      assert.deepEqual(imagesIn(dockerfileOf(context), { buildArguments: args, contexts }), [], context);
  });

  it("writes these names as BuildKit looks them up: without docker.io, library and latest", () => {
    for (const { contexts } of Object.values(bake(all).target))
      for (const name of Object.keys(contexts)) assert.doesNotMatch(name, /^docker\.io\/|^library\/|:latest$/);
  });

  it("links targets that are there, in no circle: each to earlier ones", () => {
    const seen = new Set<string>();
    let links = 0;
    for (const [name, { contexts }] of Object.entries(bake(all).target)) {
      for (const value of Object.values(contexts).filter((each) => each.startsWith("target:"))) {
        assert.ok(seen.has(value.slice("target:".length)), `${name} is linked to ${value}`);
        links += 1;
      }
      seen.add(name);
    }
    assert.ok(links > all.length);
  });

  it("has names that bake takes, each once, groups among them", () => {
    const { group, target } = bake(all);
    const names = [...Object.keys(group), ...Object.keys(target)];
    for (const name of names) assert.match(name, /^[a-zA-Z0-9_-]+$/);
    assert.equal(new Set(names).size, names.length);
    assert.deepEqual(group["default"]?.targets, Object.keys(target));
    const languages = Object.entries(group).filter(([name]) => name !== "default");
    assert.deepEqual(languages.map(([name]) => name).sort(), [...new Set(all.map(({ language }) => language))].sort());
    assert.deepEqual(languages.flatMap(([, { targets }]) => targets).sort(), Object.keys(target).sort());
  });

  it("of one image has what that is built on, and stores that image alone", () => {
    const images = select("lua:5.4-trixie");
    const { group, target } = bake(images);
    assert.deepEqual(group["default"]?.targets, ["lua-5_4-trixie-runtime"]);
    assert.deepEqual(Object.keys(target), ["base-13-trixie-dev", "base-13-trixie-runtime", "lua-5_4-trixie-runtime"]);
    const stored = Object.values(target).map(({ tags = [], output }) => [tags.length > 0, output]);
    const linked = [false, ["type=cacheonly"]];
    assert.deepEqual(stored, [linked, linked, [true, ["type=image,oci-mediatypes=true"]]]);
    assert.deepEqual(bake([...images].reverse()), bake(images));
  });

  it("names no mirror and mounts no secret that was not asked for; asked for, where the Dockerfile mounts it", () => {
    for (const { secret } of Object.values(bake(all).target)) assert.equal(secret, undefined);
    const targets = Object.values(bake(all, { mirrorFile: "a,b/sources" }).target);
    assert.ok(targets.some(({ secret }) => secret === undefined));
    for (const { context, secret } of targets)
      assert.deepEqual(
        secret,
        dockerfileOf(context).includes("id=mirror") ? ['id=mirror,"src=a,b/sources"'] : undefined,
        context,
      );
  });

  it("leaves out what is for none of the platforms that were named", () => {
    const { target } = bake(all, { platforms: ["linux/arm64"] });
    for (const { platforms } of Object.values(target)) assert.deepEqual(platforms, ["linux/arm64"]);
    assert.equal(Object.keys(target).length, all.filter(({ platforms }) => platforms.includes("linux/arm64")).length);
  });

  it("takes what a name stands for from an option, and builds nothing for it", () => {
    const contexts = {
      "debian:trixie-slim": "docker-image://ingot/bootstrap:trixie",
      "docker.io/ingot/base:trixie": "docker-image://registry.example/base:trixie",
    };
    const { target } = bake(select("lua:5.4-trixie"), { contexts });
    assert.deepEqual(target["base-13-trixie-dev"]?.contexts, {
      "debian:trixie-slim": "docker-image://ingot/bootstrap:trixie",
    });
    assert.deepEqual(target["lua-5_4-trixie-runtime"]?.contexts, {
      "ingot/base:trixie": "docker-image://registry.example/base:trixie",
      "ingot/base:trixie-dev": "target:base-13-trixie-dev",
    });
    assert.equal(target["base-13-trixie-runtime"], undefined);
  });

  it("takes the name of a distribution's image without the digest that the lock pins, and gives BuildKit the whole", () => {
    const digest = `sha256:${"0".repeat(64)}`;
    const pin = (image: Image): Image =>
      image.parent.kind === "distribution"
        ? { ...image, parent: { ...image.parent, reference: `${image.parent.reference}@${digest}` } }
        : image;
    const { plan, tree } = opened;
    const pairs = plan.pairs.map((pair) => ({ ...pair, images: pair.images.map(pin) }));
    const made = makeBakeFile(select("base:trixie-dev").map(pin), {
      ...{ plan: { ...plan, pairs }, tree, platforms: undefined, mirrorFile: undefined },
      contexts: { "debian:trixie-slim": "docker-image://x" },
    });
    assert.ok(made.ok, JSON.stringify(made));
    const { contexts } = made.value.target["base-13-trixie-dev"] ?? assert.fail();
    assert.deepEqual(contexts, { [`debian:trixie-slim@${digest}`]: "docker-image://x" });
  });

  it("refuses what no Dockerfile names, as it would change nothing", () => {
    const { plan, tree } = opened;
    const contexts = { "debian:trixi-slim": "x" };
    const made = makeBakeFile(all, { plan, tree, platforms: undefined, contexts, mirrorFile: undefined });
    assert.ok(!made.ok);
    assert.match(made.diagnostics[0]?.message ?? "", /"debian:trixi-slim".*did you mean debian:trixie-slim/);
  });

  it("has nothing that bake reads as a template", () => {
    const sign = "$";
    const { target } = bake(select("lua:5.4-trixie"), {
      mirrorFile: `${sign}{HOME}/x%{if}`,
      contexts: { "debian:trixie-slim": `${sign}{HOME}/y` },
    });
    const text = JSON.stringify(target).replaceAll("$${", "").replaceAll("%%{", "");
    assert.doesNotMatch(text, /[$%]\{/);
    assert.match(JSON.stringify(target), /\$\$\{HOME\}\/x%%\{if\}/);
  });
});

describe("names for bake", () => {
  it("are plain where they can be, and never the same for two", () => {
    const ids = ["default", "a-b", "a/b", "a.b", "a_b", "default", "python/3.13/trixie/dev"];
    const names = bakeNames(ids);
    assert.equal(names.get("python/3.13/trixie/dev"), "python-3_13-trixie-dev");
    assert.equal(new Set(names.values()).size, new Set(ids).size);
    for (const name of names.values()) assert.match(name, /^[a-zA-Z0-9_-]+$/);
  });
});

describe("ingot plan", () => {
  const folder = useTemporaryFolder();
  beforeEach(() => writeResolvedCatalog(folder()));
  const run = (...args: readonly string[]) => runInProcess(folder(), ["plan", ...args]);
  const idsOf = async (...args: readonly string[]): Promise<readonly string[]> => {
    const { status, stdout, stderr } = await run("--format", "json", ...args);
    assert.deepEqual([status, stderr], [0, ""]);
    return (JSON.parse(stdout) as { readonly id: string }[]).map(({ id }) => id);
  };
  const pairsOf = async (...args: readonly string[]): Promise<readonly string[]> =>
    [...new Set((await idsOf(...args)).map((id) => id.split("/").slice(0, 3).join("/")))].sort();
  const matrix = async (...args: readonly string[]): Promise<Matrix> => {
    const { status, stdout, stderr } = await run("--format", "github-matrix", ...args);
    assert.deepEqual([status, stderr], [0, ""]);
    return JSON.parse(stdout) as Matrix;
  };

  it("writes a matrix whose jobs have, together, every pair once: the selectors of each match its pairs and no others", async () => {
    const { include } = await matrix("--legs", "3");
    assert.deepEqual(
      include.map(({ name }) => name),
      ["1/3", "2/3", "3/3"],
    );
    const pairs: string[] = [];
    for (const { name, selectors } of include) {
      const matched = await pairsOf(...selectors.split(" "));
      assert.deepEqual(matched, await pairsOf("--shard", name));
      assert.match(selectors, /^[A-Za-z0-9:._ -]+$/, "a shell leaves it as it is");
      pairs.push(...matched);
    }
    assert.deepEqual(pairs.sort(), await pairsOf());
  });

  it("has no job without pairs, as no selector means everything", async () => {
    const { include } = await matrix("--legs", "300");
    assert.ok(include.length > 1 && include.length <= (await pairsOf()).length);
    for (const { selectors } of include) assert.notEqual(selectors, "");
  });

  it("gives legs that have, together, what was selected, once each, images of a pair on one leg", async () => {
    const selected = await idsOf("python");
    const legs = [await idsOf("--shard", "1/2", "python"), await idsOf("--shard", "2/2", "python")];
    assert.deepEqual(legs.flat().sort(), [...selected].sort());
    const pairs = legs.map((ids) => new Set(ids.map((id) => id.split("/").slice(0, 3).join("/"))));
    assert.equal([...(pairs[0] ?? [])].filter((pair) => pairs[1]?.has(pair)).length, 0);
  });

  it("gives an empty leg nothing to do, and a build of it needs no engine: exit status 0", async () => {
    assert.deepEqual(await idsOf("--shard", "1000/1000"), []);
    await runInProcess(folder(), ["generate"]);
    const { status, stdout } = await runInProcess(folder(), ["build", "--shard", "1000/1000"]);
    assert.equal(status, 0);
    assert.match(stdout, /^0 built, 0 already right, 0 skipped, in /);
  });

  it("writes a bake file as JSON", async () => {
    const { status, stdout } = await run("--format", "bake", "--platform", "linux/amd64", "python:3.13-trixie");
    assert.equal(status, 0);
    const { group, target } = JSON.parse(stdout) as BakeFile;
    assert.deepEqual(Object.keys(group), ["default", "python"]);
    assert.ok(Object.keys(target).includes("python-3_13-trixie-runtime"));
  });

  for (const [why, args] of [
    ["--legs is for --format github-matrix", ["--legs", "2"]],
    ["--platform, --context and --mirror-file are for --format bake", ["--platform", "linux/amd64"]],
    [
      "--mirror-file must be a file",
      ["--format", "bake", "--mirror-file", "https://user:secret@mirror.example/debian"],
    ],
    ["--context names", ["--format", "bake", "--context", "nothing:1=x"]],
  ] as const)
    it(`complains: ${why}`, async () => {
      const { status, stdout, stderr } = await run(...args);
      assert.deepEqual([status, stdout], [2, ""]);
      assert.ok(stderr.startsWith(`invalid-option: ${why}`), stderr);
      assert.doesNotMatch(stderr, /secret/);
    });

  for (const args of [
    ["--shard", "0/3"],
    ["--shard", "4/3"],
    ["--shard", "1/1001"],
    ["--shard", "1"],
    ["--legs", "0"],
    ["--context", "x"],
    ["--context", "x=target:y"],
  ])
    it(`"${args.join(" ")}" is wrong: exit status 2`, async () => {
      const { status, stderr } = await run(...args);
      assert.equal(status, 2);
      assert.match(stderr, /^error: /);
    });
});
