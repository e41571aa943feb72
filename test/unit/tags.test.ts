import assert from "node:assert/strict";
import fc from "fast-check";
import type { Distribution } from "../../src/model/catalog.js";
import { parseTag } from "../../src/model/reference.js";
import { compareVersions, isPrerelease, prefixesOf } from "../../src/model/version.js";
import { planTags, type TagPlan, type TagSubject } from "../../src/stages/tags.js";
import { alpine39, alpine323, alpine324, bookworm, subject, trixie } from "../support/subjects.js";

const node24 = subject("24", "24.16.0", alpine324, ["lts"]);
const node24Old = subject("24", "24.11.1", alpine323, ["lts"]);
const node26 = subject("26", "26.3.0", alpine324);
const node22 = subject("22", "22.16.0", alpine323);
const node20 = subject("20", "20.19.2", trixie);
const node = [node26, node24, node24Old, node22, node20];

const nameOf = ({ line, version, distribution }: TagSubject): string => `${line} ${version.text} ${distribution.name}`;

/** Tag → who has it. */
function ownersOf(
  subjects: readonly TagSubject[],
  plan: TagPlan = planTags(subjects),
): Readonly<Record<string, string>> {
  const owners = subjects.flatMap((each) =>
    each.variants.flatMap((variant) => plan.tagsOf(each, variant).map((tag) => [tag, `${nameOf(each)} ${variant}`])),
  );
  return Object.fromEntries(owners);
}

describe("the tags of a language like Node", () => {
  const plan = planTags(node);

  const expected = {
    "by distribution": ["24.16.0-alpine3.24", "24.16-alpine3.24", "24-alpine3.24"],
    "by family": ["24.16.0-alpine", "24.16-alpine", "24-alpine"],
    plain: ["24.16.0", "24.16", "24"],
    "of an alias": ["lts", "lts-alpine", "lts-alpine3.24"],
  };
  for (const [kind, tags] of Object.entries(expected)) {
    it(`${kind} are ${tags.join(" ")}, and with -dev those of the dev image`, () => {
      for (const tag of tags) {
        assert.ok(
          plan.tagsOf(node24, "runtime").some((each) => each === tag),
          tag,
        );
        assert.ok(
          plan.tagsOf(node24, "dev").some((each) => each === `${tag}-dev`),
          `${tag}-dev`,
        );
      }
    });
  }

  it("of the newest release line are latest, alpine and alpine3.24; dev, alpine-dev and alpine3.24-dev", () => {
    assert.deepEqual(plan.tagsOf(node26, "runtime").slice(-3), ["alpine3.24", "alpine", "latest"]);
    assert.deepEqual(plan.tagsOf(node26, "dev").slice(-3), ["alpine3.24-dev", "alpine-dev", "dev"]);
  });

  it("are all, in order from the narrowest to the widest, what the catalog says and nothing more", () => {
    assert.deepEqual(plan.tagsOf(node24, "runtime"), [
      ...["24.16.0-alpine3.24", "24.16.0-alpine", "24.16.0"],
      ...["24.16-alpine3.24", "24.16-alpine", "24.16"],
      ...["24-alpine3.24", "24-alpine", "24"],
      ...["lts-alpine3.24", "lts-alpine", "lts"],
    ]);
    assert.deepEqual(plan.tagsOf(node20, "dev"), [
      ...["20.19.2-trixie-dev", "20.19.2-debian-dev", "20.19.2-dev"],
      ...["20.19-trixie-dev", "20.19-debian-dev", "20.19-dev"],
      ...["20-trixie-dev", "20-debian-dev", "20-dev"],
      ...["trixie-dev", "debian-dev"],
    ]);
  });

  it("of an older distribution are those that name it, or a version that no other has", () => {
    assert.deepEqual(plan.tagsOf(node24Old, "runtime"), [
      ...["24.11.1-alpine3.23", "24.11.1-alpine", "24.11.1"],
      ...["24.11-alpine3.23", "24.11-alpine", "24.11"],
      ...["24-alpine3.23", "lts-alpine3.23", "alpine3.23"],
    ]);
  });

  it("collide with none and are all valid", () => assert.deepEqual([plan.collisions, plan.invalid], [[], []]));
});

