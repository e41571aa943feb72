import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type OpenCatalog, openLoaded } from "../../src/commands/catalog.js";
import { ok, type Result } from "../../src/model/diagnostic.js";
import { imagesOf } from "../../src/model/image.js";
import type { Lock } from "../../src/model/lock.js";
import { formatDiagnostic } from "../../src/reporters/diagnostics.js";
import { loadCatalog, loadLock } from "../../src/stages/load.js";
import { inventLock, smallCatalog, writeCatalog } from "../support/small-catalog.js";

const python = "languages/python.yaml";
const base = "languages/base.yaml";

/** Opens the small catalog with one text of a file replaced, and with a lock that fits. */
function openWith(
  path: string,
  from: string,
  to: string,
  change: (lock: Lock) => Lock = (lock) => lock,
): Result<OpenCatalog> {
  const before = smallCatalog[path] ?? assert.fail(path);
  assert.ok(before.includes(from), from);
  const root = mkdtempSync(join(tmpdir(), "ingot-hostile-"));
  try {
    writeCatalog(root, { ...smallCatalog, [path]: before.replace(from, () => to) });
    const loaded = loadCatalog(root);
    return openLoaded(root, loaded, loaded.ok ? ok(change(inventLock(loaded.value))) : loadLock(root));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function assertRefused(opened: Result<OpenCatalog>, complaint: RegExp): void {
  assert.ok(!opened.ok, "it opened");
  assert.match(opened.diagnostics.map((each) => formatDiagnostic(each)).join("\n"), complaint);
}

function open(opened: Result<OpenCatalog>): OpenCatalog {
  return opened.ok ? opened.value : assert.fail(opened.diagnostics.map((each) => formatDiagnostic(each)).join("\n"));
}

describe("a catalog with something hostile in it", () => {
  for (const [what, bomb] of [
    ["brackets", "[".repeat(20_000)],
    ["mappings", "{a: ".repeat(20_000)],
    ["items", "- ".repeat(20_000)],
  ] as const) {
    it(`is refused for twenty thousand ${what}, and soon`, () =>
      assertRefused(openWith(python, "licence: PSF-2.0", bomb), /yaml-syntax: nested more than 50 deep/));
  }
  it("is refused for a key that would be dropped in silence", () =>
    assertRefused(openWith(python, "PYTHONUTF8:", "__proto__:"), /unknown-key: "__proto__" cannot be a key/));
  it("is refused for a tag that is not known", () =>
    assertRefused(
      openWith(python, "licence: PSF-2.0", "licence: !!js/function PSF-2.0"),
      /yaml-syntax: Unresolved tag/,
    ));
  it("is refused for half a surrogate pair, which no file could hold", () =>
    assertRefused(openWith(python, "Interpreter for Python", '"\\uD800"'), /invalid-value: summary must be one line/));
  it("is refused for text that turns its direction, and does not show it turned", () => {
    const opened = openWith(python, "Interpreter for Python", "a\u202Eb");
    assertRefused(opened, /invalid-value: summary must be one line/);
    assertRefused(opened, /summary: a�b/);
  });
  it("is refused with a message that cannot control a terminal", () =>
    assertRefused(
      openWith(python, "licence:", '"\\u009b31m\\e[2J": 1\nlicence:'),
      /unknown-key: "[^\p{Cc}]+" is not known/u,
    ));
  it("is refused where the base is built on what is made in it", () =>
    assertRefused(
      openWith(base, "dev: { files", "dev: { from: runtime, files"),
      /dev is built on itself: dev → runtime → dev/,
    ));
  it("is refused for a file of a context that would be the Dockerfile", () =>
    assertRefused(openWith(base, "files: [microroot]", "files: [Dockerfile]"), /invalid-value/));
  it("is refused at the right line with Windows line ends", () => {
    const windows = (smallCatalog[python] ?? "").replaceAll("\n", "\r\n").replace("[python3]", "[python3");
    assertRefused(openWith(python, smallCatalog[python] ?? "", windows), /python\.yaml:12:86 yaml-syntax/);
  });
  it("opens with variants and packages that have the names of what every object inherits", () => {
    const { plan } = open(
      openWith(python, "tiny: { from: static", "constructor: { from: static, cmd: [a] }\n  tiny: { from: static"),
    );
    assert.ok(imagesOf(plan).some(({ id }) => id === "python/3.13/trixie/constructor"));
    assertRefused(
      openWith(python, "version: python3,", "version: constructor,", (lock) => ({
        ...lock,
        pairs: {
          ...lock.pairs,
          python: { "3.14": { "alpine3.24": { date: "2026-11-21", version: "3.14.5", packages: {} } } },
        },
      })),
      /lock-outdated: the lock has no version of constructor/,
    );
  });
  it("installs nothing in a dev image that has no packages", () => {
    const only = "language: python\nsummary: a\nlicence: MIT\nhomepage: https://example.org/\n";
    const bare = `${only}lines: { "3.14": { on: { trixie: {} } } }\nruntime: { from: static }\ndev: { from: dev }\n`;
    const { tree } = open(openWith(python, smallCatalog[python] ?? "", bare));
    assert.doesNotMatch(tree.get("python/3.14/trixie/dev/Dockerfile")?.text ?? "RUN", /RUN/);
  });
  it("keeps the digest that an image of catalog.yaml has itself", () => {
    const image = `docker.io/library/alpine:3.24@sha256:${"a".repeat(64)}`;
    const { tree } = open(openWith("catalog.yaml", "docker.io/library/alpine:3.24", image));
    assert.match(tree.get("base/3.24/alpine3.24/dev/Dockerfile")?.text ?? "", new RegExp(`^FROM ${image}$`, "m"));
  });
  it("orders the variants of base by what they are built on, wherever they are written", () => {
    const { plan } = open(openWith(base, "variants:", "variants:\n  late: { from: later }\n  later: { from: static }"));
    const ids = imagesOf(plan).map(({ variant }) => variant);
    assert.ok(ids.indexOf("static") < ids.indexOf("later") && ids.indexOf("later") < ids.indexOf("late"), ids.join());
  });
});

describe("a template with something hostile in it", () => {
  const config = "templates/partials/config.hbs";
  for (const [text, complaint] of [
    ["{{user x=1}}", /template-syntax: templates place strings/],
    ["{{> (lookup . 'x')}}", /template-syntax: write the name of a partial/],
    ["{{> 1}}", /templates\/partials\/config\.hbs/],
    ["{{..}}", /template-name: \.\. is above the view/],
    ["{{constructor}}", /template-name: constructor is not in the view/],
    [`${"{{#if user}}".repeat(200)}${"{{/if}}".repeat(200)}`, /template-syntax: blocks are nested more than 50 deep/],
  ] as const) {
    it(`is refused for ${text.slice(0, 24)}`, () => assertRefused(openWith(config, "USER {{user}}", text), complaint));
  }
});
