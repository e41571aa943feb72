import assert from "node:assert/strict";
import { type CostSources, estimateCosts } from "../../src/model/cost.js";
import { type Image, imagesOf, type Pair, type Plan } from "../../src/model/image.js";
import { useTemporaryFolder } from "../support/folders.js";
import { openGood, writeResolvedCatalog } from "../support/resolved-catalog.js";

describe("what a task is expected to take", () => {
  const folder = useTemporaryFolder();
  let plan: Plan;
  beforeEach(() => {
    writeResolvedCatalog(folder());
    plan = openGood(folder()).plan;
  });
  const image = (id: string): Image => imagesOf(plan).find((each) => each.id === id) as Image;
  const pair = (id: string): Pair => plan.pairs.find((each) => each.id === id) as Pair;
  const costs = (sources: Partial<CostSources> = {}) => estimateCosts(imagesOf(plan), { sizes: {}, ...sources });
  const size = (megabytes: number) => ({ version: "1", uncompressed: megabytes * 1e6, compressed: 1 });
  const durations = { build: new Map<string, number>(), test: new Map<string, number>() };

  it("grows with what an image has beyond its parent, where both were measured", () => {
    const id = "python/3.13/trixie/dev";
    const build = (own: number): number =>
      costs({ sizes: { [id]: size(450 + own), "base/13/trixie/dev": size(450) } }).build(image(id));
    assert.ok(build(800) > build(100) + 30, `${build(800)} s and ${build(100)} s`);
    assert.ok(build(0) > 1);
  });

  it("is a guess by the number of packages where nothing was measured: dev takes longer than runtime, two packages than one", () => {
    const { build, test } = costs();
    assert.ok(build(image("python/3.13/trixie/dev")) > build(image("python/3.13/trixie/runtime")));
    const one = image("python/3.13/trixie/runtime");
    assert.ok(build({ ...one, packages: [...one.packages, "more"] }) > build(one));
    for (const each of imagesOf(plan)) assert.ok(build(each) > 0 && Number.isFinite(build(each)), each.id);
    for (const each of plan.pairs) assert.ok(test(each) > 0 && Number.isFinite(test(each)), each.id);
  });

  it("is next to nothing for an image in which nothing is made", () =>
    assert.equal(costs().build({ ...image("python/3.13/trixie/runtime"), packages: [], artifacts: [] }), 1));

  it("is what it took the last time, once that is known, whatever was measured", () => {
    const id = "python/3.13/trixie/dev";
    const known = { build: new Map([[id, 4200]]), test: new Map([["python/3.13/trixie", 900]]) };
    const { build, test } = costs({ sizes: { [id]: size(9000) }, durations: { known, host: "linux/amd64" } });
    assert.equal(build(image(id)), 4.2);
    assert.equal(build(image(id), "linux/amd64"), 4.2);
    assert.equal(test(pair("python/3.13/trixie")), 0.9);
  });

  it("is longer for a platform that is emulated, until that is known as well", () => {
    const id = "base/13/trixie/dev";
    const estimate = costs().build(image(id));
    const host = "linux/amd64";
    const other = costs({ durations: { known: durations, host } }).build(image(id), "linux/arm64");
    assert.ok(other > 2 * estimate, `${other} s and ${estimate} s`);
    const known = { ...durations, build: new Map([[`${id} linux/arm64`, 1000]]) };
    assert.equal(costs({ durations: { known, host } }).build(image(id), "linux/arm64"), 1);
    assert.equal(costs({ durations: { known, host } }).build(image(id), host), estimate);
  });

  it("takes no name that every object has for a measured image", () => {
    const inherited = { ...image("base/13/trixie/dev"), id: "constructor" as Image["id"] };
    assert.ok(Number.isFinite(costs().build(inherited)));
  });
});
