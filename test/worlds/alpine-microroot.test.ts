import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { matchesAny, pathsOfKind } from "../../src/model/path-pattern.js";
import { makeAlpineDouble } from "../support/alpine-double.js";
import { repository } from "../support/paths.js";
import { removeNamespace, requireEngine } from "../support/require-engine.js";

const namespace = "ingot-double-microroot";
const dev = (merged: boolean): string => `docker.io/${namespace}/${merged ? "merged" : "dev"}:3.24`;
const templates = join(repository, "templates", "alpine");

const packages = `
alpine-release 3.24.0-r0 alpine-keys
alpine-keys 2.5-r0
apk-tools 3.0.6-r0 libapk
libapk 3.0.6-r0
busybox 1.37.0-r31 busybox-binsh
busybox-binsh 1.37.0-r31
ca-certificates 20260413-r0
ca-certificates-bundle 20260413-r0
tzdata 2026a-r0
oddities 1-r0 only-meta
only-meta 1-r0 plain
plain 1-r0
scripted 1-r0 busybox
java-cacerts 1.1-r0 ca-certificates busybox
python3 3.14.5-r0 python3-pyc apk-tools
python3-pyc 3.14.5-r0
libpq 18.0-r0
`;

describe("microroot for Alpine, run on a double of Alpine and not on Alpine", () => {
  const run = (script: string) => runIn(dev(false), script);

  before(async function () {
    await requireEngine(this);
    makeDevImage(false);
  });
  after(() => removeNamespace(namespace));

  it("leaves no file that is neither a listed package's nor one of the generated ones", () => {
    const { files, database } = run(`microroot ${everything}`);
    assert.deepEqual(strays(files, database), []);
    assert.ok(files.includes("/etc/ssl/certs/java/cacerts"), "what a hook made is there");
    assert.ok(files.includes("/usr/lib/gio/modules/giomodule.cache"), "an index that a script made is there");
    assert.ok(files.includes("/usr/lib/oddities/a name"));
  });

  it("lists just the packages that have something in the image, with just what they have", () => {
    const { files, database } = run(`microroot --drop /usr/share/double/plain ${everything}`);
    const listed = packagesOf(database);
    assert.deepEqual(listed.get("alpine-release")?.includes("/etc/alpine-release"), true);
    for (const name of ["only-meta", "plain", "apk-tools", "libapk", "alpine-keys", "ca-certificates", "python3-pyc"]) {
      assert.equal(listed.has(name), false, `${name} has nothing in the image`);
    }
    for (const [name, paths] of listed) {
      for (const path of paths) assert.ok(files.includes(path) || isLink(path), `${name} lists ${path}`);
    }
  });

  it("lists a package of which only an empty folder is there", () => {
    const { database } = run("microroot --drop /usr --drop /.oddity --drop /srv --drop /usr/share oddities tzdata");
    assert.deepEqual([...packagesOf(database).keys()], ["oddities"]);
    assert.match(database, /^F:var\/lib\/oddities\/empty$/m);
    assert.doesNotMatch(database, /^R:/m);
  });

  it("leaves in what --keep names, and out what --drop names, whatever the rules say", () => {
    const { files, database } = run(
      `microroot --keep '/usr/share/man/**/plain.1' --drop '/usr/lib/oddities/**/*.so' \
          --keep /usr/lib/oddities/modules/two.so oddities`,
    );
    const said = files.filter((path) => /\/man\/|\.so$/.test(path));
    assert.deepEqual(said, ["/usr/lib/oddities/modules/two.so", "/usr/share/man/man1/plain.1"]);
    assert.deepEqual(strays(files, database), []);
  });

  it("lists a package that is cut but for a file that --keep names", () => {
    const { files, database } = run("microroot --keep '/usr/share/double/ca-c*s' java-cacerts");
    assert.deepEqual(packagesOf(database).get("ca-certificates"), ["/usr/share/double/ca-certificates"]);
    assert.deepEqual(strays(files, database), []);
  });

  it("keeps what an option says in a development image, too", () => {
    const script = `microroot --install --keep /usr/share/doc/libpq --drop /usr/share/double/libpq libpq >/dev/null
        ls /usr/share/doc /usr/share/double`;
    const { output } = run(script);
    assert.match(output, /^libpq$/m);
    assert.equal(output.match(/^libpq$/gm)?.length, 1);
  });

  it("links busybox's commands, but for those that make no sense in a container, unless --keep names them", () => {
    const commands = "sh|ls|su|ar|dpkg|mount|i2cget";
    const script = `microroot --keep '/**/mount' busybox busybox-binsh && find /rootfs -type l | grep -E '/(${commands})$' | sed 's:.*/::' | sort`;
    assert.deepEqual(
      run(script)
        .output.split("\n")
        .filter((line) => /^\w+$/.test(line)),
      ["ls", "mount", "sh"],
    );
  });

  it("gives no file another's rights, and lets only /tmp be everyone's", () => {
    const { output } = run("microroot oddities && cd /rootfs && find . ! -type l -perm /6002 -print");
    assert.equal(output.match(/^\.\/.*$/gm)?.join(), "./tmp");
  });

  it("writes the same bytes again, none of them dated, and no date after SOURCE_DATE_EPOCH", () => {
    const script = `export SOURCE_DATE_EPOCH=1700000001
        pack() { microroot ${everything} >/dev/null && cd /rootfs && find . | sort | tar -c -T - --no-recursion -f - | sha256sum; cd /; }
        pack && sleep 1.1 && pack; cat /rootfs/etc/ssl/certs/java/cacerts; touch -d @1700000001 /tmp/epoch; find /rootfs -newer /tmp/epoch`;
    const lines = run(script)
      .output.split("\n")
      .filter((line) => line !== "");
    const [first, second, ...rest] = lines;
    assert.match(first ?? "", /^[0-9a-f]{64} /);
    assert.equal(first, second);
    assert.deepEqual(rest, ["made at 1700000001"]);
  });

  it("adds to a base only what it lacks, and brings nothing back that the base was made without", () => {
    const script = `microroot --drop /usr/share/zoneinfo/America tzdata busybox ca-certificates-bundle >/dev/null && mv /rootfs/* /base
        microroot --drop /usr/share/zoneinfo/Asia libpq`;
    const { files, database } = run(script);
    const known = ["/etc/group", "/etc/nsswitch.conf", "/etc/passwd"];
    assert.deepEqual(
      files.filter((path) => !known.includes(path) && !path.endsWith("/apk/db/installed")),
      ["/usr/share/double/libpq"],
    );
    const zones = packagesOf(database).get("tzdata") ?? [];
    assert.ok(zones.includes("/usr/share/zoneinfo/Asia/Tokyo"), "the base has it, and a layer cannot take it away");
    assert.ok(!zones.includes("/usr/share/zoneinfo/America/New_York"));
    assert.deepEqual([...packagesOf(database).keys()].sort(), ["busybox", "ca-certificates-bundle", "libpq", "tzdata"]);
  });

  it("says what is wrong with an option", () => {
    assert.match(refusal(dev(false), "microroot --keep usr libpq"), /--keep needs a whole path/);
    assert.match(refusal(dev(false), "microroot --drop"), /--drop needs a whole path/);
    assert.match(refusal(dev(false), "microroot --fast libpq"), /unknown option --fast/);
    assert.match(refusal(dev(false), "microroot --drop /usr/share"), /no package named/);
  });
});

