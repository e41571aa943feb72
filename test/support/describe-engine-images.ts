import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { PairId } from "../../src/model/image.js";
import { type Digest, parseDigest, type RepositoryName } from "../../src/model/reference.js";
import type { Engine } from "../../src/ports/engine.js";
import { hostPlatform } from "../../src/ports/host.js";
import { createContentReader } from "../../src/ports/image-content.js";
import { keepLayouts } from "../../src/ports/kept-layouts.js";
import { createRegistry, type Manifest } from "../../src/ports/registry.js";
import { provideContent } from "../../src/stages/publish-content.js";
import { failing, type Trial } from "./engine-trial.js";
import { imageType, tag } from "./push.js";
import { type RegistryServer, requireRegistry, startRegistry } from "./registry-server.js";

const megabyte = 1024 * 1024;

/** What an engine must know of its images, and do with their names. */
export function describeImages(trial: () => Trial): void {
  it("says its version", async () => {
    assert.match(await trial().engine.check(), /^\d+\.\d+\.\d+\S*$/);
  });

  describe("inspection", () => {
    it("of several images, some of them missing, gives those that are there", async () => {
      const { engine, repository, build } = trial();
      const [one, two] = [await build(["FROM tools"]), await build(["FROM tools", "ENV TWO=2"])];
      const images = await engine.inspect([one, `${repository}:missing`, two]);
      assert.deepEqual([...images.keys()], [one, two]);
      assert.notEqual(images.get(one)?.id, images.get(two)?.id);
    });

    it("of missing images only, and of none at all, gives nothing", async () => {
      const { engine, repository } = trial();
      assert.equal((await engine.inspect([`${repository}:missing`, "localhost/engine-contract/missing:1"])).size, 0);
      assert.equal((await engine.inspect([])).size, 0);
    });

    it("gives labels and user as they were built, with none of the engine's own, and the size on disk", async () => {
      const { engine, repository, build } = trial();
      const labels = { "org.example.title": 'a "quoted" $NAME = é', "org.example.empty": "" };
      const reference = await build(["FROM scratch", "COPY zeros /zeros", "USER 65532:65532", "LABEL written=here"], {
        files: { zeros: "\0".repeat(megabyte) },
        labels,
      });
      const image = (await engine.inspect([reference])).get(reference);
      assert.ok(image);
      const run = repository.split("/").at(-1);
      assert.deepEqual(image.labels, { ...labels, written: "here", "engine-contract": run });
      assert.equal(image.user, "65532:65532");
      assert.ok(image.size >= megabyte && image.size < 1.5 * megabyte, `${image.size} bytes`);
    });

    it("gives no user where an image has none", async () => {
      const { engine, tools } = trial();
      assert.equal((await engine.inspect([tools])).get(tools)?.user, "");
    });
  });

  describe("names", () => {
    it("are given to an image, and removed, without touching its others", async () => {
      const { engine, build, newReference } = trial();
      const [first, second] = [await build(["FROM tools", "ENV NAMES=1"]), newReference()];
      await engine.tag(first, second);
      const both = await engine.inspect([first, second]);
      assert.equal(both.get(second)?.id, both.get(first)?.id);
      await engine.untag([first]);
      assert.deepEqual([...(await engine.inspect([first, second])).keys()], [second]);
    });

    it("take the image with them when the last goes", async () => {
      const { engine, build } = trial();
      const reference = await build(["FROM tools", "ENV LAST=1"]);
      const id = (await engine.inspect([reference])).get(reference)?.id ?? assert.fail();
      await engine.untag([reference]);
      assert.equal((await engine.inspect([id])).size, 0);
    });

    it("that are not there cannot be removed; no name at all can", async () => {
      const { engine, name, repository } = trial();
      assert.match(
        (await failing(engine.untag([`${repository}:missing`]))).message,
        new RegExp(`^${name} cannot remove images: .*missing`),
      );
      await engine.untag([]);
    });

    it("are listed by a pattern of two parts, with the id of their image", async () => {
      const { engine, repository, tools, build } = trial();
      const reference = await build(["FROM tools", "ENV LISTED=1"], { tags: [`${repository}-listed:1`] });
      const id = (await engine.inspect([reference])).get(reference)?.id;
      const short = reference.replace("docker.io/", "");
      const [namespace, name] = short.split(/[/:]/);
      for (const pattern of [`docker.io/${namespace}/${name}`, `${namespace}/${name}*`, `${namespace}/*-listed`])
        assert.equal((await engine.list(pattern)).get(short), id, pattern);
      assert.deepEqual([...(await engine.list(`${namespace}/${name}`)).keys()], [short]);
      assert.ok((await engine.list(`${namespace}/*`)).has(tools.replace("docker.io/", "")));
      assert.equal((await engine.list(`localhost/${namespace}/${name}*`)).size, 0);
    });

    it("of the registry localhost are others than those without it", async () => {
      const { engine, tools, repository } = trial();
      const local = tools.replace("docker.io/", "localhost/");
      await engine.tag(tools, local);
      const listed = await engine.list(`${repository.replace("docker.io/", "localhost/")}*`);
      assert.deepEqual([...listed.keys()], [local]);
      await engine.untag([local]);
      assert.ok((await engine.inspect([tools])).has(tools));
    });
  });

  describe("the content of an image", () => {
    it("is its files as they are, and no mount points of an engine's, by layer", async () => {
      const { engine, build } = trial();
      const files = { "etc/motd": "hello\n", "etc/group": "root:x:0:\n" };
      const below = await build(["FROM scratch", "COPY etc /etc", "USER 65532:65532", "ENV A=b"], { files });
      const reference = await build(["FROM below", "COPY etc /etc"], {
        files: { "etc/motd": "hello, world\n" },
        contexts: { below },
      });
      const content = await createContentReader(engine)(reference);
      assert.deepEqual([...content.entries.keys()].sort(), ["/etc", "/etc/group", "/etc/motd"]);
      const { type, mode, uid, size, layer, sha256 } = content.entries.get("/etc/motd") ?? {};
      const hash = createHash("sha256").update("hello, world\n").digest("hex");
      assert.deepEqual(
        { type, mode, uid, size, layer, sha256 },
        { type: "file", mode: 0o644, uid: 0, size: 13, layer: 1, sha256: hash },
      );
      assert.equal(content.texts.get("/etc/group"), "root:x:0:\n");
      assert.equal(content.user, "65532:65532");
      assert.ok(content.env.includes("A=b"));
      assert.equal(content.layers.length, 2);
      assert.equal((await createContentReader(engine)(reference)).digest, content.digest);
      for (const { compressed } of content.layers) assert.ok(compressed > 0 && compressed < 1000);
    });

    it("that was kept is as the engine saves it, which is not asked for it where builds write layouts", async () => {
      const { engine, build, newFolder, newReference } = trial();
      const saved: string[] = [];
      const save = (reference: string, path: string) => {
        saved.push(reference);
        return engine.save(reference, path);
      };
      const { engine: keeping } = keepLayouts({ ...engine, save }, join(newFolder(), "with, a comma"));
      const kept = { by: keeping, keep: true };
      const below = await build(["FROM tools", "RUN echo below >/below"], kept);
      const images = [below];
      for (const text of ["one", "two"])
        images.push(await build(["FROM below", `RUN echo ${text} >/text`], { ...kept, contexts: { below } }));
      const again = newReference();
      await engine.tag(below, again);
      for (const image of [...images, again]) {
        const [ours, theirs] = [await createContentReader(keeping)(image), await createContentReader(engine)(image)];
        assert.deepEqual(ours, theirs);
      }
      // Debian's Docker is new enough.
      assert.deepEqual(saved, trial().storesManifests() ? [] : [...images, again]);
    });

    it("lacks what a later layer removed", async () => {
      const { engine, build } = trial();
      const reference = await build(["FROM tools", "RUN mkdir -p /a/b && touch /a/b/c /d", "RUN rm -r /a/b /d"]);
      const { entries } = await createContentReader(engine)(reference);
      assert.deepEqual(
        ["/a", "/a/b", "/a/b/c", "/d"].filter((path) => entries.has(path)),
        ["/a"],
      );
    });

    it("has nothing of what a build mounted", async () => {
      const { engine, name, tools, build, newFolder } = trial();
      const mounts = "--mount=type=bind,from=tools,target=/base --mount=type=bind,target=/context";
      const secret = join(newFolder(), "secret");
      execFileSync("sh", ["-c", 'echo secret >"$1"', "sh", secret]);
      const reference = await build(
        ["FROM tools", `RUN ${mounts} --mount=type=secret,id=mirror ls /base /context /run/secrets/mirror >/listed`],
        { secrets: [{ id: "mirror", file: secret }] },
      );
      const read = createContentReader(engine);
      const known = (await read(tools)).entries;
      const added = [...(await read(reference)).entries.keys()].filter((path) => !known.has(path));
      // Buildah leaves the folder, empty, in which it mounted a secret.
      const left = name === "podman" ? ["/run/secrets"] : [];
      assert.deepEqual(added.sort(), ["/listed", ...left]);
    });

    it("of an image that is not there is a failure", async () => {
      const { engine, repository } = trial();
      const { message } = await failing(createContentReader(engine)(`${repository}:missing`));
      assert.match(message, /missing/);
    });
  });

  describe("a registry", () => {
    let registry: RegistryServer | undefined;

    before(async function () {
      requireRegistry(this);
      registry = await startRegistry();
    });
    after(() => registry?.stop());

    it("has what the engine saves, of OCI's media type and under the engine's own id", async () => {
      const { engine, name, build } = trial();
      const reference = await build(["FROM tools", "ENV PUSHED=1"]);
      const manifest = await upload(engine, reference, registry, "contract/pushed");
      const id = (await engine.inspect([reference])).get(reference)?.id;
      assert.equal(manifest.mediaType, imageType);
      assert.equal(id, name === "docker" && trial().storesManifests() ? manifest.digest : manifest.config?.digest);
    });

    it("gives an image back", async () => {
      const { engine, build } = trial();
      const reference = await build(["FROM tools", "ENV PULLED=1"]);
      const target = `${registry?.host}/contract/pulled:1`;
      const id = (await engine.inspect([reference])).get(reference)?.id;
      await upload(engine, reference, registry, "contract/pulled");
      await engine.untag([reference]);
      await engine.pull(target);
      assert.equal((await engine.inspect([target])).get(target)?.id, id);
      await engine.untag([target]);
    });

    it("gives what a build is FROM", async () => {
      const { engine, build } = trial();
      const target = `${registry?.host}/contract/from:1`;
      const reference = await build(["FROM tools", "RUN echo pushed >/text"]);
      await upload(engine, reference, registry, "contract/from");
      const image = await build([`FROM ${target}`, "ENV FROM=1"], { contexts: {} });
      assert.equal((await engine.run({ image, command: ["cat", "/text"] })).stdout.trim(), "pushed");
      if ((await engine.inspect([target])).has(target)) await engine.untag([target]);
    });

    it("that has not what is pulled, or does not answer, is named in a failure within seconds", async () => {
      const { engine, name } = trial();
      // Nothing listens on the port for discarding.
      for (const reference of [`${registry?.host}/contract/none:1`, "127.0.0.1:9/contract/none:1"]) {
        const start = performance.now();
        const message = (await failing(engine.pull(reference))).message;
        assert.ok(message.startsWith(`${name} cannot pull ${reference}: `), message);
        assert.ok(performance.now() - start < 20_000);
      }
    });
  });

  it("knows an image by its id", async () => {
    const { engine, tools } = trial();
    const id = (await engine.inspect([tools])).get(tools)?.id ?? "";
    assert.equal(parseDigest(id), id);
    assert.equal((await engine.inspect([id])).get(id)?.id, id);
  });
}

/** Publishes a local image as Ingot does, under the tag 1. */
async function upload(
  engine: Engine,
  reference: string,
  registry: RegistryServer | undefined,
  repository: string,
): Promise<Manifest> {
  const client = createRegistry({ host: registry?.host ?? "", credentials: async () => undefined });
  const id = (await engine.inspect([reference])).get(reference)?.id as Digest;
  const image = { subject: "contract" as PairId, reference, parts: [{ platform: hostPlatform, engine, id }] };
  const how = { tag: tag("1"), lenders: [], dryRun: false, say: () => {} };
  const { top } = await provideContent(image, { registry: client, repository: repository as RepositoryName, ...how });
  await client.putManifest(repository, tag("1"), top);
  return top;
}
