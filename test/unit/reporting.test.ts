import assert from "node:assert/strict";
import type { Event } from "../../src/model/event.js";
import { Failure } from "../../src/model/failure.js";
import type { Image } from "../../src/model/image.js";
import type { Report } from "../../src/model/report.js";
import { chooseReporter, type ReporterName } from "../../src/reporters/choose.js";
import { createGithubReporter, formatStepSummary } from "../../src/reporters/github.js";
import { createJsonReporter } from "../../src/reporters/jsonl.js";
import { createJUnit } from "../../src/reporters/junit.js";
import { sayFailure } from "../../src/reporters/output.js";
import { unpainted } from "../../src/reporters/paint.js";
import { createPlainReporter } from "../../src/reporters/plain.js";
import { createQuietReporter } from "../../src/reporters/quiet.js";
import { captured } from "../support/captured.js";
import { built, dev, failed, output, pair, runtime, scheduled, started, tested } from "../support/events.js";

const report: Report = { images: [], failedPairs: [], failures: [], ms: 61_000 };
const options = { now: () => 12_340, paint: unpainted };
const hostile = "a\n::set-env name=PATH::/evil\n##[add-mask]x\u001b[2J";

describe("the way in which a run is told of", () => {
  const cases: readonly (readonly [string, Parameters<typeof chooseReporter>[0], ReporterName])[] = [
    ["is a live view on a terminal", { json: false, quiet: false, env: { TERM: "xterm" }, isTerminal: true }, "live"],
    ["is lines in a pipe", { json: false, quiet: false, env: { TERM: "xterm" }, isTerminal: false }, "plain"],
    ["is lines on a dumb terminal", { json: false, quiet: false, env: { TERM: "dumb" }, isTerminal: true }, "plain"],
    ["is lines where CI is set", { json: false, quiet: false, env: { CI: "true" }, isTerminal: true }, "plain"],
    ["is a live view where CI is false", { json: false, quiet: false, env: { CI: "false" }, isTerminal: true }, "live"],
    [
      "has groups in GitHub Actions",
      { json: false, quiet: false, env: { CI: "true", GITHUB_ACTIONS: "true" }, isTerminal: false },
      "github",
    ],
    [
      "is JSON where that is asked for",
      { json: true, quiet: false, env: { GITHUB_ACTIONS: "true" }, isTerminal: true },
      "json",
    ],
    ["is next to nothing where that is asked for", { json: false, quiet: true, env: {}, isTerminal: true }, "quiet"],
  ];
  for (const [title, choice, expected] of cases) it(title, () => assert.equal(chooseReporter(choice), expected));
});

describe("a log", () => {
  it("has the time since the beginning in each line, and what follows a line under it", () => {
    const reporter = createPlainReporter(options);
    const { stderr } = captured(() => {
      reporter.hear(built(dev));
      reporter.hear({ ...failed("no", ["one", "two"]), file: "build/logs/x.log" } as Event);
    });
    assert.equal(
      stderr,
      [
        "[  12.3 s] built   lua/5.4/trixie/dev in 12.3 s, 47.4 MB on disk",
        "[  12.3 s] FAILED  build lua/5.4/trixie/dev: no",
        "                   | one",
        "                   | two",
        "                   all of its output: build/logs/x.log",
        "",
      ].join("\n"),
    );
  });

  it("names the files of what failed at the end once more", () => {
    const reporter = createPlainReporter(options);
    const failures = [{ stage: "build", subject: dev, reason: "no" }] as const;
    const { stdout } = captured(() => {
      reporter.hear({ ...failed("no"), file: "build/logs/x.log" } as Event);
      reporter.finish({ ...report, failures });
    });
    assert.match(stdout, /^FAILED:\n {2}build lua\/5\.4\/trixie\/dev: no\n {4}build\/logs\/x\.log\n/m);
  });

  it("shows nothing that controls a terminal, whoever said it", () => {
    const reporter = createPlainReporter(options);
    const { stderr } = captured(() => {
      for (const event of [failed(hostile, [hostile]), { type: "note", text: hostile } as const]) reporter.hear(event);
      sayFailure(new Failure(hostile.replaceAll("\n", " "), [hostile]));
    });
    assert.equal(stderr.split("\n").length, 6);
    assert.doesNotMatch(stderr.replaceAll("\n", ""), /\p{Cc}/u);
  });

  it("that is quiet has failures, and one line at the end", () => {
    const reporter = createQuietReporter(options);
    const { stdout, stderr } = captured(() => {
      for (const event of [scheduled, started("build", dev), output("x"), built(dev), failed("no", ["why"])])
        reporter.hear(event);
      reporter.finish(report);
    });
    assert.equal(stderr, "FAILED  build lua/5.4/trixie/dev: no\n        | why\n");
    assert.equal(stdout, "0 built, 0 already right, 0 skipped, in 1 min 1 s\n");
  });

  it("for programs is a JSON object in each line, with nothing that controls a terminal, and no plan", () => {
    const reporter = createJsonReporter();
    const said = "\u009b2J\u202e";
    const { stdout } = captured(() => {
      reporter.hear(scheduled);
      reporter.hear(output(said));
    });
    assert.doesNotMatch(stdout.trimEnd(), /[\p{Cc}\p{Bidi_Control}]/u);
    assert.deepEqual(JSON.parse(stdout), output(said));
  });
});

