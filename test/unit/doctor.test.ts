import assert from "node:assert/strict";
import { type Finding, findingsOf, sortFindings } from "../../src/model/finding.js";
import { imagesOf } from "../../src/model/image.js";
import { parseHandler } from "../../src/ports/emulator.js";
import { parseDockerInfo, parsePlatforms, parsePodmanInfo } from "../../src/ports/engine-host.js";
import { aheadOf } from "../../src/ports/reach.js";
import { readClaims } from "../../src/ports/registry-access.js";
import { formatFindings, formatFindingsJson } from "../../src/reporters/doctor.js";
import type { Paint } from "../../src/reporters/paint.js";
import { unlimited } from "../../src/reporters/surface.js";
import { adviceFor, judgeDisk, judgeEmulation, judgeMemory, judgeStore } from "../../src/stages/doctor-engine.js";
import { diskNeeded, judgeCatalog, judgeNode } from "../../src/stages/doctor-local.js";
import { judgeClock, judgeMirrors } from "../../src/stages/doctor-network.js";
import { runInProcess } from "../support/command-line.js";
import { useTemporaryFolder } from "../support/folders.js";
import { openGood, writeResolvedCatalog } from "../support/resolved-catalog.js";

const arm64 = "linux/arm64";
const verdictOf = ({ verdict, found }: Finding): string => `${verdict}: ${found}`;
const wanted = "^20.19.0 || >=22.12.0";

