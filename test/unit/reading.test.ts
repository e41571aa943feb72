import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import stringWidth from "string-width";
import type { Diagnostic } from "../../src/model/diagnostic.js";
import { type Image, imagesOf } from "../../src/model/image.js";
import type { Digest } from "../../src/model/reference.js";
import type { Staleness } from "../../src/model/staleness.js";
import { formatComplaints, formatDiagnostic, formatFailure } from "../../src/reporters/diagnostics.js";
import { formatHelp } from "../../src/reporters/help.js";
import { formatList, formatPlan } from "../../src/reporters/listing.js";
import { paintFor, unpainted } from "../../src/reporters/paint.js";
import { formatStale, formatUnknown } from "../../src/reporters/stale.js";
import type { Surface } from "../../src/reporters/surface.js";
import { useTemporaryFolder } from "../support/folders.js";
import { hostileTexts } from "../support/hostile.js";
import { openGood, writeResolvedCatalog } from "../support/resolved-catalog.js";

const paint = paintFor({ FORCE_COLOR: "1" }, false);
const plain = (width: number): Surface => ({ width, paint: unpainted });
const [yellow, red, bold] = ["\u001b[33m", "\u001b[31m", "\u001b[1m"];
/** A line may be wider by a word that is, with what stands before a part of a plan. */
const isIn = (text: string, width: number) =>
  text.split("\n").every(
    (line) =>
      stringWidth(line) <= width ||
      !line
        .replace(/^(?: {2})?\w+ +/, "")
        .trim()
        .includes(" "),
  );

describe("what is read in a terminal", () => {
  const folder = useTemporaryFolder();
  const open = () => {
    writeResolvedCatalog(folder());
    const { plan } = openGood(folder());
    return { plan, images: imagesOf(plan) };
  };
  const staleness = (image: Image): Staleness => ({
    image,
    digest: `sha256:${"a".repeat(64)}` as Digest,
    action: "rebuild",
    reasons: [
      { kind: "package", name: "libssl3t64", from: "3.5.1-1", to: "3.5.4-1" },
      { kind: "tag", tag: image.tags[0] ?? assert.fail(), problem: "elsewhere" },
    ],
  });

  it("by list has the support of a line that upstream ended in another colour, and of no other", () => {
    const { images } = open();
    const lines = formatList(images, { width: 200, paint }).split("\n");
    const marked = lines.filter((line) => line.includes(yellow));
    assert.ok(marked.length > 0 && marked.every((line) => line.includes("upstream ended")));
    assert.ok(marked.length === lines.filter((line) => line.includes("upstream ended")).length);
  });

  it("by list, plan and stale has no line wider than the window, and says the same as in a file", () => {
    const { plan, images } = open();
    const summary = { images: images.map(staleness), unknown: [], requests: 3 };
    const texts: readonly ((surface?: Surface) => string)[] = [
      (surface) => formatList(images, surface),
      (surface) => formatPlan(plan, images, surface),
      (surface) => formatStale(summary, surface),
    ];
    const words = (text: string) => text.split(/\s+/).sort();
    for (const text of texts)
      for (const width of [19, 39, 59, 79, 99, 139]) {
        const wrapped = text(plain(width));
        assert.ok(isIn(wrapped, width), wrapped);
        assert.deepEqual(words(wrapped), words(text()));
        assert.equal(stripVTControlCharacters(text({ width, paint })), wrapped);
      }
  });

  it("by plan has packages and tags below each other, behind their names", () => {
    const { plan, images } = open();
    const [text = ""] = formatPlan(
      plan,
      images.filter(({ id }) => id === "python/3.13/trixie/runtime"),
      plain(50),
    ).split("\n\n");
    assert.deepEqual(text.split("\n"), [
      "acme/python:3.13.5-trixie",
      "  from      acme/base:trixie, made in",
      "            acme/base:trixie-dev",
      "  packages  python3.13=3.13.5-* python3",
      "  tags      3.13.5-trixie 3.13.5-debian 3.13.5",
      "            3.13-trixie 3.13-debian 3.13 3-trixie",
      "            3-debian trixie debian",
    ]);
  });

  it("by stale has the reasons of an image below it, each with its further lines set in", () => {
    const { images } = open();
    const image = images.find(({ id }) => id === "python/3.13/trixie/runtime") ?? assert.fail();
    const summary = { images: [staleness(image)], unknown: [], requests: 3 };
    assert.deepEqual(formatStale(summary, plain(44)).split("\n").slice(0, 4), [
      "rebuild acme/python:3.13.5-trixie",
      "        libssl3t64 3.5.1-1 → 3.5.4-1",
      "        the tag 3.13.5-trixie is at",
      "          another image",
    ]);
    assert.ok(formatStale(summary, { width: 80, paint }).startsWith(`${yellow}rebuild`));
  });

  it("shows nothing of a registry's that controls a terminal, colours or none", () => {
    const { images } = open();
    const [image] = images;
    assert.ok(image !== undefined);
    const hostile = hostileTexts.join(" ");
    const reasons = [{ kind: "package", name: hostile, from: hostile, to: hostile }] as const;
    const summary = { images: [{ ...staleness(image), reasons }], unknown: [], requests: 1 };
    for (const text of [formatStale(summary, { width: 60, paint }), formatUnknown(hostile, { width: 60, paint })])
      assert.doesNotMatch(stripVTControlCharacters(text).replaceAll("\n", ""), /[\p{Cc}\p{Bidi_Control}]/u);
  });
});

