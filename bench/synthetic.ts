import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatLock } from "../src/commands/resolve.js";
import { loadCatalog, lockName } from "../src/stages/load.js";
import { inventLock } from "../test/support/small-catalog.js";

const settings = `namespace: bench
title: Synthetic catalog
source: https://example.org/catalog
base: base
user: 65532
platforms: [linux/amd64, linux/arm64]
distributions:
  trixie: { family: debian, release: "13", branch: trixie, image: docker.io/library/debian:trixie-slim }
  alpine3.24: { family: alpine, release: "3.24", branch: v3.24, image: docker.io/library/alpine:3.24 }
prefer: [trixie, alpine3.24]
floating: { alpine: alpine3.24, debian: trixie }
quickstart: ["base"]
`;

const base = `language: base
summary: What everything else stands on
licence: MIT
homepage: https://example.org/base
lines:
  "13": { on: { trixie: {} } }
  "3.24": { on: { alpine3.24: {} } }
packages:
  debian: { runtime: [libc6, ca-certificates], dev: [build-essential, git] }
  alpine: { runtime: [musl, ca-certificates-bundle], dev: [build-base, git] }
dev: { files: [microroot, microroot.rules] }
`;

/** Two release lines on two distributions: eight Dockerfiles. */
const definition = (name: string): string => `language: ${name}
summary: Interpreter for the ${name} programming language
licence: Apache-2.0
homepage: https://example.org/${name}
endoflife: ${name}

lines:
  "2.1": { on: { trixie: {}, alpine3.24: {} }, aliases: [lts] }
  "1.9":
    on:
      trixie: { version: ${name}1.9, runtime: [${name}1.9] }
      alpine3.24: { version: ${name}1.9, runtime: [${name}1.9] }

packages:
  alpine: { version: ${name}, runtime: [${name}, ${name}-libs], dev: [${name}-dev, ${name}-packager] }
  debian: { version: ${name}, runtime: [${name}, lib${name}1], dev: [lib${name}-dev, ${name}-packager, ${name}-venv] }

runtime: { cmd: [${name}], env: { ${name.toUpperCase()}_HOME: /usr/lib/${name} } }
test:
  runtime:
    - { run: [${name}, -c, "print('hello')"], prints: hello }
  dev:
    - { run: [${name}-packager, --version] }
`;

/** Writes a catalog of so many languages, with its lock and the templates of a repository. */
export function writeSyntheticCatalog(folder: string, repository: string, languages: number): void {
  mkdirSync(join(folder, "languages"), { recursive: true });
  cpSync(join(repository, "templates"), join(folder, "templates"), { recursive: true });
  writeFileSync(join(folder, "catalog.yaml"), settings);
  writeFileSync(join(folder, "languages/base.yaml"), base);
  for (let index = 0; index < languages; index += 1) {
    const name = `language${String(index).padStart(5, "0")}`;
    writeFileSync(join(folder, `languages/${name}.yaml`), definition(name));
  }
  const loaded = loadCatalog(folder);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics[0]));
  writeFileSync(join(folder, lockName), formatLock(inventLock(loaded.value)));
}
