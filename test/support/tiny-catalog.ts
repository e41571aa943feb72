import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatLock } from "../../src/commands/resolve.js";
import { loadCatalog } from "../../src/stages/load.js";
import { writeFiles } from "./folders.js";
import { repository } from "./paths.js";
import { inventLock } from "./small-catalog.js";

/** What the package of a language of that name makes a build do. */
export type Behaviour = "works" | "breaks" | "lingers";

/** Stands for microroot: what it does, and says, follows from the packages that it is asked for. */
const microroot = `#!/bin/sh
set -eu
case "$*" in
--install*) cmp -s "$0" /bin/microroot || cp "$0" /bin/microroot ;;
*) mkdir -p /rootfs/app && echo "$*" >/rootfs/app/packages ;;
esac
case "$*" in
*breaks*) for i in $(seq 30); do echo "unpacking part $i"; done; echo "no such package: breaks"; exit 3 ;;
*lingers*) i=0; while :; do i=$((i + 1)); echo "part $i of many"; sleep 0.2; done ;;
*) echo "unpacking $*"; sleep 0.5 ;;
esac
`;

const definition = (language: Behaviour): string => `language: ${language}
summary: A language whose build ${language}
licence: MIT
homepage: https://example.org/${language}
lines:
  "1": { on: { trixie: { version: ${language} } } }
packages: { debian: { version: ${language}, runtime: [${language}], dev: [${language}-dev] } }
runtime: { cmd: [sh] }
`;

const files = (namespace: string): Readonly<Record<string, string>> => ({
  "catalog.yaml": `namespace: ${namespace}
title: Tiny catalog
source: https://example.org/catalog
base: base
user: 65532
platforms: [linux/amd64, linux/arm64]
distributions:
  trixie: { family: debian, release: "13", branch: trixie, image: "docker.io/${namespace}/double:trixie" }
prefer: [trixie]
floating: { debian: trixie }
cycles: https://example.org/cycles
quickstart: ["base"]
`,
  "languages/base.yaml": `language: base
summary: What everything else stands on
licence: MIT
homepage: https://example.org/base
lines:
  "13": { on: { trixie: {} } }
packages: { debian: { runtime: [libc6], dev: [git] } }
runtime: { cmd: [sh] }
dev: { files: [microroot] }
`,
  "templates/debian/microroot": microroot,
});

/**
 * Puts a catalog into a folder that an engine builds within seconds and without a network: of base, and of languages whose builds
 * work, break or do not end. The image that stands for its distribution's is in its namespace too.
 */
export function writeTinyCatalog(folder: string, namespace: string, languages: readonly Behaviour[]): void {
  cpSync(join(repository, "templates"), join(folder, "templates"), { recursive: true });
  writeFiles(folder, files(namespace));
  writeFiles(folder, Object.fromEntries(languages.map((each) => [`languages/${each}.yaml`, definition(each)])));
  chmodSync(join(folder, "templates", "debian", "microroot"), 0o755);
  const loaded = loadCatalog(folder);
  if (!loaded.ok) throw new Error(loaded.diagnostics.map(({ message }) => message).join("\n"));
  const { distributions, ...lock } = inventLock(loaded.value);
  const withoutDigests = Object.entries(distributions).map(([name, { digest: _, ...rest }]) => [name, rest]);
  writeFileSync(
    join(folder, "catalog.lock.yaml"),
    formatLock({ ...lock, distributions: Object.fromEntries(withoutDigests) }),
  );
  makeDouble(folder, `docker.io/${namespace}/double:trixie`);
}

/** Of Debian's busybox-static alone. */
function makeDouble(folder: string, tag: string): void {
  const context = join(folder, "double");
  mkdirSync(context);
  copyFileSync("/bin/busybox", join(context, "busybox"));
  const lines = ["FROM scratch", "COPY busybox /bin/", 'RUN ["/bin/busybox", "--install", "-s", "/bin"]', ""];
  writeFileSync(join(context, "Dockerfile"), lines.join("\n"));
  execFileSync("docker", ["buildx", "build", "--load", "--provenance=false", "--tag", tag, context], { stdio: "pipe" });
}
