import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";

/** Name → version. */
export type Packages = ReadonlyMap<string, string>;

const machines = { debian: ["amd64", "arm64"], alpine: ["x86_64", "aarch64"] } as const;

/** Writes a folder that is laid out like a mirror of Debian: one suite, for two machines. */
export function writeDebianMirror(folder: string, suite: string, packages: Packages): void {
  const stanzas = [...packages].map(
    ([name, version]) => `Package: ${name}\nVersion: ${version}\nArchitecture: any\nDescription: a package of a test\n`,
  );
  const bytes = gzipSync(stanzas.join("\n"));
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const root = join(folder, "dists", suite);
  const sums = machines.debian.map((machine) => {
    const path = `main/binary-${machine}/Packages.gz`;
    mkdirSync(join(root, `main/binary-${machine}`), { recursive: true });
    writeFileSync(join(root, path), bytes);
    return ` ${sha256} ${bytes.length} ${path}\n`;
  });
  writeFileSync(join(root, "Release"), `Version: 13.1\nSHA256:\n${sums.join("")}`);
}

/** The same for a branch of Alpine; all packages are in its first repository. */
export async function writeAlpineMirror(folder: string, branch: string, packages: Packages): Promise<void> {
  for (const [repository, content] of [
    ["main", packages],
    ["community", new Map<string, string>()],
  ] as const) {
    const index = gzipSync(await apkIndex(content));
    for (const machine of machines.alpine) {
      const place = join(folder, branch, repository, machine);
      mkdirSync(place, { recursive: true });
      writeFileSync(join(place, "APKINDEX.tar.gz"), index);
    }
  }
}

async function apkIndex(packages: Packages): Promise<Buffer> {
  const text = [...packages].map(([name, version]) => `P:${name}\nV:${version}\n`).join("\n");
  const archive = pack();
  archive.entry({ name: "APKINDEX" }, text);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