describe("a tag that several images could have", () => {
  it("of one version goes to the distribution that the catalog prefers", () => {
    const owners = ownersOf([subject("3.13", "3.13.5", alpine324), subject("3.13", "3.13.5", trixie)]);
    assert.equal(owners["3.13"], "3.13 3.13.5 trixie runtime");
    assert.equal(owners["3.13-alpine"], "3.13 3.13.5 alpine3.24 runtime");
    assert.equal(owners["latest"], "3.13 3.13.5 trixie runtime");
  });

  it("of one version goes to the preferred distribution, though another is of a later release", () => {
    const [preferred, other] = [
      { ...alpine324, preference: 0 },
      { ...trixie, preference: 1 },
    ];
    const owners = ownersOf([subject("3.13", "3.13.5", other), subject("3.13", "3.13.5", preferred)]);
    assert.equal(owners["3.13"], "3.13 3.13.5 alpine3.24 runtime");
  });

  it("of a family goes to its newest release, by number and not by text", () => {
    const owners = ownersOf([
      subject("3", "3.0.1", alpine39),
      subject("3", "3.0.1", alpine324),
      subject("3", "3.0.1", alpine323),
    ]);
    assert.equal(owners["3-alpine"], "3 3.0.1 alpine3.24 runtime");
  });

  it("of a family stays where the catalog says that it floats, though a newer release carries the version", () => {
    const trial = { ...alpine324, floats: false };
    const owners = ownersOf([subject("24", "24.16.0", trial), subject("24", "24.11.1", alpine323)]);
    assert.equal(owners["24-alpine"], "24 24.11.1 alpine3.23 runtime");
    assert.equal(owners["alpine-dev"], "24 24.11.1 alpine3.23 dev");
    assert.equal(owners["24-alpine3.24"], "24 24.16.0 alpine3.24 runtime");
    assert.equal(owners["24.16.0-alpine"], undefined);
  });

  it("of a family goes to an older release where the floating one does not carry the version", () => {
    const owners = ownersOf([
      subject("22", "22.1.0", { ...alpine324, floats: false }),
      subject("22", "22.1.0", alpine39),
      subject("26", "26.0.0", alpine323),
    ]);
    assert.equal(owners["22-alpine"], "22 22.1.0 alpine3.9 runtime");
    assert.equal(owners["alpine"], "26 26.0.0 alpine3.23 runtime");
  });

  it("goes to the newest version before it goes to the preferred distribution", () => {
    assert.equal(
      ownersOf([subject("24", "24.15.0", trixie), subject("24", "24.16.0", bookworm)])["24"],
      "24 24.16.0 bookworm runtime",
    );
  });

  it("goes to the newest by number: 3 is 3.14, and not 3.9", () => {
    assert.equal(
      ownersOf([subject("3.9", "3.9.25", bookworm), subject("3.14", "3.14.5", alpine324)])["3"],
      "3.14 3.14.5 alpine3.24 runtime",
    );
  });

  it("never goes to a pre-release: 3 is 3.14, and not 3.15-rc", () => {
    const owners = ownersOf([subject("3.15", "3.15.0rc1", trixie), subject("3.14", "3.14.5", alpine324)]);
    assert.equal(owners["3"], "3.14 3.14.5 alpine3.24 runtime");
    assert.equal(owners["latest"], "3.14 3.14.5 alpine3.24 runtime");
    assert.equal(owners["3.15"], "3.15 3.15.0rc1 trixie runtime");
    assert.equal(owners["3.15.0"], undefined);
  });

  it("of the language goes to a pre-release where there is nothing else on that distribution", () => {
    assert.equal(
      ownersOf([subject("3.15", "3.15.0rc1", trixie), subject("3.14", "3.14.5", alpine324)])["trixie"],
      "3.15 3.15.0rc1 trixie runtime",
    );
  });

  it("has the build of OpenJDK in its longest form only, with a _ where a tag can have no +", () => {
    const owners = Object.keys(ownersOf([subject("21", "21.0.8+9", trixie, ["jdk"], ["runtime"])]));
    assert.deepEqual(owners.filter((tag) => !/trixie|debian/.test(tag)).sort(), [
      "21",
      "21.0",
      "21.0.8",
      "21.0.8_9",
      "jdk",
      "latest",
    ]);
  });

  it("of a further variant has its name at the end", () => {
    const owners = ownersOf([subject("13", "13.7", trixie, [], ["runtime", "dev", "static"])]);
    assert.equal(owners["trixie-static"], "13 13.7 trixie static");
    assert.equal(owners["static"], "13 13.7 trixie static");
  });
});

