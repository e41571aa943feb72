import assert from "node:assert/strict";
import { openCatalog } from "../../src/commands/catalog.js";
import { imagesOf } from "../../src/model/image.js";
import { uniqueTagPattern } from "../../src/model/retention.js";
import { renderRenovate } from "../../src/stages/renovate.js";
import { repository } from "../support/paths.js";

const read = (tag: string): Record<string, string | undefined> | undefined => {
  const groups = new RegExp(uniqueTagPattern).exec(tag)?.groups;
  return groups === undefined ? undefined : { ...groups };
};

describe("the preset for Renovate", () => {
  const opened = openCatalog(repository);
  assert.ok(opened.ok);
  const { plan } = opened.value;

  it("reads the unique tag of every image of the catalog, and calls compatible what is of the same distribution and variant", () => {
    for (const { tags, distribution, variant } of imagesOf(plan)) {
      const suffix = variant === "runtime" ? "" : `-${variant}`;
      assert.equal(read(`${tags[0]}-20261121`)?.["compatibility"], `${distribution.name}${suffix}`, tags[0]);
    }
  });
  it("sees versions, days and builds of a day in what they are", () =>
    assert.deepEqual(read("21.0.8_p9-alpine3.24-dev-20261121.2"), {
      major: "21",
      minor: "0",
      patch: "8",
      compatibility: "alpine3.24-dev",
      build: "20261121",
      revision: "2",
    }));
  it("takes no tag that moves for a unique one", () => {
    const moving = imagesOf(plan).flatMap(({ tags }) => tags);
    assert.deepEqual(
      moving.filter((tag) => read(tag) !== undefined),
      [],
    );
  });
  it("means the catalog's own repositories, behind any registry, and no others", () => {
    const { packageRules } = JSON.parse(renderRenovate(plan)) as { packageRules: { matchPackageNames: string[] }[] };
    const [name = ""] = packageRules[0]?.matchPackageNames ?? [];
    const pattern = new RegExp(name.slice(1, -1));
    assert.ok(pattern.test(`registry.example.com/mirror/${plan.namespace}/python`));
    assert.ok(pattern.test(`${plan.namespace}/python`));
    for (const other of ["library/python", `not${plan.namespace}/python`, `${plan.namespace}/python-extra`])
      assert.ok(!pattern.test(other), other);
  });
});
