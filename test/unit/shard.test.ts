import assert from "node:assert/strict";
import fc from "fast-check";
import { openCatalog } from "../../src/commands/catalog.js";
import { type Costs, estimateCosts } from "../../src/model/cost.js";
import { closureOf, type Image, type ImageId, imagesOf, type Pair, type Plan } from "../../src/model/image.js";
import { shardPairs } from "../../src/model/shard.js";
import { repository } from "../support/paths.js";

interface Made {
  readonly pairs: readonly Pair[];
  readonly costs: Costs;
}

/** Pairs of one image, each on the base of a distribution, which is a pair too; `seconds` are those of the images. */
function make(rows: readonly { readonly on: number; readonly seconds: number }[], base = 60): Made {
  const seconds = new Map<string, number>();
  const pairOf = (id: string, cost: number, parent?: string): Pair => {
    seconds.set(`${id}/dev`, cost);
    const parents = parent === undefined ? { kind: "scratch" } : { kind: "image", id: parent, reference: parent };
    return { id, images: [{ id: `${id}/dev`, pair: id, parent: parents }] } as unknown as Pair;
  };
  const distributions = [...new Set(rows.map(({ on }) => on))];
  const pairs = [
    ...distributions.map((on) => pairOf(`base/1/d${on}`, base)),
    ...rows.map(({ on, seconds: cost }, index) => pairOf(`l${index}/1/d${on}`, cost, `base/1/d${on}/dev`)),
  ];
  const build = ({ id }: Image): number => seconds.get(id) ?? 0;
  return { pairs, costs: { build, test: () => 10, provide: 0, publish: 0 } };
}

const rows = fc.array(fc.record({ on: fc.nat(3), seconds: fc.integer({ min: 1, max: 200 }) }), { maxLength: 25 });

const share = ({ pairs, costs }: Made, legs: number, order = pairs) =>
  shardPairs(order, { all: imagesOf({ pairs }), costs, legs });
const idsOf = (legs: readonly (readonly Pair[])[]) => legs.map((leg) => leg.map(({ id }) => id));

/** Seconds of work of a leg: tests, and each image that it must build once. */
function loadOf(leg: readonly Pair[], { pairs, costs }: Made): number {
  const byId = new Map<ImageId, Image>(imagesOf({ pairs }).map((image) => [image.id, image]));
  const needed = closureOf(imagesOf({ pairs: leg }), byId);
  const builds = [...needed].reduce((sum, id) => sum + costs.build(byId.get(id) as Image), 0);
  return leg.reduce((sum, pair) => sum + costs.test(pair), builds);
}

describe("legs", () => {
  const property = (check: (made: Made, legs: number) => void) =>
    fc.assert(fc.property(rows, fc.integer({ min: 1, max: 30 }), (each, legs) => check(make(each), legs)));

  it("have every pair exactly once, however many there are", () =>
    property((made, legs) => {
      const shared = idsOf(share(made, legs));
      assert.equal(shared.length, legs);
      assert.deepEqual(shared.flat().sort(), made.pairs.map(({ id }) => id).sort());
    }));

  it("do not depend on the order in which pairs are given", () =>
    property((made, legs) => {
      const sorted = (all: readonly (readonly string[])[]) => all.map((ids) => [...ids].sort());
      const backwards = idsOf(share(made, legs, [...made.pairs].reverse()));
      assert.deepEqual(sorted(backwards), sorted(idsOf(share(made, legs))));
    }));

  it("never take longer than twice what the longest pair and an equal share come to", () =>
    property((made, legs) => {
      const longest = Math.max(0, ...made.pairs.map((pair) => loadOf([pair], made)));
      const equal = loadOf(made.pairs, made) / legs;
      const loads = share(made, legs).map((leg) => loadOf(leg, made));
      assert.ok(Math.max(...loads) <= 2 * (longest + equal), `${loads}`);
    }));

  it("keep the pairs of a distribution together where that is as quick", () => {
    const made = make(Array.from({ length: 20 }, (_, index) => ({ on: index % 2, seconds: 50 })));
    const distributions = idsOf(share(made, 2)).map((ids) => new Set(ids.map((id) => id.split("/")[2])).size);
    assert.deepEqual(distributions, [1, 1]);
  });

  it("build a base twice rather than let one machine do nearly all the work", () => {
    const made = make(Array.from({ length: 20 }, () => ({ on: 0, seconds: 50 })));
    const loads = share(made, 2).map((leg) => loadOf(leg, made));
    assert.ok(Math.max(...loads) < 1.1 * Math.min(...loads), `${loads}`);
  });

  it("beyond the number of pairs are empty", () => {
    const made = make([{ on: 0, seconds: 50 }], 1);
    assert.deepEqual(
      share(made, 9)
        .map((leg) => leg.length)
        .filter((length) => length > 0)
        .reduce((sum, length) => sum + length, 0),
      2,
    );
    assert.ok(share(made, 9).filter((leg) => leg.length === 0).length >= 7);
  });

  describe("of this repository's catalog", () => {
    let made: Made;
    let plan: Plan;
    before(() => {
      const opened = openCatalog(repository);
      assert.ok(opened.ok);
      plan = opened.value.plan;
      made = { pairs: plan.pairs, costs: estimateCosts(imagesOf(plan), { sizes: opened.value.loaded.sizes }) };
    });

    for (const legs of [2, 3, 4, 8])
      it(`are of about equal cost: with ${legs}, none takes a tenth longer than the mean, and few bases are built twice`, () => {
        const shared = share(made, legs);
        const loads = shared.map((leg) => loadOf(leg, made));
        const mean = loads.reduce((sum, load) => sum + load, 0) / legs;
        assert.ok(Math.max(...loads) < 1.1 * mean, `${loads.map(Math.round)}`);
        const bases = shared.map((leg) => new Set(leg.map(({ distribution }) => distribution.name)).size);
        const all = new Set(plan.pairs.map(({ distribution }) => distribution.name)).size;
        const built = bases.reduce((sum, count) => sum + count, 0);
        assert.ok(built <= all + legs, `${built} bases of ${all} distributions`);
      });
  });
});
