import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { hostPlatform } from "../../src/ports/host.js";
import { writeFiles } from "./folders.js";
import { cycles } from "./paths.js";

/** A package of one small file. */
export interface TinyPackage {
  readonly name: string;
  /** `1.0-1` */
  readonly version: string;
  /** As in a control file: `ingot-common, libc6 (>= 2.41)` */
  readonly depends?: string;
}

/** A Debian archive of one suite, trixie, that is served where both this host and its containers reach it. */
export interface PackageRepository {
  /** `http://172.17.0.2/debian` */
  readonly url: string;
  /** Release-cycle data, from the same server. */
  readonly cycles: string;
  /** Offers a package, in place of any other version of it. */
  readonly offer: (...packages: readonly TinyPackage[]) => void;
  readonly stop: () => void;
}

/** `linux/amd64` → `amd64` */
const architecture = hostPlatform.split("/")[1] ?? "";
const serverImage = "localhost/ingot-test/httpd";
const suite = "debian/dists/trixie";

const docker = (...args: readonly string[]): string =>
  execFileSync("docker", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();

/** Starts one that offers the Debian packages of a folder. Needs Docker, and busybox linked statically, as Debian's busybox-static is. */
export async function startPackageRepository(debs: string): Promise<PackageRepository> {
  const folder = mkdtempSync(join(tmpdir(), "ingot-packages-"));
  const stanzas = new Map<string, string>();
  const pool = join(folder, "debian", "pool");
  mkdirSync(pool, { recursive: true });
  cpSync(cycles, join(folder, "cycles"), { recursive: true });
  const add = (name: string, bytes: Buffer): void => {
    const file = join(pool, name);
    writeFileSync(file, bytes);
    const stanza = stanzaOf(file, name, bytes);
    stanzas.set(/^Package: (.+)$/m.exec(stanza)?.[1] ?? "", stanza);
  };
  const offer = (...packages: readonly TinyPackage[]): void => {
    for (const each of packages) add(`${each.name}_${each.version}_all.deb`, makeDeb(each));
    writeIndex(folder, [...stanzas.values()].join("\n"));
  };
  for (const name of readdirSync(debs).filter((each) => each.endsWith(".deb")))
    add(name, readFileSync(join(debs, name)));
  offer();
  const container = serve(folder);
  const stop = (): void => {
    docker("stop", "--time", "0", container);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const origin = await originOf(container);
    return { url: `${origin}/debian`, cycles: `${origin}/cycles`, offer, stop };
  } catch (error) {
    stop();
    throw error;
  }
}

function makeDeb({ name, version, depends }: TinyPackage): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "ingot-deb-"));
  try {
    const fields = {
      Package: name,
      Version: version,
      Architecture: "all",
      Maintainer: "Tests <tests@example.org>",
      ...(depends === undefined ? {} : { Depends: depends }),
      Description: "a package of one file, for tests",
    };
    const control = Object.entries(fields).map(([key, value]) => `${key}: ${value}\n`);
    writeFiles(folder, {
      "tree/DEBIAN/control": control.join(""),
      [`tree/usr/share/${name}/version`]: `${name} ${version}\n`,
    });
    const file = join(folder, "package.deb");
    execFileSync("dpkg-deb", ["--root-owner-group", "--build", join(folder, "tree"), file], { stdio: "pipe" });
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function stanzaOf(file: string, name: string, bytes: Buffer): string {
  const control = execFileSync("dpkg-deb", ["--field", file], { encoding: "utf8" }).trimEnd();
  return `${control}\nFilename: pool/${name}\nSize: ${bytes.length}\nSHA256: ${sha256(bytes)}\n`;
}

const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

/** As an archive's Release file lists its indexes, also as they are before they are compressed; nobody signs it. */
function writeIndex(folder: string, packages: string): void {
  const files = { Packages: Buffer.from(packages), "Packages.gz": gzipSync(packages) };
  const sums = Object.entries(files).map(([name, bytes]) => {
    const path = `main/binary-${architecture}/${name}`;
    writeFiles(folder, { [`${suite}/${path}`]: "" });
    writeFileSync(join(folder, suite, path), bytes);
    return ` ${sha256(bytes)} ${bytes.length} ${path}\n`;
  });
  const head = `Origin: Tests\nSuite: stable\nVersion: 13.0\nCodename: trixie\nDate: ${new Date(0).toUTCString()}\n`;
  const rest = `Architectures: ${architecture}\nComponents: main\nSHA256:\n${sums.join("")}`;
  writeFileSync(join(folder, suite, "Release"), head + rest);
}

/** In a container: the address of one is the same for this host and for a build. */
function serve(folder: string): string {
  const context = mkdtempSync(join(tmpdir(), "ingot-httpd-"));
  try {
    const busybox = execFileSync("sh", ["-c", "command -v busybox"], { encoding: "utf8" }).trim();
    writeFileSync(join(context, "busybox"), readFileSync(busybox), { mode: 0o755 });
    writeFiles(context, { Dockerfile: "FROM scratch\nCOPY busybox /busybox\n" });
    docker("buildx", "build", "--load", "--provenance=false", "--quiet", "--tag", serverImage, context);
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
  const volume = `${folder}:/www:ro`;
  const command = ["/busybox", "httpd", "-f", "-p", "80", "-h", "/www"];
  return docker("run", "--detach", "--rm", "--label", "ingot.test", "--volume", volume, serverImage, ...command);
}

async function originOf(container: string): Promise<string> {
  const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
  const origin = `http://${docker("inspect", "--format", format, container)}`;
  for (let attempt = 0; ; attempt += 1) {
    const answer = await fetch(`${origin}/debian/dists/trixie/Release`).catch(() => undefined);
    if (answer?.ok) return origin;
    if (attempt === 100) throw new Error("the server of packages does not answer");
    await wait(100);
  }
}
