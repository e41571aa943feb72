import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { createCliEngine } from "../../src/ports/cli-engine.js";
import { canWriteLayouts } from "../../src/ports/docker.js";
import type { BuildRequest } from "../../src/ports/engine.js";
import { isOnLoopback } from "../../src/ports/engine-references.js";
import { openKnownImages } from "../../src/ports/known-images.js";
import { failing } from "../support/engine-trial.js";
import { writeFakeClient } from "../support/fake-client.js";
import { useTemporaryFolder } from "../support/folders.js";

const request: Omit<BuildRequest, "folder"> = {
  tags: ["docker.io/x/y:1"],
  buildArguments: {},
  labels: {},
  contexts: {},
  secrets: [],
  cache: true,
};

describe("an engine behind its client", () => {
  const folder = useTemporaryFolder();

  it("tells no part of a secret, also where its reason is cut", async () => {
    const secret = "https://mirror.example.org/a-long-path-of-which-nothing-may-be-seen";
    const secretFile = join(folder(), "mirror");
    writeFileSync(secretFile, `${secret}\n`);
    for (const length of [320, 340, 350, 360, 370, 380, 400]) {
      const { cli } = writeFakeClient(folder(), [`echo "ERROR: ${"x".repeat(length)} ${secret} failed"`, "exit 1"]);
      const { message, log } = await failing(
        createCliEngine(cli).build({
          ...request,
          folder: folder(),
          secrets: [{ id: "mirror", file: secretFile }],
        }),
      );
      for (const line of [message, ...log]) assert.doesNotMatch(line, /https|mirror|example|path/, line);
    }
  });

  const inspected = (ids: readonly string[]) =>
    JSON.stringify(ids.map((id, index) => ({ Id: id, RepoTags: [`x/y:${index}`], Size: 1 })));
  const size = { arguments: (id: string) => ["history", id], parse: Number };
  const ids = Array.from({ length: 20 }, (_, index) => `sha256:${String(index).padStart(64, "0")}`);
  const references = ids.map((_, index) => `docker.io/x/y:${index}`);

  const listingEngine = () => {
    const known = openKnownImages("docker", folder());
    const list = ids.map((id, index) => `x/y:${index} ${id}`).join("\n");
    const { cli, calls } = writeFakeClient(folder(), [
      'case "$*" in',
      `"image ls"*) echo '${list}' ;;`,
      `image*) echo '${inspected(ids)}' ;;`,
      "*) echo 5 ;;",
      "esac",
    ]);
    return { engine: createCliEngine({ ...cli, size, known }), calls };
  };

  it("says of an image that goes between two questions that it is not there", async () => {
    const { cli } = writeFakeClient(folder(), [
      'case "$*" in',
      `image*) echo '${inspected(ids)}' ;;`,
      '*0007) echo "Error response from daemon: No such image: x" >&2; exit 1 ;;',
      "*) echo 5 ;;",
      "esac",
    ]);
    const images = await createCliEngine({ ...cli, size }).inspect(references);
    assert.deepEqual(
      [...images.keys()],
      references.filter((_, index) => index !== 7),
    );
    for (const image of images.values()) assert.equal(image.size, 5);
  });

  it("asks for the size of an image once, whatever its names, and of no more than eight at a time", async () => {
    const running = join(folder(), "running");
    mkdirSync(running);
    const { cli, calls } = writeFakeClient(folder(), [
      `case "$*" in image*) echo '${inspected([...ids, ...ids])}'; exit ;; esac`,
      `touch '${running}'/$$; ls '${running}' | wc -l >>'${folder()}/counts'; sleep 0.1; rm '${running}'/$$; echo 5`,
    ]);
    await createCliEngine({ ...cli, size }).inspect(references);
    assert.equal(calls().filter((call) => call.startsWith("history")).length, ids.length);
    const counts = readFileSync(join(folder(), "counts"), "utf8").trim().split("\n").map(Number);
    assert.ok(Math.max(...counts) <= 8, counts.join(" "));
    assert.ok(Math.max(...counts) > 1, counts.join(" "));
  });

  it("is asked for many images by a list, and then for those of which it has not said what they are", async () => {
    const { engine, calls } = listingEngine();
    const all = [...references, "docker.io/x/z:1", ids[3] as string];
    const there = [...references, ids[3] as string];
    for (const expected of [ids.length, 0]) {
      const before = calls().length;
      const images = await engine.inspect(all);
      assert.deepEqual([...images.keys()], there);
      assert.deepEqual(
        [...images].map(([, { id, size }]) => [id, size]),
        [...ids, ids[3]].map((id) => [id, 5]),
      );
      assert.equal(
        calls()
          .slice(before)
          .filter((call) => call.startsWith("history")).length,
        expected,
      );
    }
  });

  it("is asked ahead once for what it has, until something is changed", async () => {
    const { engine, calls } = listingEngine();
    const count = (start: string) => calls().filter((call) => call.startsWith(start)).length;
    engine.lookAhead?.();
    assert.equal(await engine.check(), "5");
    const few = references.slice(0, 2);
    for (let time = 0; time < 2; time += 1) {
      assert.deepEqual([...(await engine.inspect(few)).keys()], few);
      assert.deepEqual([...(await engine.list("docker.io/x/y:0")).keys()], ["x/y:0"]);
    }
    assert.deepEqual([count("image ls"), count("version")], [1, 1]);
    for (const change of [
      () => engine.tag("docker.io/x/y:0", "docker.io/x/new:1"),
      () => engine.untag(["docker.io/x/new:1"]),
      () => engine.pull("docker.io/x/new:1"),
      () => engine.build({ ...request, folder: folder() }),
    ]) {
      engine.lookAhead?.();
      await engine.list("docker.io/x/y:0");
      const before = count("image ls");
      await change();
      await engine.list("docker.io/x/y:0");
      await engine.list("docker.io/x/y:0");
      assert.equal(count("image ls"), before + 2);
    }
  });

  it("that does not answer says so where it is asked, and not before", async () => {
    const known = openKnownImages("docker", folder());
    const { cli } = writeFakeClient(folder(), ['echo "Cannot connect to the daemon" >&2', "exit 1"]);
    const engine = createCliEngine({ ...cli, size, known });
    engine.lookAhead?.();
    await wait(200);
    assert.match((await failing(engine.check())).message, /does not answer: Cannot connect to the daemon/);
    assert.match(
      (await failing(engine.list("x/*"))).message,
      /cannot say what images it has: Cannot connect to the daemon/,
    );
  });

  it("writes layouts with Docker's own builder, where that keeps manifests and both are new enough", () => {
    const [host, builder] = [
      { version: "26.1.5+dfsg1", storesManifests: true },
      { version: "0.13.1", driver: "docker" },
    ];
    assert.equal(canWriteLayouts(host, builder), true);
    for (const [otherHost, otherBuilder] of [
      [{ ...host, storesManifests: false }, builder],
      [{ ...host, version: "25.0.5" }, builder],
      [{ storesManifests: true }, builder],
      [host, { ...builder, version: "0.12.1" }],
      [host, { ...builder, driver: "docker-container" }],
    ] as const)
      assert.equal(canWriteLayouts(otherHost, otherBuilder), false);
  });

  it("is not ready without what builds, and says what to do", async () => {
    const { cli } = writeFakeClient(folder(), [
      'case "$*" in version) echo 28.5.0 ;; *) echo "docker: unknown command: docker buildx" >&2; exit 1 ;; esac',
    ]);
    assert.equal(await createCliEngine(cli).check(), "28.5.0");
    const { message } = await failing(createCliEngine({ ...cli, builder: ["buildx", "version"] }).check());
    assert.match(message, /^docker has no buildx: install the package docker-buildx/);
  });

  it("asks registries without TLS in a build only where all of them may be asked so", async () => {
    const registryOptions = (reference: string) => (isOnLoopback(reference) ? ["--tls-verify=false"] : []);
    for (const [dockerfile, expected] of [
      ["FROM 127.0.0.1:5000/a\nFROM localhost:5000/b\n", true],
      ["FROM 127.0.0.1:5000/a\nFROM registry.example.org/b\n", false],
      ["FROM registry.example.org/b\nFROM 127.0.0.1:5000/a\n", false],
      ["FROM scratch\n", false],
    ] as const) {
      const { cli, calls } = writeFakeClient(folder(), ["exit 1"]);
      writeFileSync(join(folder(), "Dockerfile"), dockerfile);
      await failing(createCliEngine({ ...cli, registryOptions }).build({ ...request, folder: folder() }));
      assert.equal(calls().at(-1)?.includes(" build --tls-verify=false "), expected, dockerfile);
    }
  });
});
