import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Lock } from "../../src/model/lock.js";
import type { LoadedCatalog } from "../../src/stages/load.js";
import { lockChecksum } from "../../src/stages/locked.js";

const repository = new URL("../../../", import.meta.url);
const ownTemplate = (path: string): readonly [string, string] => [
  `templates/${path}`,
  readFileSync(new URL(`templates/${path}`, repository), "utf8"),
];

/** A good catalog with one of everything, by path; without its lock. The scripts of templates/ are stubs. */
export const smallCatalog: Readonly<Record<string, string>> = {
  "catalog.yaml": `namespace: acme
title: Small catalog
source: https://example.org/catalog
base: base
user: 65532
platforms: [linux/amd64, linux/arm64]
distributions:
  trixie: { family: debian, release: "13", branch: trixie, image: docker.io/library/debian:trixie-slim }
  alpine3.24: { family: alpine, release: "3.24", branch: v3.24, image: docker.io/library/alpine:3.24 }
prefer: [trixie, alpine3.24]
floating: { alpine: alpine3.24, debian: trixie }
mirrors: { alpine: https://example.org/alpine }
cycles: https://example.org/cycles
quickstart: ["*:*trixie*"]
`,
  "languages/base.yaml": `language: base
summary: What everything else stands on
licence: MIT
homepage: https://example.org/base
lines:
  "13": { on: { trixie: {} } }
  "3.24": { on: { alpine3.24: {} } }
packages:
  debian: { runtime: [libc6], dev: [git], static: [tzdata] }
  alpine: { runtime: [musl], dev: [git], static: [tzdata] }
runtime: { env: { LANG: C.UTF-8 }, cmd: [sh] }
dev: { files: [microroot] }
variants:
  static: { env: { SSL_CERT_FILE: /etc/ssl/certs/ca-certificates.crt } }
`,
  "languages/python.yaml": `language: python
summary: Interpreter for Python
licence: PSF-2.0
homepage: https://example.org/python
endoflife: python
lines:
  "3.14": { on: { alpine3.24: {} }, aliases: [newest], cycle: "3.14" }
  "3.13":
    on: { trixie: { version: python3.13, runtime: [python3.13] } }
    packages: { debian: { dev: [python3-dev] } }
packages:
  alpine: { version: python3, runtime: [python3], dev: [python3-dev], tiny: [python3] }
  debian: { version: python3, runtime: [python3], dev: [python3-dev], tiny: [python3] }
runtime: { cmd: [python3, -q], env: { PYTHONUTF8: "1" }, keep: { /usr/share/x*: why }, drop: { "/usr/**/*.egg": why, /usr/bin/pdb: why } }
dev: { env: { PIP_NO_INPUT: "1" } }
variants:
  tiny: { from: static, cmd: [python3] }
test:
  runtime: [{ run: [python3, -c, "print('a')"], prints: a }]
hello: { answers: { language: python, native: 42 } }
platforms: [linux/amd64]
reasons: { "python3*-dev": headers }
limits: [no Tk]
`,
  "languages/python/hello/Dockerfile": "FROM scratch\n",
  "catalog.sizes.yaml": `sizes:
  python/3.13/trixie/dev: { version: "3.13.4", uncompressed: 500000000, compressed: 200000000 }
  python/3.13/trixie/runtime: { version: "3.13.5", uncompressed: 44400000, compressed: 16400000 }
`,
  "templates/debian/microroot": "#!/bin/sh\n",
  "templates/alpine/microroot": "#!/bin/sh\n",
  ...Object.fromEntries(
    [
      "runtime.Dockerfile.hbs",
      "dev.Dockerfile.hbs",
      "README.md.hbs",
      "languages.md.hbs",
      "sizes.md.hbs",
      "partials/config.hbs",
    ].map(ownTemplate),
  ),
};

/** What `resolve` might have given for a catalog, had the world every package: so that a changed definition reaches a plan. */
export function inventLock(loaded: LoadedCatalog): Lock {
  const { settings, definitions } = loaded.catalog;
  const date = "2026-11-21";
  const digest = `sha256:${"0".repeat(64)}`;
  const pairs = definitions.map(({ language, pairs }) => {
    const lines: Record<string, Record<string, Lock["pairs"][string][string][string]>> = {};
    for (const { line, distribution, versionPackage, variants } of pairs) {
      const names = [
        ...(versionPackage === undefined ? [] : [versionPackage]),
        ...variants.flatMap(({ packages }) => packages),
      ];
      const packages = Object.fromEntries(names.map((name) => [name, "1:2.3+dfsg~rc1-4+deb13u1"]));
      lines[line] = { ...lines[line], [distribution]: { date, version: `${line}.5`, packages } };
    }
    return [language, lines];
  });
  return {
    lockfile: 1,
    definitions: lockChecksum(loaded),
    distributions: Object.fromEntries(
      settings.distributions.map(({ name, release }) => [name, { date, version: `${release}.1`, digest }]),
    ),
    pairs: Object.fromEntries(pairs),
    cycles: {
      python: { "3.13": { eol: "2029-10-31" }, "3.14": { released: "2025-10-07", lts: "2026-01-01", eol: false } },
      debian: { "13": { eol: "2028-08-09", extended: "2030-06-30" } },
    },
  };
}

export function writeCatalog(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}
