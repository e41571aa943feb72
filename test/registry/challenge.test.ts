import assert from "node:assert/strict";
import { parseChallenge } from "../../src/ports/registry-challenge.js";

describe("a challenge", () => {
  it("is read as it is quoted", () => {
    assert.deepEqual(parseChallenge('Basic realm="a, Bearer realm=b"'), { scheme: "basic" });
    assert.deepEqual(parseChallenge('BEARER Realm="https://a.example/?x=\\"y\\"", service=b,error="c"'), {
      scheme: "bearer",
      realm: 'https://a.example/?x="y"',
      service: "b",
    });
    assert.equal(parseChallenge("Negotiate"), undefined);
  });
});
