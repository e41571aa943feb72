import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { type Image, imagesOf, type Plan } from "../../src/model/image.js";
import type { Lock } from "../../src/model/lock.js";
import { lockChecksum } from "../../src/stages/locked.js";
import { makePlan } from "../../src/stages/plan.js";
import { useTemporaryFolder } from "../support/folders.js";
import { formatShort, loadGood, openGood, writeResolvedCatalog } from "../support/resolved-catalog.js";

describe("the plan of the small catalog", () => {
  const folder = useTemporaryFolder();
  let plan: Plan;
  const image = (id: string): Image => imagesOf(plan).find((each) => each.id === id) as Image;

  beforeEach(() => {
    writeResolvedCatalog(folder());
    plan = openGood(folder()).plan;
  });

  it("has every image after those that it is built on", () => {
    const seen = new Set<string>();
    for (const each of imagesOf(plan)) {
      const needs = [
        ...(each.parent.kind === "image" ? [each.parent.id] : []),
        ...(each.builder === undefined ? [] : [each.builder.id]),
      ];
      for (const need of needs) assert.ok(seen.has(need), `${need} before ${each.id}`);
      seen.add(each.id);
    }
    assert.equal(seen.size, 3 * 3 + 4 * 2 + 3 * 2);
  });

  it("names what an image is built on by a tag that the other has", () => {
    const tagged = new Map<string, string>(
      imagesOf(plan).flatMap((each) => each.tags.map((tag) => [`${each.repository}:${tag}`, each.id] as const)),
    );
    for (const { parent, builder } of imagesOf(plan)) {
      if (parent.kind === "image") assert.equal(tagged.get(parent.reference), parent.id);
      if (builder !== undefined) assert.equal(tagged.get(builder.reference), builder.id);
    }
  });

  it("makes a runtime in the base's dev image, on the base's runtime image", () => {
    const { parent, builder } = image("python/3.13/trixie/runtime");
    assert.deepEqual(parent, { kind: "image", id: "base/13/trixie/runtime", reference: "acme/base:trixie" });
    assert.deepEqual(builder, { id: "base/13/trixie/dev", reference: "acme/base:trixie-dev", files: ["microroot"] });
  });

  it("installs a dev image in place, on the base's, with all that the runtime has", () => {
    const { parent, builder, packages, user } = image("python/3.14/alpine3.24/dev");
    assert.deepEqual(
      [parent.kind === "image" && parent.reference, builder, user],
      ["acme/base:alpine3.24-dev", undefined, undefined],
    );
    assert.deepEqual(packages, ["python3~3.14.5", "python3-dev", "py3-pip"]);
  });

  it("pins the package that gives the version, wherever it is, and lets all others float", () => {
    assert.deepEqual(image("python/3.13/trixie/runtime").packages, ["python3.13=3.13.5-*", "python3"]);
    assert.deepEqual(image("node/20/trixie/dev").packages, ["nodejs=20.19.2+dfsg-*", "npm", "libnode-dev"]);
    assert.deepEqual(image("base/13/trixie/runtime").packages, ["libc6", "ca-certificates", "tzdata", "busybox"]);
  });

  it("installs a package that gives the version and that only dev's list names in the dev image alone", () => {
    const path = "languages/python.yaml";
    const text = readFileSync(join(folder(), path), "utf8").replace(/dev: \[/g, "dev: [python3.13, ");
    writeResolvedCatalog(folder(), { [path]: text });
    const { loaded, lock } = loadGood(folder());
    const plan = makePlan(loaded, { ...lock, definitions: lockChecksum(loaded) });
    assert.ok(plan.ok);
    const packagesOf = (id: string) => imagesOf(plan.value).find((each) => each.id === id)?.packages;
    assert.deepEqual(packagesOf("python/3.13/trixie/runtime"), ["python3"]);
    assert.equal(packagesOf("python/3.13/trixie/dev")?.[0], "python3.13=3.13.5-*");
  });

  it("has what a definition keeps and drops for that variant alone, sorted", () => {
    const { keep, drop } = image("python/3.13/trixie/runtime");
    assert.deepEqual(drop, ["/usr/**/*.egg", "/usr/bin/pdb"]);
    assert.deepEqual(keep, ["/usr/share/x*"]);
    assert.deepEqual([image("python/3.13/trixie/dev").drop, image("node/20/trixie/runtime").keep], [[], []]);
  });

  it("begins base anew, and its dev image on the distribution's own", () => {
    assert.equal(image("base/13/trixie/runtime").parent.kind, "scratch");
    const { parent } = image("base/13/trixie/dev");
    assert.ok(
      parent.kind === "distribution" && parent.reference.startsWith("docker.io/library/debian:trixie-slim@sha256:"),
    );
  });

  it("runs every image but dev as the catalog's user", () => {
    for (const { variant, user, id } of imagesOf(plan)) assert.equal(user, variant === "dev" ? undefined : 65532, id);
  });

  it("dates an image by its entry in the lock, and by nothing else", () => {
    const { sourceDateEpoch, labels } = image("node/24/alpine3.24/runtime");
    assert.equal(sourceDateEpoch, Date.UTC(2026, 5, 18) / 1000);
    assert.equal(labels["org.opencontainers.image.created"], "2026-06-18T00:00:00Z");
  });

  it("gives an image the budget of its variant, where a line and a distribution override limit by limit", () => {
    const path = "languages/python.yaml";
    const text = readFileSync(join(folder(), path), "utf8")
      .replace("debian: { version", "debian: { size: { runtime: { uncompressed: 40 MB, compressed: 15 MB } }, version")
      .replace(
        "trixie: { version: python3.13 } }",
        "trixie: { size: { runtime: { uncompressed: 41000000 } }, version: python3.13 } }, packages: { debian: { size: { runtime: { compressed: 14 MB }, dev: { uncompressed: 1 GB } } } }",
      );
    writeResolvedCatalog(folder(), { [path]: text });
    const budgets = imagesOf(openGood(folder()).plan).flatMap(({ id, budget }) => (budget ? [[id, budget]] : []));
    assert.deepEqual(Object.fromEntries(budgets), {
      "python/3.13/trixie/runtime": { uncompressed: 41_000_000, compressed: 14_000_000 },
      "python/3.13/trixie/dev": { uncompressed: 1_000_000_000 },
    });
  });

  it("has what the release cycles say of each pair", () => {
    const supportOf = (id: string) => plan.pairs.find((pair) => pair.id === id)?.support;
    assert.deepEqual(supportOf("node/24/alpine3.24"), {
      upstream: "2028-04-30",
      distribution: "2028-06-01",
      lts: "2025-10-28",
    });
    assert.deepEqual(supportOf("base/13/trixie"), { distribution: "2030-06-30" });
  });

  it("labels the images of a line that upstream supports no longer, and those of no other", () => {
    const labelled = imagesOf(plan).filter(({ labels }) => Object.hasOwn(labels, "ingot.ended"));
    assert.deepEqual(labelled.map(({ id, labels }) => `${id} ${labels["ingot.ended"]}`).sort(), [
      "node/20/trixie/dev upstream",
      "node/20/trixie/runtime upstream",
    ]);
  });
});

describe("a plan", () => {
  const folder = useTemporaryFolder();
  const python = () => readFileSync(join(folder(), "languages/python.yaml"), "utf8");
  const complaintsOf = (lock: Lock | undefined): readonly string[] => {
    const result = makePlan(loadGood(folder()).loaded, lock);
    return result.ok ? [] : result.diagnostics.map(formatShort);
  };
  beforeEach(() => writeResolvedCatalog(folder()));

  it("gives an image the environment of its most special packages, and what its variant says", () => {
    const changed = python()
      .replace("alpine: { version", "alpine: { env: { HOME_OF: /alpine, A: wide }, version")
      .replace('"3.14": { on: { alpine3.24: {} }', '"3.14": { on: { alpine3.24: { env: { HOME_OF: /here } } }')
      .concat("dev: { env: { B: dev } }\n");
    writeResolvedCatalog(folder(), { "languages/python.yaml": changed });
    const env = (id: string) => imagesOf(openGood(folder()).plan).find((each) => each.id === id)?.env;
    assert.deepEqual(env("python/3.14/alpine3.24/dev"), { HOME_OF: "/here", B: "dev" });
    assert.deepEqual(env("python/3.12/alpine3.23/runtime"), { HOME_OF: "/alpine", A: "wide" });
    assert.deepEqual(env("python/3.13/trixie/runtime"), {});
  });

  it("has the release line where packages and the environment name it, and leaves the architecture to the engine", () => {
    const changed = python()
      .replace("alpine: { version", 'alpine: { env: { HOME_OF: "/{line}/{architecture}/{other}" }, version')
      .replace("dev: [python3-dev, py3-pip]", 'dev: ["python{line}-dev{digits}"]');
    assert.match(changed, /python\{line\}/);
    writeResolvedCatalog(folder(), { "languages/python.yaml": changed });
    const [pair] = loadGood(folder()).loaded.catalog.definitions.flatMap(({ pairs }) =>
      pairs.filter(({ line, family }) => line === "3.12" && family === "alpine"),
    );
    const dev = pair?.variants.find(({ variant }) => variant === "dev");
    assert.deepEqual(dev?.packages.at(-1), "python3.12-dev312");
    assert.deepEqual(dev?.env, { HOME_OF: "/3.12/{architecture}/{other}" });
  });

  it("is made twice alike", () => {
    const { loaded, lock } = loadGood(folder());
    assert.deepEqual(makePlan(loaded, lock), makePlan(loaded, lock));
  });

  it("does not depend on the order in which release lines and distributions are written", () => {
    const expected = imagesOf(openGood(folder()).plan).map(({ id, tags }) => [id, tags] as const);
    const { loaded, lock } = loadGood(folder());
    const shuffledPairs = fc.tuple(
      ...loaded.catalog.definitions.map((definition) =>
        fc
          .shuffledSubarray([...definition.pairs], { minLength: definition.pairs.length })
          .map((pairs) => ({ ...definition, pairs })),
      ),
    );
    fc.assert(
      fc.property(shuffledPairs, (definitions) => {
        const shuffled = { ...loaded, catalog: { ...loaded.catalog, definitions } };
        const plan = makePlan(shuffled, { ...lock, definitions: lockChecksum(shuffled) });
        assert.ok(plan.ok);
        assert.deepEqual(new Map(imagesOf(plan.value).map(({ id, tags }) => [id, tags])), new Map(expected));
      }),
      { numRuns: 25 },
    );
  });

  it("is refused without a lock, and says what to do", () =>
    assert.deepEqual(complaintsOf(undefined), [
      "catalog.lock.yaml lock-missing: there is no lock: run `ingot resolve`",
    ]));

  it("is refused with the lock of other definitions", () => {
    const { lock } = loadGood(folder());
    assert.match(
      complaintsOf({ ...lock, definitions: `sha256:${"0".repeat(64)}` })[0] ?? "",
      /^catalog\.lock\.yaml lock-outdated: .*`ingot resolve`$/,
    );
  });

  it("is refused with a lock that lacks an entry, at the place that needs it, and with no other complaint", () => {
    const { lock } = loadGood(folder());
    const { "13": _, ...rest } = lock.pairs["base"] ?? {};
    assert.deepEqual(complaintsOf({ ...lock, pairs: { ...lock.pairs, base: rest } }), [
      "languages/base.yaml:7:17 lock-outdated: the lock has no entry for this: run `ingot resolve`",
    ]);
  });

  it("is refused with a lock that was edited to a version of another release line", () => {
    const { lock } = loadGood(folder());
    const node = {
      ...lock.pairs["node"],
      "20": { trixie: { date: "2026-06-18", version: "22.1.0", packages: { nodejs: "22.1.0-1" } } },
    };
    assert.deepEqual(complaintsOf({ ...lock, pairs: { ...lock.pairs, node } }), [
      "languages/node.yaml:10:17 line-mismatch: nodejs is 22.1.0 on trixie, which is not of the release line 20",
    ]);
  });
});

describe("the checksum in a lock", () => {
  const folder = useTemporaryFolder();
  const python = () => readFileSync(join(folder(), "languages/python.yaml"), "utf8");
  const checksumWith = (changes: Readonly<Record<string, string>>): string => {
    writeResolvedCatalog(folder(), changes);
    return lockChecksum(loadGood(folder()).loaded);
  };

  it("is of what resolve reads: packages, release lines, distributions, platforms", () => {
    const before = checksumWith({});
    for (const [from, to] of [
      ["py3-pip]", "py3-pip, git]"],
      ['"3.12": { on: { alpine3.23: {} } }', '"3.12": { on: { alpine3.24: {} } }'],
      ["endoflife: python", "endoflife: pypy\nplatforms: [linux/amd64]"],
      ["alpine3.23: {} } }", 'alpine3.23: {} }, cycle: "3.11" }'],
    ] as const) {
      writeResolvedCatalog(folder());
      const changed = python().replace(from, to);
      assert.notEqual(changed, python());
      assert.notEqual(checksumWith({ "languages/python.yaml": changed }), before, to);
    }
  });

  it("is not of what an image says or does: so those need no new lock", () => {
    const before = checksumWith({});
    const changed = `${python().replace("Interpreter for", "The interpreter of").replace("[python3] }", "[python3, -I], env: { A: b } }")}test: { runtime: [{ run: [python3, -V] }] }\n`;
    assert.match(changed, /The interpreter of[\s\S]*-I[\s\S]*-V/);
    assert.equal(checksumWith({ "languages/python.yaml": changed }), before);
  });
});

describe("two release lines that claim one tag", () => {
  const folder = useTemporaryFolder();

  it("are both named, at their places, with the widest tag that both claim", () => {
    writeResolvedCatalog(folder());
    const python = readFileSync(join(folder(), "languages/python.yaml"), "utf8");
    const lines = '"3.14": { on: { alpine3.24: {} } }';
    writeResolvedCatalog(folder(), {
      "languages/python.yaml": python.replace(lines, `${lines}\n  ${lines.replace("3.14", "3")}`),
    });
    const { loaded, lock } = loadGood(folder());
    const pairs = { ...lock.pairs["python"], "3": lock.pairs["python"]?.["3.14"] ?? {} };
    const plan = makePlan(loaded, {
      ...lock,
      definitions: lockChecksum(loaded),
      pairs: { ...lock.pairs, python: pairs },
    });
    assert.deepEqual(plan.ok ? [] : plan.diagnostics.map(formatShort), [
      "languages/python.yaml:8:19 tag-collision: python:3 is claimed here and by 3 on alpine3.24 (languages/python.yaml:9:16)",
    ]);
  });
});
