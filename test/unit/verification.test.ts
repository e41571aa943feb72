import assert from "node:assert/strict";
import { isVerified, type Verification } from "../../src/model/verification.js";
import { formatVerification } from "../../src/reporters/verification.js";

const right = { reference: "r/lua@sha256:a", platform: "linux/amd64", findings: [], packages: 12 };
const wrong = {
  reference: "r/lua@sha256:b",
  platform: "linux/arm64",
  findings: ["it is not signed", "it has no label x"],
};

describe("what was found of something published", () => {
  it("is right where nothing is wrong, neither with the index nor with an image", () => {
    const all: Verification = { reference: "r/lua@sha256:c", findings: [], images: [right] };
    assert.equal(isVerified(all), true);
    assert.equal(isVerified({ ...all, findings: ["it is not signed"] }), false);
    assert.equal(isVerified({ ...all, images: [right, wrong] }), false);
  });

  it("is a line for each image that is right, and for each thing that is wrong", () => {
    const findings = ["it is not signed"];
    assert.equal(
      formatVerification({ reference: "r/lua@sha256:c", findings, images: [right, wrong] }),
      [
        "wrong  r/lua@sha256:c: it is not signed",
        "right  r/lua@sha256:a (linux/amd64): signature, labels, bill of materials with 12 packages",
        "wrong  r/lua@sha256:b (linux/arm64): it is not signed",
        "wrong  r/lua@sha256:b (linux/arm64): it has no label x",
      ].join("\n"),
    );
  });

  it("cannot control a terminal", () => {
    const hostile = { ...wrong, platform: "\u001b[2J", findings: ["a\u202e\u0007"] };
    const text = formatVerification({ reference: "r\u009b", findings: ["\n"], images: [hostile] });
    assert.doesNotMatch(text.replaceAll("\n", ""), /[\p{Cc}\p{Bidi_Control}]/u);
    assert.equal(text.split("\n").length, 2);
  });
});