describe("two that claim one tag", () => {
  const claimants = (...subjects: readonly TagSubject[]) =>
    planTags(subjects).collisions.map(
      ({ tag, subjects: [a, b] }) => `${tag}: ${[nameOf(a), nameOf(b)].sort().join(" and ")}`,
    );

  it("are both named where two release lines have one version on one distribution", () => {
    assert.ok(
      claimants(subject("3", "3.14.5", trixie), subject("3.14", "3.14.5", trixie)).includes(
        "3.14.5-trixie: 3 3.14.5 trixie and 3.14 3.14.5 trixie",
      ),
    );
  });
  it("are both named where two release lines have one alias", () => {
    assert.ok(
      claimants(subject("24", "24.16.0", alpine324, ["lts"]), subject("22", "22.16.0", trixie, ["lts"])).includes(
        "lts: 22 22.16.0 trixie and 24 24.16.0 alpine3.24",
      ),
    );
  });
  it("are both named where an alias is the name of a family, a distribution or a variant", () => {
    assert.ok(
      claimants(subject("24", "24.16.0", alpine324), subject("22", "22.16.0", trixie, ["alpine"])).includes(
        "alpine: 22 22.16.0 trixie and 24 24.16.0 alpine3.24",
      ),
    );
    assert.deepEqual(claimants(subject("24", "24.16.0", trixie, ["dev"])), [
      "dev: 24 24.16.0 trixie and 24 24.16.0 trixie",
    ]);
  });
  it("are both named where one is the version that the other covers, and so would have no name of its own", () => {
    assert.ok(
      claimants(subject("5", "5", trixie), subject("5.4", "5.4", trixie)).includes(
        "5-trixie: 5 5 trixie and 5.4 5.4 trixie",
      ),
    );
  });
  it("are none where one release line on several distributions has an alias", () =>
    assert.deepEqual(claimants(node24, node24Old), []));
});

describe("a tag that registries refuse", () => {
  it("is named with its release line", () => {
    const long = subject("1", `1.${Array.from({ length: 9 }, () => "123456789012345").join(".")}`, alpine324);
    const { invalid } = planTags([long]);
    assert.ok(invalid.length > 0);
    for (const { tag, subject: each } of invalid) assert.ok(tag.length > 128 && each === long);
  });
});

const distributions = [trixie, bookworm, alpine324, alpine323, alpine39];
const numbers = fc.array(fc.nat(12), { minLength: 1, maxLength: 4 });
const suffix = fc.constantFrom("", "", "", "", "_p9", "+7", "rc1", "_beta2");
const aliases = fc.uniqueArray(fc.constantFrom("lts", "jdk", "current", "stable"), { maxLength: 2 });

/** Release lines with a version each, on one or more distributions, as a definition has them. */
const catalog = fc
  .uniqueArray(
    fc.record({
      parts: numbers,
      suffix,
      aliases,
      on: fc.subarray(distributions as Distribution[], { minLength: 1 }),
      length: fc.integer({ min: 1, max: 2 }),
    }),
    { minLength: 1, maxLength: 6, selector: ({ parts, length }) => parts.slice(0, length).join(".") },
  )
  .map((lines) =>
    lines.flatMap(({ parts, suffix, aliases, on, length }) =>
      on.map((distribution) =>
        subject(parts.slice(0, length).join("."), parts.join(".") + suffix, distribution, aliases),
      ),
    ),
  );

/** Only those that a catalog could have: others are refused, with both claimants named. */
const sound = catalog.filter((subjects) => planTags(subjects).collisions.length === 0);