describe("microroot for Alpine, run on a double of an Alpine whose /bin, /sbin and /lib lead to /usr", () => {
  before(async function () {
    await requireEngine(this);
    makeDevImage(true);
  });
  after(() => removeNamespace(namespace));

  it("leaves no stray file, and lists no file that is not there", () => {
    const { files, database } = runIn(dev(true), `microroot ${everything}`);
    assert.deepEqual(strays(files, database), []);
    const listed = [...packagesOf(database).values()]
      .flat()
      .map((path) => path.replace(/^\/(bin|sbin|lib)\//, "/usr/$1/"));
    assert.deepEqual(
      listed.filter((path) => !files.includes(path) && !isLink(path)),
      [],
    );
  });

  it("adds to a base only what it lacks", () => {
    const { files } = runIn(dev(true), "microroot tzdata busybox >/dev/null && mv /rootfs/* /base && microroot libpq");
    assert.deepEqual(
      files.filter((path) => !path.endsWith("/apk/db/installed")),
      ["/usr/share/double/libpq"],
    );
  });

  it("writes its database even where all of /usr is dropped", () => {
    const { database } = runIn(dev(true), "microroot --drop /usr alpine-release");
    assert.deepEqual([...packagesOf(database).keys()], ["alpine-release"]);
  });
});

const everything = "alpine-release busybox ca-certificates-bundle tzdata oddities java-cacerts scripted python3";

/** A link is no regular file, so `files` does not have it. */
const isLink = (path: string): boolean =>
  ["/etc/os-release", "/etc/ssl/cert.pem", "/usr/share/oddities", "/bin/sh", "/usr/bin/sh"].includes(path);

function makeDevImage(mergedUsr: boolean): void {
  const folder = mkdtempSync(join(tmpdir(), "ingot-double-"));
  const double = `docker.io/${namespace}/alpine:${mergedUsr ? "merged" : "3.24"}`;
  makeAlpineDouble({ branch: "3.24", packages, folder, tag: double, mergedUsr });
  const context = join(folder, "context");
  cpSync(templates, context, { recursive: true });
  const install = "RUN --mount=type=bind,target=/context /context/microroot --install tzdata";
  writeFileSync(join(context, "Dockerfile"), `FROM ${double}\n${install}\nRUN mkdir /base\n`);
  execFileSync("docker", ["buildx", "build", "--quiet", "--load", "--tag", dev(mergedUsr), context], { stdio: "pipe" });
  rmSync(folder, { recursive: true });
}

interface Outcome {
  readonly output: string;
  /** The regular files of /rootfs, by name. */
  readonly files: readonly string[];
  /** lib/apk/db/installed. */
  readonly database: string;
}

function runIn(image: string, script: string): Outcome {
  const report = `cd /rootfs 2>/dev/null || exit 0; echo ==files; find . -type f | sort; echo ==database; cat lib/apk/db/installed 2>/dev/null || cat usr/lib/apk/db/installed`;
  const args = ["run", "--rm", "--network", "none", image, "sh", "-ec", `${script}\n${report}`];
  const all = execFileSync("docker", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const [output = "", rest = ""] = all.split("==files\n");
  const [files = "", database = ""] = rest.split("==database\n");
  return {
    output,
    files: files
      .split("\n")
      .filter((line) => line !== "")
      .map((path) => path.slice(1)),
    database,
  };
}

function refusal(image: string, script: string): string {
  const { status, stderr } = spawnSync("docker", ["run", "--rm", image, "sh", "-c", script], { encoding: "utf8" });
  assert.equal(status, 1);
  return stderr;
}

/** What each package of a database has, folders aside. */
function packagesOf(database: string): ReadonlyMap<string, readonly string[]> {
  const packages = new Map<string, readonly string[]>();
  for (const record of database.split("\n\n").filter((text) => text.trim() !== "")) {
    const lines = record.trim().split("\n");
    let folder = "";
    const paths = lines.flatMap((line) => {
      if (line.startsWith("F:")) folder = line.slice(2) === "" ? "" : `/${line.slice(2)}`;
      return line.startsWith("R:") ? [`${folder}/${line.slice(2)}`] : [];
    });
    packages.set(lines.find((line) => line.startsWith("P:"))?.slice(2) ?? "", paths);
  }
  return packages;
}

function strays(files: readonly string[], database: string): readonly string[] {
  const owned = new Set([...packagesOf(database).values()].flat());
  const rules = readFileSync(join(templates, "microroot.rules"), "utf8");
  const isGenerated = matchesAny(pathsOfKind(rules, "generated"));
  return files.filter((path) => !owned.has(path) && !isGenerated(path));
}