describe("a mistake in a terminal", () => {
  const text = `    on: { bookworm: { version: python3.11 }, bokworm: { version: python3.12 }, trixie: { version: python3.13 } }`;
  const place = { file: "languages/python.yaml", line: 13, column: text.indexOf("bokworm") + 1, length: 7, text };
  const message = "catalog.yaml has no distribution bokworm (did you mean bookworm?)";
  const mistake: Diagnostic = { rule: "unknown-distribution", message, place };

  it("is wrapped, and of the source line there is the piece with the place, underlined", () =>
    assert.deepEqual(formatDiagnostic(mistake, plain(60)).split("\n"), [
      "languages/python.yaml:13:46 unknown-distribution:",
      "    catalog.yaml has no distribution bokworm (did you mean",
      "    bookworm?)",
      "  13 | …: python3.11 }, bokworm: { version: python3.12 }, t…",
      "     |                  ~~~~~~~",
    ]));

  it("has its place bold, and its rule and the underline red", () => {
    const shown = formatDiagnostic(mistake, { width: 200, paint });
    for (const part of [`${bold}languages/python.yaml:13:46`, `${red}unknown-distribution`, `${red}~~~~~~~`])
      assert.ok(shown.includes(part), part);
    assert.equal(stripVTControlCharacters(shown), formatDiagnostic(mistake));
  });

  it("that has no place stands with its like, however many lines it takes", () => {
    const outdated = (file: string): Diagnostic => ({
      rule: "generated-outdated",
      file,
      message: "is missing: run `ingot generate`",
    });
    const shown = formatComplaints([outdated("generated/a/Dockerfile"), outdated("generated/b/Dockerfile")], plain(40));
    assert.deepEqual(shown.split("\n"), [
      "generated/a/Dockerfile",
      "    generated-outdated: is missing: run",
      "    `ingot generate`",
      "generated/b/Dockerfile",
      "    generated-outdated: is missing: run",
      "    `ingot generate`",
      "",
      "2 mistakes; docs/rules/ explains each",
      "  by its name.",
    ]);
  });

  it("is underlined just where it is, whatever the line holds and however wide the window is", () =>
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("a", "b ", "漢", "\t", "é", "x: { y }", "\u001b[31m"), {
          minLength: 1,
          maxLength: 40,
        }),
        fc.nat(),
        fc.nat({ max: 20 }),
        fc.integer({ min: 24, max: 160 }),
        (parts, start, more, width) => {
          const before = parts.slice(0, start % (parts.length + 1)).join("");
          const line = {
            ...place,
            text: `${before}MARK${"k".repeat(more)} ${parts.join("")}`,
            column: before.length + 1,
            length: 4,
          };
          const [, source = "", below = ""] = formatDiagnostic({ ...mistake, message: "x", place: line }, plain(width))
            .split("\n")
            .slice(-3);
          const at = source.indexOf("MARK");
          assert.ok(at > 0, source);
          const columns = (shown: string) => stringWidth(shown.replaceAll("\t", " ".repeat(8)));
          assert.equal(columns(below.slice(0, below.indexOf("~"))), columns(source.slice(0, at)));
          assert.match(below, /~{4}$/);
          assert.ok(columns(source) <= width, `${columns(source)} in ${width}: ${source}`);
        },
      ),
    ));
});

describe("help in a terminal", () => {
  const help =
    "Usage: ingot list\n\nOptions:\n  --json  for programs\n\nEvery image has the tags that its version has, and more.\n";

  it("is wrapped where its parser does not, with its heads bold, and as it is in a file", () => {
    assert.equal(formatHelp(help), help);
    assert.deepEqual(formatHelp(help, plain(30)).split("\n").slice(-3), [
      "Every image has the tags that",
      "its version has, and more.",
      "",
    ]);
    assert.equal(formatHelp(help, { width: 99, paint }).split(bold).length, 3);
    assert.ok(formatHelp("error: unknown option '--x'", { width: 99, paint }).startsWith(red));
  });
});

describe("a failure in a terminal", () => {
  const failure = {
    message:
      "cannot reach the registry registry.example.com: connect ECONNREFUSED; start it, or run `ingot publish --registry oci:out`",
    log: ["one", "two  with  spaces that is a good deal wider than the window is, and stays as it was said"],
  };

  it("is wrapped, its commands whole, and what a tool said is as it said it", () =>
    assert.deepEqual(formatFailure(failure, plain(50)).split("\n"), [
      "  | one",
      `  | ${failure.log[1]}`,
      "ingot: cannot reach the registry",
      "    registry.example.com: connect ECONNREFUSED;",
      "    start it, or run",
      "    `ingot publish --registry oci:out`",
    ]));

  it("is one line in a file, and names itself in red in a terminal", () => {
    assert.equal(formatFailure(failure), `  | one\n  | ${failure.log[1]}\ningot: ${failure.message}`);
    assert.ok(formatFailure({ ...failure, log: [] }, { width: 50, paint }).startsWith(`${red}ingot:`));
  });
});
