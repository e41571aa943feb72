import assert from "node:assert/strict";
import { type ImageId, imagesOf } from "../../src/model/image.js";
import { legsOf } from "../../src/model/legs.js";
import type { Action, Staleness } from "../../src/model/staleness.js";
import { useTemporaryFolder } from "../support/folders.js";
import { openGood, writeResolvedCatalog } from "../support/resolved-catalog.js";

describe("what can be rebuilt apart from each other", () => {
  const folder = useTemporaryFolder();

  /** The legs of the small catalog where images are to be acted on. */
  function legsWith(actions: Readonly<Record<string, Action>>) {
    writeResolvedCatalog(folder());
    const { plan } = openGood(folder());
    const judged = imagesOf(plan).map(
      (image): Staleness => ({ image, reasons: [], action: actions[image.id as ImageId] ?? "none" }),
    );
    for (const id of Object.keys(actions))
      assert.ok(
        judged.some(({ image }) => image.id === id),
        id,
      );
    return legsOf(plan, judged);
  }

  it("is nothing where all is fresh", () => assert.deepEqual(legsWith({}), []));

  it("is each pair for itself, once, by a selector that its images alone have", () => {
    assert.deepEqual(
      legsWith({
        "python/3.13/trixie/dev": "rebuild",
        "python/3.13/trixie/runtime": "rebuild",
        "base/3.24/alpine3.24/static": "retag",
      }),
      [
        { name: "base/3.24/alpine3.24", selectors: ["base:3.24.0-alpine3.24-dev"] },
        { name: "python/3.13/trixie", selectors: ["python:3.13.5-trixie-dev"] },
      ],
    );
  });

  it("keeps together what is built on an image that is rebuilt, with that", () => {
    assert.deepEqual(
      legsWith({
        "base/13/trixie/runtime": "rebuild",
        "python/3.13/trixie/runtime": "rebuild",
        "python/3.14/alpine3.24/runtime": "rebuild",
      }).map(({ name, selectors }) => [name, selectors.length]),
      [
        ["base/13/trixie and 1 more", 2],
        ["python/3.14/alpine3.24", 1],
      ],
    );
  });

  it("parts a pair from its base of which only a tag is to be put back", () => {
    const legs = legsWith({ "base/13/trixie/runtime": "retag", "python/3.13/trixie/runtime": "rebuild" });
    assert.deepEqual(
      legs.map(({ name }) => name),
      ["base/13/trixie", "python/3.13/trixie"],
    );
  });
});
