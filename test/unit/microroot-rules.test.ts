import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../support/paths.js";

const kinds = ["junk", "spare", "prune", "keep", "made", "generated", "cut", "follow", "applet"];
const lines = readFileSync(join(repository, "templates/debian/microroot.rules"), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"));
const rules = lines.map((line) => {
  const [kind = "", what = "", ...reason] = line.split(/ +/);
  return { line, kind, what, reason: reason.join(" ") };
});

describe("the rules of Debian's microroot", () => {
  it("are each of a known kind, with a reason", () => {
    for (const { line, kind, reason } of rules) {
      assert.ok(kinds.includes(kind), line);
      assert.match(reason, /^[A-Za-z].+/, line);
    }
  });

  it("name paths from the root, packages and applets, and nothing twice", () => {
    const forms: Record<string, RegExp> = {
      cut: /^[a-z0-9][a-z0-9+.-]+$/,
      follow: /^[a-z0-9][a-z0-9+.-]+>[a-z0-9][a-z0-9+.-]+$/,
      made: /^[a-z0-9][a-z0-9+.-]+>(\/[A-Za-z0-9_.+-]+)+$/,
      applet: /^[a-z0-9_*-]+$/,
    };
    for (const { line, kind, what } of rules) assert.match(what, forms[kind] ?? /^(\/[A-Za-z0-9_.+*@-]+)+$/, line);
    const named = rules.map(({ kind, what }) => `${kind} ${what}`);
    assert.deepEqual(
      named.filter((each, index) => named.indexOf(each) !== index),
      [],
    );
  });

  it("follow only what they cut", () => {
    const cut = new Set(rules.filter(({ kind }) => kind === "cut").map(({ what }) => what));
    for (const { line, kind, what } of rules) {
      if (kind === "follow") assert.ok(cut.has(what.split(">")[1] ?? ""), line);
    }
  });
});
