import assert from "node:assert/strict";
import fc from "fast-check";
import type { Image } from "../../src/model/image.js";
import { selectImages } from "../../src/model/selector.js";

const image = (language: string, ...tags: readonly string[]) =>
  ({ id: `${language}/${tags[0]}`, language, repository: `acme/${language}`, tags }) as unknown as Image;
const images = [
  image("node", "24.16.0-alpine3.24", "24", "latest"),
  image("node", "24.16.0-alpine3.24-dev", "24-dev"),
  image("python", "3.13.5-trixie", "3.13", "3.13-trixie"),
  image("python", "3.13.5-trixie-dev", "3.13-dev"),
];

function selected(...selectors: readonly string[]): readonly string[] {
  const result = selectImages(images, selectors);
  assert.ok(result.ok, "every selector matches");
  return result.value.map(({ id }) => id);
}

function refused(...selectors: readonly string[]): readonly string[] {
  const result = selectImages(images, selectors);
  assert.ok(!result.ok, "some selector matches nothing");
  assert.ok(result.diagnostics.every(({ rule }) => rule === "unmatched-selector"));
  return result.diagnostics.map(({ message }) => message);
}

describe("a selector", () => {
  it("that is not given means everything", () => assert.equal(selected().length, images.length));
  it("of a language means all its images", () =>
    assert.deepEqual(selected("node"), ["node/24.16.0-alpine3.24", "node/24.16.0-alpine3.24-dev"]));
  it("with a tag means the image that has it, and not those whose tags begin so", () =>
    assert.deepEqual(selected("node:24"), ["node/24.16.0-alpine3.24"]));
  it("may be a reference as a Dockerfile has it, with the namespace of the catalog and no other", () => {
    assert.deepEqual(selected("acme/python:3.13"), ["python/3.13.5-trixie"]);
    assert.equal(selected("acme/*").length, images.length);
    assert.deepEqual(refused("acm/python:3.13", "acme/python:3.14"), [
      '"acm/python:3.13" matches no image; did you mean acme/python?',
      '"acme/python:3.14" matches no image; did you mean acme/python:3.13?',
    ]);
  });
  it("may have globs on both sides", () => {
    assert.deepEqual(selected("*:*-dev"), ["node/24.16.0-alpine3.24-dev", "python/3.13.5-trixie-dev"]);
    assert.deepEqual(selected("p*:*-trixie"), ["python/3.13.5-trixie"]);
    assert.deepEqual(selected("{node,python}:{24,3.13}"), ["node/24.16.0-alpine3.24", "python/3.13.5-trixie"]);
  });
  it("takes a dot for a dot", () => assert.match(refused("node:24x16.0-alpine3.24")[0] ?? "", /matches no image/));
  it("that matches what another matches too gives it once, in the order of the catalog", () => {
    assert.deepEqual(selected("python", "*:latest", "python:3.13"), [
      "node/24.16.0-alpine3.24",
      "python/3.13.5-trixie",
      "python/3.13.5-trixie-dev",
    ]);
  });
  it("of an unknown language suggests the nearest language", () => {
    assert.deepEqual(refused("pyhton:24.16.0-alpine3.24"), [
      '"pyhton:24.16.0-alpine3.24" matches no image; did you mean python?',
    ]);
  });
  it("of an unknown tag suggests the nearest tag of that language", () => {
    assert.deepEqual(refused("node:24-dve"), ['"node:24-dve" matches no image; did you mean node:24-dev?']);
  });
  it("that matches nothing is complained of beside all others that do not", () =>
    assert.equal(refused("node", "nod", "ruby:3", "python:2").length, 3));
  it("of which a part is empty matches nothing", () => assert.equal(refused("", ":", ":24", "node:").length, 4));
  it("with a second colon is not cut off", () =>
    assert.match(refused("node:24:dev")[0] ?? "", /"node:24:dev" matches no image/));
  it("in a catalog without images has nothing to suggest", () => {
    const result = selectImages([], ["node"]);
    assert.ok(!result.ok);
    assert.deepEqual(
      result.diagnostics.map(({ message }) => message),
      ['"node" matches no image'],
    );
  });
  it("is matched or complained of, whatever it is", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(..."[](){}*?!+@:|,.\\^$-node24") })),
        (text) => {
          const result = selectImages(images, [text]);
          assert.ok(result.ok ? result.value.length > 0 : result.diagnostics.length === 1);
        },
      ),
    );
  });
});