describe("the tags of any language", () => {
  const tagsOf = (subjects: readonly TagSubject[], plan = planTags(subjects)) =>
    subjects.flatMap((each) => each.variants.flatMap((variant) => plan.tagsOf(each, variant)));

  it("are claimed by one image each", () => {
    fc.assert(
      fc.property(catalog, (subjects) => {
        const tags = tagsOf(subjects);
        assert.equal(new Set(tags).size, tags.length);
      }),
    );
  });

  it("have exactly one latest, on the newest stable version", () => {
    fc.assert(
      fc.property(sound, (subjects) => {
        const plan = planTags(subjects);
        const latest = subjects.filter((each) => plan.tagsOf(each, "runtime").some((tag) => tag === "latest"));
        assert.equal(latest.length, 1);
        const [owner] = latest as [TagSubject];
        const stable = subjects.filter(({ version }) => !isPrerelease(version));
        for (const { version } of stable.length > 0 ? stable : subjects)
          assert.ok(compareVersions(owner.version, version) >= 0, `${owner.version.text} and ${version.text}`);
      }),
    );
  });

  it("put each shorter name on the newest version that it covers", () => {
    fc.assert(
      fc.property(sound, (subjects) => {
        const plan = planTags(subjects);
        const owners = new Map(
          subjects.flatMap((each) => plan.tagsOf(each, "runtime").map((tag) => [tag as string, each])),
        );
        for (const each of subjects.filter(({ version }) => !isPrerelease(version))) {
          for (const prefix of prefixesOf(each.version)) {
            for (const tag of [
              prefix,
              `${prefix}-${each.distribution.family}`,
              `${prefix}-${each.distribution.name}`,
            ]) {
              const owner = owners.get(tag) as TagSubject;
              assert.ok(
                !isPrerelease(owner.version) && compareVersions(owner.version, each.version) >= 0,
                `${tag} is on ${owner.version.text}, and covers ${each.version.text}`,
              );
            }
          }
        }
      }),
    );
  });

  it("do not change for a family when a newer release of it comes into the catalog, until it floats there", () => {
    fc.assert(
      fc.property(sound, (subjects) => {
        const older = subjects.filter(({ distribution }) => distribution !== alpine324);
        const trial = subjects.map((each) =>
          each.distribution === alpine324 ? { ...each, distribution: { ...alpine324, floats: false } } : each,
        );
        const ofFamily = (all: readonly TagSubject[]) =>
          Object.entries(ownersOf(all)).filter(([tag]) => tag.split("-").includes("alpine"));
        assert.deepEqual(ofFamily(trial).sort(), ofFamily(older).sort());
        for (const each of trial) assert.ok(planTags(trial).tagsOf(each, "runtime").length > 0);
      }),
    );
  });

  it("never lead from a shorter name to a pre-release, but from that of its own line", () => {
    fc.assert(
      fc.property(sound, (subjects) => {
        const plan = planTags(subjects);
        for (const each of subjects.filter(({ version }) => isPrerelease(version))) {
          const [exact = ""] = prefixesOf(each.version);
          const names = plan
            .tagsOf(each, "runtime")
            .map((tag) => tag.replace(/-(trixie|bookworm|debian|alpine[\d.]*)$/, ""));
          const allowed = [exact, each.line, ...each.aliases, "latest", "trixie", "bookworm", "debian"];
          for (const name of names)
            assert.ok(allowed.includes(name) || /^alpine/.test(name), `${name} for ${each.version.text}`);
        }
      }),
    );
  });

  it("are the same whatever the order of the release lines", () => {
    const shuffled = sound.chain((subjects) =>
      fc.tuple(fc.constant(subjects), fc.shuffledSubarray(subjects, { minLength: subjects.length })),
    );
    fc.assert(
      fc.property(shuffled, ([subjects, other]) => {
        const [plan, again] = [planTags(subjects), planTags(other)];
        for (const each of subjects)
          for (const variant of each.variants)
            assert.deepEqual(again.tagsOf(each, variant), plan.tagsOf(each, variant));
      }),
    );
  });

  it("are valid, and begin with the narrowest", () => {
    fc.assert(
      fc.property(sound, (subjects) => {
        const plan = planTags(subjects);
        for (const each of subjects) {
          const tags = plan.tagsOf(each, "runtime");
          for (const tag of tags) assert.equal(parseTag(tag), tag);
          assert.equal(tags[0], `${prefixesOf(each.version)[0]}-${each.distribution.name}`);
        }
      }),
    );
  });
});