describe("what the doctor makes of what it finds", () => {
  const folder = useTemporaryFolder();

  it("fails an older Node than the package wants", () => {
    assert.deepEqual(
      ["20.19.2", "22.12.0", "24.1.0"].map((each) => judgeNode(each, wanted).verdict),
      ["ok", "ok", "ok"],
    );
    assert.deepEqual(
      ["18.20.0", "20.18.3", "22.11.0"].map((each) => judgeNode(each, wanted).verdict),
      ["fail", "fail", "fail"],
    );
    assert.equal(judgeNode("18.20.0", wanted).found, `Node 18.20.0, and Ingot needs ${wanted}`);
  });

  it("does without a catalog, warns of files that are not up to date, and fails what is wrong, with the place of the first", () => {
    const place = { file: "languages/lua.yaml", line: 3, column: 1, length: 1, text: "x" };
    const diagnostics = [
      { rule: "unknown-key", message: "no such key", place },
      { rule: "unknown-key", message: "nor that", place },
    ] as const;
    assert.deepEqual(
      [
        judgeCatalog("/srv", { kind: "none" }),
        judgeCatalog("/srv", { kind: "good", pairs: 4, outdated: 0 }),
        judgeCatalog("/srv", { kind: "good", pairs: 4, outdated: 2 }),
        judgeCatalog("/srv", { kind: "wrong", diagnostics }),
      ].map(verdictOf),
      [
        "ok: none in /srv: --catalog DIR names one",
        "ok: 4 pairs in /srv",
        "warn: 4 pairs in /srv; of generated/, 2 files are not up to date",
        "fail: languages/lua.yaml:3: no such key, and 1 more",
      ],
    );
  });

  it("takes a platform for emulated that the builder or the kernel says, and fails it only where it was asked for", () => {
    const facts = { built: ["linux/amd64"], kernel: "none", needsForeign: false } as const;
    assert.equal(judgeEmulation(arm64, { ...facts, built: [arm64] }).verdict, "ok");
    assert.equal(judgeEmulation(arm64, { ...facts, kernel: "everywhere" }).verdict, "ok");
    assert.equal(judgeEmulation(arm64, facts).verdict, "warn");
    assert.equal(judgeEmulation(arm64, { ...facts, needsForeign: true }).verdict, "fail");
    const outside = judgeEmulation(arm64, { ...facts, kernel: "outside" });
    assert.match(outside.found, /^programs for linux\/arm64 run on this machine, but not in containers/);
    assert.match(outside.advice ?? "", /^apt-get install qemu-user-static binfmt-support/);
  });

  it("reads the kernel's own handlers: only one that is enabled and fixed is there in containers", () => {
    const handler = (state: string, flags: string): string =>
      `${state}\ninterpreter /usr/libexec/qemu-binfmt/aarch64-binfmt-P\nflags: ${flags}\noffset 0\n`;
    assert.deepEqual(
      [handler("enabled", "POCF"), handler("enabled", "POC"), handler("disabled", "F"), undefined].map(parseHandler),
      ["everywhere", "outside", "none", "none"],
    );
  });

  it("reads the platforms of all nodes of a builder, chosen or found", () => {
    const nodes =
      "Nodes:\nName: a\nPlatforms:        linux/amd64, linux/386\n\nName: b\nPlatforms: linux/arm64*, linux/amd64\n";
    assert.deepEqual(parsePlatforms(nodes), ["linux/amd64", "linux/386", arm64]);
    assert.deepEqual(parsePlatforms("Name: a\nStatus: inactive\n"), []);
  });

  it("reads what engines say of themselves, and takes nothing else for it", () => {
    const info = {
      DockerRootDir: "/var/lib/docker",
      MemTotal: 8e9,
      NCPU: 2,
      DriverStatus: [["Backing Filesystem", "extfs"]],
    };
    const older = { storesManifests: false, folders: ["/var/lib/docker"], memory: 8e9, processors: 2 };
    assert.deepEqual(parseDockerInfo(JSON.stringify(info)), older);
    const newer = { ...info, DriverStatus: [["driver-type", "io.containerd.snapshotter.v1"]] };
    assert.equal(parseDockerInfo(JSON.stringify(newer)).storesManifests, true);
    const podman = { host: { memTotal: 8e9, cpus: 4 }, store: { graphRoot: "/home/ada/.local/share/containers" } };
    assert.deepEqual(parsePodmanInfo(JSON.stringify(podman)).folders, ["/home/ada/.local/share/containers"]);
    assert.throws(() => parseDockerInfo('{"ServerErrors":["no"]}'), /^Failure: docker info did not say/);
    assert.deepEqual(
      [true, false].map((storesManifests) => judgeStore({ storesManifests }).verdict),
      ["ok", "warn"],
    );
  });

  it("holds the free disk against what the catalog was measured to take, its shared layers once", () => {
    writeResolvedCatalog(folder());
    const images = imagesOf(openGood(folder()).plan);
    const size = (uncompressed: number) => ({ version: "1", uncompressed, compressed: 1 });
    const dev = images.find(({ id }) => id === "python/3.13/trixie/dev");
    const parent = dev?.parent.kind === "image" ? dev.parent.id : "";
    assert.notEqual(parent, "");
    assert.equal(diskNeeded(images, { "python/3.13/trixie/dev": size(500e6), [parent]: size(300e6) }), 2 * 500e6);
    assert.equal(diskNeeded(images, {}), undefined);
    const judge = (free: number, needed?: number) => judgeDisk({ folder: "/d", free }, needed);
    assert.equal(verdictOf(judge(40e9, 30e9)), "ok: 40.0 GB free at /d");
    assert.match(verdictOf(judge(20e9, 30e9)), /^warn: 20\.0 GB free at \/d: the whole catalog takes about 30\.0 GB/);
    assert.deepEqual(
      [judge(1e9), judge(1e9, 1e6), judge(3e9), judge(6e9)].map(({ verdict }) => verdict),
      ["fail", "fail", "warn", "ok"],
    );
    assert.deepEqual(
      [1e9, 4e9].map((memory) => judgeMemory({ memory, processors: 2 }).verdict),
      ["warn", "ok"],
    );
  });

  it("says once what is so of several mirrors' distributions, and fails only where none is to be had", () => {
    const gone = { isReached: false, found: "http://m/alpine: no such host" };
    const found = [
      { name: "a", ...gone },
      { name: "b", isReached: true, found: "http://m/debian answers" },
      { name: "c", ...gone },
    ];
    assert.deepEqual(judgeMirrors(found).map(verdictOf), [
      "warn: a, c: http://m/alpine: no such host",
      "ok: b: http://m/debian answers",
    ]);
    assert.deepEqual(
      judgeMirrors([{ name: "a", ...gone }]).map(({ verdict }) => verdict),
      ["fail"],
    );
  });

  it("takes this machine's clock for wrong where all others say so, and theirs where some do", () => {
    const clock = (name: string, minutes: number) => ({ name, ahead: minutes * 60_000 });
    assert.deepEqual(judgeClock([]), []);
    assert.deepEqual(judgeClock([clock("a", 0.5), clock("b", -0.5)]).map(verdictOf), [
      "ok: as that of a, b, to a minute",
    ]);
    assert.deepEqual(judgeClock([clock("a", 0), clock("b", 180)]).map(verdictOf), ["warn: b is 3 h ahead"]);
    assert.deepEqual(judgeClock([clock("a", -5), clock("b", -4320)]).map(verdictOf), [
      "fail: a is 5 min behind, b is 3 d behind",
    ]);
  });

  it("reads the time of a server, also where a cache kept its answer", () => {
    const now = Date.parse("2026-01-10T12:00:00Z");
    const at = (date: string, age = "") => aheadOf(new Headers({ date, ...(age === "" ? {} : { age }) }), now);
    assert.equal(at("Sat, 10 Jan 2026 12:05:00 GMT"), 300_000);
    assert.equal(at("Sat, 10 Jan 2026 11:00:00 GMT", "3600"), 0);
    assert.equal(at("yesterday"), undefined);
    assert.equal(aheadOf(new Headers(), now), undefined);
  });

  it("reads from a token whether it is good for writing, and takes none that does not say so for an answer", () => {
    const token = (claims: unknown) => `Bearer e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.sig`;
    const access = (name: string, ...actions: string[]) => token({ access: [{ type: "repository", name, actions }] });
    assert.equal(readClaims(access("acme/base", "pull", "push"), "acme/base"), true);
    assert.equal(readClaims(access("acme/base", "*"), "acme/base"), true);
    assert.equal(readClaims(access("acme/base", "pull"), "acme/base"), false);
    assert.equal(readClaims(token({ access: [] }), "acme/base"), false);
    assert.equal(readClaims(access("acme/other", "pull", "push"), "acme/base"), undefined);
    for (const opaque of [undefined, "Basic YTpi", "Bearer opaque", "Bearer a.b.c", token({})])
      assert.equal(readClaims(opaque, "acme/base"), undefined);
  });

  it("says for each way in which an engine is silent what to do", () => {
    const remote = { address: "tcp://build.example.com:2376", isLocal: false };
    const local = { address: "unix:///var/run/docker.sock", isLocal: true };
    assert.match(adviceFor("docker is not installed", "docker", undefined), /^install Docker with buildx: https:/);
    assert.equal(adviceFor("podman is not installed", "podman", undefined), "apt-get install podman");
    assert.match(adviceFor("docker has no buildx: …", "docker", local), /^apt-get install docker-buildx/);
    assert.match(
      adviceFor("docker does not answer: this user may not open unix:///x", "docker", local),
      /^sudo usermod/,
    );
    assert.match(
      adviceFor("docker does not answer: …", "docker", remote),
      /^start the engine at tcp:\/\/build\.example\.com:2376, or unset DOCKER_HOST/,
    );
    assert.equal(adviceFor("docker does not answer: …", "docker", local), "sudo systemctl start docker");
  });
});