describe("a log of GitHub Actions", () => {
  const hear = (...events: readonly Event[]) => {
    const reporter = createGithubReporter(options);
    return captured(() => {
      for (const event of events) reporter.hear(event);
    }).stderr.split("\n");
  };

  it("has the output of a pair in a group, when all of the pair has ended", () => {
    const before = hear(
      scheduled,
      started("build", dev),
      output("one"),
      built(dev),
      output("two", runtime),
      built(runtime),
    );
    assert.ok(before.every((line) => !line.startsWith("::")));
    const lines = hear(scheduled, output("one"), built(dev), output("two", runtime), built(runtime), tested);
    const start = lines.indexOf("::group::lua/5.4/trixie: output");
    assert.deepEqual(lines.slice(start + 1, start + 4), [
      "[  12.3 s] build dev | one",
      "[  12.3 s] build runtime | two",
      "::endgroup::",
    ]);
  });

  it("has a message for a failure, escaped as the runner wants it", () => {
    const message = hear(failed("100 % broken: a, b", ["one", "two"])).find((line) => line.startsWith("::error"));
    assert.equal(message, "::error title=build lua/5.4/trixie/dev failed::100 %25 broken: a, b%0Aone%0Atwo");
  });

  it("has no command that others said", () => {
    const events = [
      output(hostile),
      output("::error::x"),
      failed(hostile, [hostile, "  ::warning::x"]),
      built(runtime),
      tested,
    ];
    const lines = hear(scheduled, { type: "note", text: `::debug::${hostile}` }, ...events);
    const commands = lines.filter((line) => /^\s*::/.test(line)).map((line) => line.split("::")[1]?.split(" ")[0]);
    assert.deepEqual(commands, ["error", "group", "endgroup"]);
    assert.ok(
      lines.every((line) => line.startsWith("::error ") || !line.includes("##[")),
      lines.join("\n"),
    );
  });

  it("has a summary of what was built, skipped and failed, in which others' text is code", () => {
    const image = {
      id: dev,
      repository: "acme/lua",
      version: { text: "5.4.8" },
      tags: ["5.4.8-trixie"],
    } as unknown as Image;
    const images: Report["images"] = [
      { image, state: "built", size: 47_400_000 },
      { image, state: "skipped", reason: "</details> | `x`" },
      { image, state: "failed", reason: "no" },
    ];
    const failures = [{ stage: "build", subject: dev, reason: hostile }] as const;
    const text = formatStepSummary({ ...report, images, failures });
    assert.match(text, /^1 built, 0 already right, 1 skipped, 1 FAILED, in 1 min 1 s$/m);
    assert.match(text, /^\| acme\/lua:5\.4\.8-trixie \| 5\.4\.8 \| 47\.4 MB \| built \|$/m);
    assert.match(text, /^ {4}build lua\/5\.4\/trixie\/dev: a�::set-env/m);
    assert.match(text, /^ {4}lua\/5\.4\/trixie\/dev: <\/details> \| `x`$/m);
  });
});

describe("a report for JUnit", () => {
  const format = (...events: readonly Event[]): string => {
    const cases = createJUnit();
    for (const event of events) cases.hear(event);
    return cases.format(61_000);
  };

  it("has a suite for each pair, with a case for each image and one for the pair's tests", () => {
    const skipped: Event = { type: "skipped", stage: "test", subject: pair, reason: "needs lua/5.4/trixie/dev" };
    const text = format(scheduled, started("build", dev), failed("no", ["why"]), built(runtime), skipped);
    assert.equal(
      text,
      `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="ingot" tests="3" failures="1" errors="0" skipped="1" time="61.000">
  <testsuite name="lua/5.4/trixie" tests="3" failures="1" errors="0" skipped="1" time="12.300">
    <testcase classname="lua/5.4/trixie" name="build dev" time="0.000">
      <failure message="no">no
why</failure>
    </testcase>
    <testcase classname="lua/5.4/trixie" name="build runtime" time="12.300">
      <system-out>47400000 bytes on disk</system-out>
    </testcase>
    <testcase classname="lua/5.4/trixie" name="test" time="0.000">
      <skipped message="needs lua/5.4/trixie/dev"/>
    </testcase>
  </testsuite>
</testsuites>
`,
    );
  });

  it("has a failure where an image was built and could not be described", () =>
    assert.match(format(built(dev), failed("no"), built(dev)), /failures="1"[\s\S]*<failure message="no">/));

  it("has a suite of its own for another platform", () => {
    const text = format(built(dev), { ...built(dev), platform: "linux/arm64" });
    assert.deepEqual(
      [...text.matchAll(/<testsuite name="([^"]*)"/g)].map(([, name]) => name),
      ["lua/5.4/trixie", "lua/5.4/trixie (linux/arm64)"],
    );
  });

  it("escapes what others said, and leaves out what XML has no form for", () => {
    const text = format(failed('<a b="c">&\u0000\u001b[31m\ud800\uffff]]>', ["</failure>"]));
    assert.match(text, /message="&lt;a b=&quot;c&quot;&gt;&amp;��*\]\]&gt;">/);
    assert.match(text, /&lt;\/failure&gt;<\/failure>/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    assert.doesNotMatch(text, /[\u0000-\u0008\u000b-\u001f\ud800-\udfff\uffff]/);
  });
});
