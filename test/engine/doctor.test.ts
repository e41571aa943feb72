import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Finding } from "../../src/model/finding.js";
import { useTemporaryFolder, writeFiles } from "../support/folders.js";
import { listen } from "../support/memory-registry.js";
import { mirrors } from "../support/paths.js";
import { ingot } from "../support/program.js";
import { requireRegistry, startRegistry } from "../support/registry-server.js";
import { requireEngine } from "../support/require-engine.js";
import { writeResolvedCatalog } from "../support/resolved-catalog.js";

const password = "pa:ss-w0rd-of-ada";

/** Folders in place of mirrors: no test asks the network. */
const offline = ["--mirror", `debian=${mirrors.debian}`, "--mirror", `alpine=${mirrors.alpine}`];

describe("ingot doctor", function () {
  this.timeout(60_000);
  const folder = useTemporaryFolder();
  const running: { stop: () => Promise<void> }[] = [];

  before(function () {
    return requireEngine(this);
  });
  afterEach(async () => {
    for (const { stop } of running.splice(0)) await stop();
  });

  /** A server that answers as a registry does, at a time of its own; without one, never. */
  async function serve(date?: Date): Promise<string> {
    const server = await listen(async (_, response) => {
      if (date !== undefined) response.writeHead(200, { date: date.toUTCString() }).end("{}");
    });
    running.push(server);
    return server.host;
  }

  interface Told {
    readonly status: number;
    readonly text: string;
    readonly findings: readonly Finding[];
    readonly ms: number;
    /** `engine: ok, disk: warn` */
    readonly of: (check: string) => readonly Finding[];
  }

  async function doctor(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Told> {
    const start = performance.now();
    const { status, stdout, stderr } = await ingot(folder(), ["doctor", "--json", ...offline, ...args], env);
    assert.equal(stderr, "");
    const { findings, failed } = JSON.parse(stdout) as {
      readonly findings: readonly Finding[];
      readonly failed: number;
    };
    assert.equal(failed, findings.filter(({ verdict }) => verdict === "fail").length);
    assert.equal(status, failed === 0 ? 0 : 1);
    const of = (check: string) => findings.filter((each) => each.check === check);
    return { status, text: stdout, findings, ms: performance.now() - start, of };
  }

  const docker = (...args: readonly string[]): string => execFileSync("docker", args, { encoding: "utf8" }).trim();

  it("finds the engine that answers, its builder, its store and where it is, without a catalog", async () => {
    const { of } = await doctor([]);
    const version = docker("version", "--format", "{{.Server.Version}}");
    assert.deepEqual(
      of("engine").map(({ verdict, found }) => [verdict, found.includes(version)]),
      [["ok", true]],
    );
    assert.match(of("buildx")[0]?.found ?? "", /^buildx \d+\.\d+\.\d+/);
    const storesManifests = docker("info", "--format", "{{.DriverStatus}}").includes("io.containerd.snapshotter");
    assert.deepEqual(
      of("store").map(({ verdict }) => verdict),
      [storesManifests ? "ok" : "warn"],
    );
    assert.match(of("disk")[0]?.found ?? "", /^\d+\.\d GB free at \//);
    assert.match(of("memory")[0]?.found ?? "", /^\d+\.\d GB for \d+ processors?$/);
    assert.match(of("catalog")[0]?.found ?? "", /^none in /);
    assert.deepEqual([of("emulation"), of("mirrors"), of("registry")], [[], [], []]);
  });

  it("looks at what a catalog needs besides: its index of each distribution, and each of its platforms", async () => {
    writeResolvedCatalog(folder());
    const { of } = await doctor([]);
    assert.match(of("catalog")[0]?.found ?? "", /^\d+ pairs in /);
    assert.ok(of("mirrors").length > 1);
    assert.ok(of("mirrors").every(({ verdict, found }) => verdict === "ok" && found.endsWith(" answers")));
    assert.deepEqual(of("emulation").length, 1);
    const { of: asked } = await doctor(["--mirror", `alpine=${join(folder(), "nowhere")}`]);
    assert.deepEqual(new Set(asked("mirrors").map(({ verdict }) => verdict)), new Set(["ok", "warn"]));
    const { of: none } = await doctor(["--mirror", `alpine=${folder()}`, "--mirror", `debian=${folder()}`]);
    assert.deepEqual(new Set(none("mirrors").map(({ verdict }) => verdict)), new Set(["fail"]));
  });

  it("says of a catalog that is wrong where, and checks the rest all the same", async () => {
    writeResolvedCatalog(folder(), { "languages/python.yaml": "language: python\nnonsense: true\n" });
    const { of, status } = await doctor([]);
    assert.equal(status, 1);
    assert.match(of("catalog")[0]?.found ?? "", /^languages\/python\.yaml:\d+: /);
    assert.equal(of("engine")[0]?.verdict, "ok");
    assert.ok(of("mirrors").length > 1);
  });

  it("finds a registry that answers, and that its clock is as this machine's", async function () {
    requireRegistry(this);
    const registry = await startRegistry();
    running.push(registry);
    const { of } = await doctor(["--registry", `${registry.host}/acme`]);
    assert.deepEqual(
      of("registry").map(({ verdict, found }) => [verdict, found]),
      [["ok", `${registry.host} answers`]],
    );
    assert.deepEqual(
      of("clock").map(({ verdict }) => verdict),
      ["ok"],
    );
    // It looks, and writes nothing.
    const requests = await registry.requests();
    assert.ok(requests.length > 0 && requests.every(({ method }) => method === "GET"), JSON.stringify(requests));
  });

  it("fails a registry where nothing listens, and says how to look further", async () => {
    const { of, status } = await doctor(["--registry", "127.0.0.1:1/acme"]);
    assert.equal(status, 1);
    const [{ verdict, found, advice } = {}] = of("registry");
    assert.deepEqual([verdict, found], ["fail", "cannot use the registry 127.0.0.1:1: connection refused"]);
    assert.match(advice ?? "", /^the same command on another machine /);
  });

  it("fails a login that a registry refuses, shows nothing of it, and names the command that stores another", async () => {
    const server = await listen(async (_, response) => {
      response.writeHead(401, { "www-authenticate": 'Basic realm="acme"' }).end();
    });
    running.push(server);
    const auth = Buffer.from(`ada:${password}`).toString("base64");
    writeFiles(folder(), { "docker/config.json": JSON.stringify({ auths: { [server.host]: { auth } } }) });
    const { of, text } = await doctor(["--registry", `${server.host}/acme`], {
      DOCKER_CONFIG: join(folder(), "docker"),
    });
    assert.match(of("registry")[0]?.found ?? "", /answered 401 Unauthorized: the stored login is not accepted$/);
    assert.equal(of("registry")[0]?.advice, `docker login ${server.host}`);
    for (const secret of [password, auth]) assert.equal(text.includes(secret), false);
  });

  it("shows no password of a mirror's address, and says when nothing answers there", async () => {
    writeResolvedCatalog(folder());
    const { of, text } = await doctor(["--mirror", "debian=http://ada:geheim@127.0.0.1:1/debian"]);
    const found = of("mirrors").map((each) => each.found);
    assert.ok(
      found.some((each) => each.includes("http://127.0.0.1:1/debian: connection refused")),
      found.join("\n"),
    );
    assert.equal(text.includes("geheim"), false);
  });

  it("fails a clock that is wrong by more than a minute", async () => {
    const host = await serve(new Date(Date.now() + 3 * 3_600_000));
    const { of, status } = await doctor(["--registry", `${host}/acme`]);
    assert.deepEqual(
      [status, of("clock").map(({ verdict, found }) => [verdict, found])],
      [1, [["fail", `${host} is 3 h ahead`]]],
    );
    assert.equal(of("registry")[0]?.verdict, "ok");
  });

  it("fails an engine that is not where DOCKER_HOST says, with what to do and without the stack of a bug", async () => {
    const env = { DOCKER_HOST: "tcp://127.0.0.1:1" };
    const { of, status } = await doctor(["--engine", "docker"], env);
    assert.equal(status, 1);
    assert.deepEqual(
      of("engine").map(({ verdict }) => verdict),
      ["fail"],
    );
    assert.match(of("engine")[0]?.advice ?? "", /^start the engine at tcp:\/\/127\.0\.0\.1:1, or unset DOCKER_HOST/);
    const { stdout, stderr } = await ingot(folder(), ["doctor", "--engine", "docker", ...offline], env);
    assert.match(stdout, /^FAIL {2}engine +docker does not answer: .*\n +→ start the engine /m);
    assert.doesNotMatch(`${stdout}${stderr}`, /\n\s+at |bug of ingot/);
  });

  it("waits for nobody: where the engine and the registry never answer, the rest is told all the same, and they as well", async () => {
    writeResolvedCatalog(folder());
    const [engine, registry] = [await serve(), await serve()];
    const env = { DOCKER_HOST: `tcp://${engine}` };
    const { of, ms } = await doctor(["--engine", "docker", "--registry", `${registry}/acme`], env);
    // Their limits are seconds; on a slow machine everything else takes as long again.
    assert.ok(ms < 30_000, `${ms} ms`);
    assert.equal(of("engine")[0]?.found, "no answer within 7 s");
    assert.match(of("registry")[0]?.found ?? "", /no whole answer within 5 s$/);
    assert.ok(of("mirrors").length > 1 && of("mirrors").every(({ verdict }) => verdict === "ok"));
  });
});