describe("what the doctor says", () => {
  const folder = useTemporaryFolder();
  const { ok, warn, fail } = findingsOf("disk");
  const all = [
    fail("no \u001b[2Jroom", "make some"),
    warn("little room", "make more"),
    findingsOf("nodejs").ok("Node 20.19.2"),
  ];

  it("is a line for each finding, in one order, with what to do below it, and nothing that controls a terminal", () =>
    assert.equal(
      formatFindings(sortFindings(all)),
      [
        "ok    nodejs  Node 20.19.2",
        "FAIL  disk    no �[2Jroom",
        "              → make some",
        "warn  disk    little room",
        "              → make more",
        "",
        "1 fails, 1 warning; docs/doctor.md says what each check means",
      ].join("\n"),
    ));

  it("is one word where all is well", () => assert.match(formatFindings([ok("much room")]), /\n\nall is well$/));

  it("has colours that only repeat what its words say", () => {
    const paint: Paint = (style, text) => `<${style}>${text}</>`;
    const marked = { ...unlimited, paint };
    assert.match(formatFindings(all, marked), /^<red>FAIL<\/> {2}disk/);
    assert.equal(formatFindings(all, marked).replace(/<[^>]*>/g, ""), formatFindings(all));
  });

  it("is whole for programs", () =>
    assert.deepEqual(JSON.parse(formatFindingsJson(all)), { findings: all, failed: 1 }));

  it("is not asked of a registry that is none: exit status 2", async () => {
    const { status, stderr } = await runInProcess(folder(), ["doctor", "--registry", "no registry"]);
    assert.equal(status, 2);
    assert.match(stderr, /invalid-option: --registry must be HOST/);
  });
});
