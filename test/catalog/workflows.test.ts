import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { openCatalog, select } from "../../src/commands/catalog.js";
import type { Image } from "../../src/model/image.js";
import { hostPlatform } from "../../src/ports/host.js";
import { checkOut, commitAll, edit, git, gitEnv, makeOrigin, setChecksum } from "../support/checkouts.js";
import { repository } from "../support/paths.js";
import { ingot } from "../support/program.js";
import { type RegistryServer, requireProgram, requireRegistry, startRegistry } from "../support/registry-server.js";
import { requireEngine } from "../support/require-engine.js";
import { type JobResult, type JobRun, runJob } from "../support/workflow-runner.js";
import { readWorkflow, type Workflow } from "../support/workflows.js";

const [nightly, pullRequest] = [readWorkflow("nightly.yml"), readWorkflow("pull-request.yml")];
const path = "acme";
const selectors = ["base:*trixie*", "lua:*trixie*"];
const login = {
  "github.token": "a-secret-word",
  "vars.REGISTRY_USER || github.actor": "acme",
  "secrets.REGISTRY_PASSWORD || secrets.GITHUB_TOKEN": "a-secret-word",
};

describe("the commands of the workflows", () => {
  let folder: string;
  let registry: RegistryServer;
  let origin: string;
  let env: Record<string, string>;
  let night: { readonly before: string; readonly stale: JobResult; readonly leg: JobResult };

  before(async function () {
    await requireEngine(this);
    requireRegistry(this);
    requireProgram(this, "git");
    folder = mkdtempSync(join(tmpdir(), "ingot-workflows-"));
    registry = await startRegistry();
    env = {
      ...gitEnv,
      ...{ REGISTRY: `${registry.host}/${path}`, SELECTORS: selectors.join(" "), PLATFORMS: hostPlatform },
      ...{ DEBIAN_MIRROR: "", DOCKER_CONFIG: join(folder, "docker") },
    };
    // The lock is not of these definitions, and a page is missing: `resolve` and `generate` have something to do.
    origin = makeOrigin(folder, (checkout) => {
      setChecksum(checkout, `sha256:${"0".repeat(64)}`);
      rmSync(join(checkout, "generated", "lua", "README.md"));
    });
    // Base is published, as it is in the engine; so what is stale is what stands on it.
    const published = await ingot(repository, [
      "publish",
      "--platform",
      hostPlatform,
      "--registry",
      env["REGISTRY"] ?? "",
      "base:*trixie*",
    ]);
    assert.equal(published.status, 0, published.stderr);
    night = await runFirstNight();
  });
  after(async () => {
    await registry?.stop();
    if (folder === undefined) return;
    rmSync(folder, { recursive: true, force: true });
    // What was built of a changed definition goes back to what it was, out of the builder's cache.
    await ingot(repository, ["build", "lua:*trixie*"]);
  });

  const checkOutAs = (name: string, revision?: string): string => checkOut(origin, join(folder, name), revision);
  const run = (workflow: Workflow, job: string, more: Omit<JobRun, "scratch" | "env">): Promise<JobResult> =>
    runJob(workflow, job, { scratch: join(folder, "runner"), env, ...more });
  /** No index of packages is asked, so that no update of one makes a long test of this: `resolve` keeps what the lock has. */
  const findStale = (checkout: string): Promise<JobResult> => {
    const none = join(folder, "no-mirror");
    mkdirSync(none, { recursive: true });
    return run(nightly, "stale", {
      folder: checkout,
      values: login,
      more: { "Refresh the lock": { DEBIAN_MIRROR: none } },
    });
  };
  const rebuild = (checkout: string, leg: string): Promise<JobResult> =>
    run(nightly, "rebuild", { folder: checkout, values: { ...login, "matrix.selectors": leg } });

  async function runFirstNight(): Promise<typeof night> {
    const before = git(origin, "rev-parse", "main");
    const stale = await findStale(checkOutAs("first-night"));
    const leg = await rebuild(checkOutAs("leg", stale.outputs["lock.commit"]), legsOf(stale)[0]?.selectors ?? "");
    return { before, stale, leg };
  }

  it("push the lock and the pages that moved", () => {
    const { before, stale } = night;
    assert.equal(stale.status, 0, stale.log);
    const commit = stale.outputs["lock.commit"] ?? "";
    assert.equal(git(origin, "rev-parse", "main"), commit);
    const files = git(origin, "diff", "--name-only", before, commit).split("\n");
    assert.deepEqual(files, ["catalog.lock.yaml", "generated/lua/README.md"]);
    assert.match(stale.summary, /^ {4}definitions: sha256:000000000000 → sha256:/m);
  });

  it("name what is not published as a leg, and nothing that is fresh", () => {
    const [{ tags }] = lua() as [Image];
    assert.deepEqual(legsOf(night.stale), [{ name: lua()[0]?.pair, selectors: `lua:${tags[0]}` }]);
  });

  it("rebuild and publish a leg, and nothing else, and say so in a summary", async () => {
    const { status, summary, log } = night.leg;
    assert.equal(status, 0, log);
    assert.match(summary, /^0 fresh, 2 rebuilt/);
    for (const { repository: name, tags } of lua()) {
      assert.ok(summary.includes(`\n## ${name}:${tags[0]}\n`), summary);
      const headers = { accept: "application/vnd.oci.image.manifest.v1+json" };
      const published = await fetch(`http://${registry.host}/v2/${path}/lua/manifests/${tags[0]}`, { headers });
      assert.equal(published.status, 200);
    }
    assert.doesNotMatch(log, /^built +\S*base/m);
  });

  it("leave a leg's checkout as it was committed", () =>
    assert.equal(git(join(folder, "leg"), "status", "--porcelain"), ""));

  it("print no password", () =>
    assert.ok(![night.stale, night.leg].some(({ log, summary }) => `${log}${summary}`.includes("a-secret-word"))));

  it("find nothing the next night, commit nothing, and rebuild nothing", async () => {
    const before = git(origin, "rev-parse", "main");
    const { status, outputs, log } = await findStale(checkOutAs("second-night"));
    assert.equal(status, 0, log);
    assert.deepEqual([outputs["lock.commit"], git(origin, "rev-parse", "main")], [before, before]);
    assert.equal(nightly.jobs["rebuild"]?.if, `needs.stale.outputs.matrix != '${outputs["stale.matrix"]}'`);
  });

  it("fail where no registry answers, and give nothing that could be taken for nothing to do", async () => {
    const more = { "Find what is stale": { REGISTRY: "127.0.0.1:9/acme" } };
    const only = { folder: join(folder, "first-night"), only: "Find what is stale", more };
    const { status, outputs, log } = await run(nightly, "stale", only);
    assert.deepEqual([status, outputs], [1, {}]);
    assert.match(log, /127\.0\.0\.1:9/);
  });

  it("fail without a selector for a leg, rather than rebuild everything", async () => {
    const more = { folder: join(folder, "leg"), only: "Rebuild, test and publish", values: { "matrix.selectors": "" } };
    const { status, log } = await run(nightly, "rebuild", more);
    assert.notEqual(status, 0);
    assert.match(log, /LEG: parameter null or not set/);
  });

  it("build and test the pair that a pull request changes, and compare its sizes with what was recorded", async () => {
    const checkout = checkOutAs("pull-request");
    git(checkout, "checkout", "--quiet", "-b", "topic");
    edit(join(checkout, "languages/lua.yaml"), (text) => text.replace(/^summary: .*$/m, "summary: Interprets Lua"));
    // What it records itself is not what it is held against.
    edit(join(checkout, "catalog.sizes.yaml"), (text) => text.replace(/(lua\/5.4\/trixie.*compressed:) \d+/g, "$1 1"));
    assert.equal((await ingot(checkout, ["generate"])).status, 0);
    commitAll(checkout, "Say it shorter");
    git(checkout, "checkout", "--quiet", "main");
    git(checkout, "merge", "--quiet", "--no-ff", "--message", "Merge the topic", "topic");

    const { status, outputs, summary, log } = await run(pullRequest, "changed", { folder: checkout });
    assert.equal(status, 0, log);
    assert.equal(outputs["sizes.measured"], "true");
    const table = readFileSync(join(checkout, "sizes.md"), "utf8");
    const rows = table.split("\n").filter((line) => line.startsWith("| `"));
    assert.deepEqual(
      rows.map((row) => row.split("`")[1]),
      lua().map(({ repository: name, tags }) => `${name}:${tags[0]}`),
    );
    const size = String.raw`[\d.]+ MB \([\d.]+ MB\)`;
    for (const row of rows) assert.match(row, new RegExp(`\\| ${size} \\| ${size} \\| (none|[+-].*) \\|$`));
    assert.doesNotMatch(log, / built +base\//);
    assert.match(log, / built +lua\//);
    // Ingot adds what it did by itself.
    assert.ok(summary.endsWith(table), summary);
  });

  it("build nothing for a pull request that changes no image, and leave nothing to comment", async () => {
    const checkout = checkOutAs("other-pull-request");
    writeFileSync(join(checkout, "README.md"), "# Another\n");
    commitAll(checkout, "Change a page");
    const { status, outputs, summary, log } = await run(pullRequest, "changed", { folder: checkout });
    assert.equal(status, 0, log);
    assert.equal(outputs["sizes.measured"], undefined);
    assert.match(summary, /^## Ingot\n\n0 built, 0 already right, 0 skipped, in [^\n]+\n$/);
  });

  it("comment on the pull request, with the table as it is in the file", async () => {
    // GitHub's own client is not here: what it is asked is all that can be known.
    const [bin, asked] = [join(folder, "bin"), join(folder, "asked")];
    mkdirSync(bin);
    writeFileSync(join(bin, "gh"), `#!/bin/sh\nprintf '%s\\n' "$@" > '${asked}'\n`);
    chmodSync(join(bin, "gh"), 0o755);
    const { status, log } = await runJob(pullRequest, "comment", {
      ...{ folder, scratch: join(folder, "runner") },
      env: { ...env, PATH: `${bin}${delimiter}${process.env["PATH"]}`, GITHUB_REPOSITORY: "acme/catalog" },
      values: { "github.token": "a-secret-word", "github.event.pull_request.number": "7" },
    });
    assert.equal(status, 0, log);
    const args = readFileSync(asked, "utf8").trim().split("\n");
    assert.deepEqual(args.slice(0, 7), ["pr", "comment", "7", "--repo", "acme/catalog", "--body-file", "sizes.md"]);
    assert.ok(!args.includes("a-secret-word"));
  });

  it("are what the script for cron does: it puts back a tag that is gone, pushes, and prints the summary that it keeps", async () => {
    const [tag = ""] = lua()[0]?.tags ?? [];
    const storage = join(registry.storage, "docker/registry/v2/repositories", path, "lua/_manifests/tags");
    rmSync(join(storage, tag), { recursive: true });
    const checkout = checkOutAs("cron");
    // As the page has it in a crontab, but for where the catalog and the registry are.
    const page = readFileSync(join(repository, "docs", "ci.md"), "utf8");
    const [, line = ""] = /^(?:[\d*]+ +){5}cd \S+ && REGISTRY=\S+ (.+)$/m.exec(page) ?? [];
    assert.match(line, /\bPUSH=yes\b/);
    const options = { cwd: checkout, env, reject: false } as const;
    const { exitCode, stdout, stderr } = await execa("sh", ["-c", `${line} "$@"`, "sh", ...selectors], options);
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /^## The lock\n\n {4}/);
    assert.match(stdout, /^\d+ fresh, 0 rebuilt \(0 changed\), 1 tagged again$/m);
    assert.ok(existsSync(join(storage, tag)));
    assert.equal(git(origin, "rev-parse", "main"), git(checkout, "rev-parse", "HEAD"));
    const logs = join(checkout, "build", "nightly");
    const summary = readdirSync(logs).find((name) => name.endsWith(".md")) ?? "";
    assert.equal(readFileSync(join(logs, summary), "utf8").trim(), stdout.trim());
  });
});

const legsOf = ({ outputs }: JobResult): readonly { readonly name: string; readonly selectors: string }[] =>
  (JSON.parse(outputs["stale.matrix"] ?? "{}") as { include?: { name: string; selectors: string }[] }).include ?? [];

function lua(): readonly Image[] {
  const opened = openCatalog(repository);
  assert.ok(opened.ok);
  const selected = select(opened.value, ["lua:*trixie*"]);
  assert.ok(selected.ok);
  return selected.value;
}
