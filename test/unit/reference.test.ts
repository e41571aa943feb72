import assert from "node:assert/strict";
import fc from "fast-check";
import {
  parseDigest,
  parseReference,
  parseRegistry,
  parseRepositoryName,
  parseTag,
  type Reference,
} from "../../src/model/reference.js";

const letters = "abcdefghijklmnopqrstuvwxyz0123456789";
const component = fc
  .tuple(
    fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 8 }),
    fc.constantFrom("", ".x", "_y", "__z", "--w"),
  )
  .map((parts) => parts.join(""));
const repository = fc.array(component, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
const registry = fc.constantFrom(
  "docker.io",
  "localhost",
  "localhost:5000",
  "127.0.0.1:5000",
  "registry.example.org",
  "REGISTRY.example.org:443",
  "[::1]:5000",
  "host:80",
);
const tag = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/);
const digest = fc
  .string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 64, maxLength: 64 })
  .map((hex) => `sha256:${hex}`);

const written = ({ registry, repository, tag, digest }: Reference): string =>
  [`${registry}/${repository}`, ...(tag ? [`:${tag}`] : []), ...(digest ? [`@${digest}`] : [])].join("");

describe("a reference", () => {
  it("has the parts that it is written of", () => {
    const reference = fc.record(
      { registry, repository, tag, digest },
      { requiredKeys: ["registry", "repository"], noNullPrototype: true },
    ) as fc.Arbitrary<unknown> as fc.Arbitrary<Reference>;
    fc.assert(fc.property(reference, (each) => assert.deepEqual(parseReference(written(each)), each)));
  });

  it("takes what stands before the first slash for a registry only if it looks like one", () => {
    assert.equal(parseReference("ingot/node")?.registry, "docker.io");
    assert.equal(parseReference("ingot/node")?.repository, "ingot/node");
    assert.equal(parseReference("localhost/node")?.registry, "localhost");
    assert.equal(parseReference("ingot:5000/node")?.registry, "ingot:5000");
    assert.equal(parseReference("ingot.example/node")?.registry, "ingot.example");
  });

  const refused = [
    "",
    ":",
    "node:",
    "node:-x",
    "Node:24",
    "a//b",
    "/a",
    "a/",
    "a b",
    "node:24 --platform=x",
    "node\n",
    "node:24\nRUN x",
    "node@sha256:00",
    `node@md5:${"0".repeat(64)}`,
    `node@sha256:${"0".repeat(64)}@sha256:${"0".repeat(64)}`,
    `node@sha256:${"A".repeat(64)}`,
    "-node",
    "-f.x/y:1",
    "-v:5000/x",
    "no..de",
    "a/../b",
    `${"a".repeat(256)}`,
    "host:port/x",
    "https://example.org/x",
  ];
  for (const text of refused) {
    it(`is not ${JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)}`, () =>
      assert.equal(parseReference(text), undefined));
  }
});

describe("parts of references", () => {
  it("that are tags have at most 128 characters and begin with a letter, a digit or _", () => {
    assert.equal(parseTag("x".repeat(128)), "x".repeat(128));
    for (const text of ["", "x".repeat(129), ".x", "-x", "a/b", "a:b", "a+b", "ä", "a\n"])
      assert.equal(parseTag(text), undefined, JSON.stringify(text));
  });

  it("that are digests are SHA-256 in lower-case hexadecimal", () => {
    assert.notEqual(parseDigest(`sha256:${"0a".repeat(32)}`), undefined);
    for (const text of [
      "",
      "sha256:",
      `sha256:${"0".repeat(63)}`,
      `sha256:${"G".repeat(64)}`,
      `sha512:${"0".repeat(64)}`,
      `sha256:${"0".repeat(64)}\n`,
    ]) {
      assert.equal(parseDigest(text), undefined, JSON.stringify(text));
    }
  });

  it("that are repositories hold nothing that could leave their path", () => {
    for (const text of ["..", "a/..", "a/./b", "~a", "a%2fb", "a\\b", "A", "a b"])
      assert.equal(parseRepositoryName(text), undefined, text);
  });

  it("that are registries have no scheme, path or user", () => {
    for (const text of ["http://x.org", "x.org/", "user@x.org", "x.org:", "x.org:999999", "", "a b"])
      assert.equal(parseRegistry(text), undefined, text);
  });
});
