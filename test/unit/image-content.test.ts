import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { createWriteStream, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { gzipSync } from "node:zlib";
import type { Digest } from "../../src/model/reference.js";
import { createContentMemory, createContentReader, forgetImage } from "../../src/ports/image-content.js";
import { readTar } from "../../src/ports/tar.js";
import { failureOf } from "../support/failures.js";
import { useTemporaryFolder } from "../support/folders.js";
import { type Layout, tarOf, writeLayout } from "../support/image-layout.js";

const oci = "application/vnd.oci.image.layer.v1.tar";
const docker = "application/vnd.docker.image.rootfs.diff.tar";
const name = "docker.io/acme/image:1";

/** An engine of one image, that may spoil what it saves. */
const readerOf = (layout: Layout, spoil: (file: string) => void = () => {}) =>
  createContentReader({
    save: async (_, file) => {
      await writeLayout(file, layout);
      spoil(file);
    },
  });

const layersOf = (bytes: Buffer, mediaType: string): Layout => ({ layers: [{ bytes, mediaType }] });

describe("the content of a saved image", () => {
  const folder = useTemporaryFolder();

  it("is read of layers of each media type that there is", async () => {
    const tar = await tarOf({ "etc/motd": "hello\n", "etc/group": "root:x:0:\n" });
    for (const [mediaType, bytes] of [
      [oci, tar],
      [`${oci}+gzip`, gzipSync(tar)],
      [docker, tar],
      [`${docker}.gzip`, gzipSync(tar)],
    ] as const) {
      const { entries, texts } = await readerOf(layersOf(bytes, mediaType))(name);
      assert.deepEqual([...entries.keys()], ["/etc/motd", "/etc/group"], mediaType);
      assert.equal(texts.get("/etc/group"), "root:x:0:\n");
    }
  });

  it("has the sums and the text of files that come in no piece, one or many", async () => {
    const files = {
      "etc/empty": "",
      "etc/group": "root:x:0:\n".repeat(100_000),
      "usr/lib/large": randomBytes(3_000_000),
    };
    const { entries, texts } = await readerOf(layersOf(gzipSync(await tarOf(files)), `${oci}+gzip`))(name);
    for (const [path, content] of Object.entries(files))
      for (const algorithm of ["sha1", "sha256"] as const)
        assert.equal(entries.get(`/${path}`)?.[algorithm], createHash(algorithm).update(content).digest("hex"), path);
    assert.equal(texts.get("/etc/group"), files["etc/group"]);
  });

  it("has the digest of the manifest, also below an index of platforms", async () => {
    for (const nested of [false, true]) {
      const layout = { ...layersOf(await tarOf({}), oci), nested };
      const { manifest } = await writeLayout(join(folder(), "image.tar"), layout);
      assert.equal((await readerOf(layout)(name)).digest, manifest);
    }
  });

  it("has what its config says", async () => {
    const layout = layersOf(await tarOf({}), oci);
    const known = { os: "linux", architecture: "arm64" };
    const of = (config: object) => readerOf({ ...layout, config })(name);
    const { architecture, user, env } = await of({ ...known, config: { User: "65532:65532", Env: ["A=b"] } });
    assert.deepEqual([architecture, user, env], ["arm64", "65532:65532", ["A=b"]]);
    for (const config of [{}, { config: null }, { config: { User: "", Env: null } }]) {
      const empty = await of({ ...known, ...config });
      assert.deepEqual([empty.architecture, empty.user, empty.env], ["arm64", "", []]);
    }
    for (const config of [{ os: "linux" }, { ...known, architecture: 1 }, { ...known, config: { User: 0 } }])
      assert.equal(
        await failureOf(of(config)),
        `cannot read ${name}: its config is not as the OCI image specification wants it`,
      );
  });

  it("of a layer of another media type is a failure that names it, and its image", async () => {
    for (const mediaType of [`${oci}+zstd`, "application/x-gzip", `${oci}+gzip+encrypted`, ""]) {
      const message = await failureOf(readerOf(layersOf(await tarOf({}), mediaType))(name));
      const [start = "", end = ""] = message.split(/sha256:[0-9a-f]{64}/);
      assert.equal(start + end, `cannot read ${name}: layer : its media type is not read: ${mediaType}`.trim());
    }
  });

  it("of a layer that is not what it says is a failure", async () => {
    const tar = await tarOf({ small: "1", large: randomBytes(300_000) });
    const packed = gzipSync(tar);
    const broken = Buffer.concat([packed.subarray(0, 100_000), Buffer.alloc(100), packed.subarray(100_100)]);
    for (const [bytes, mediaType, reason] of [
      [tar, `${oci}+gzip`, /incorrect header check/],
      [packed, oci, /Invalid tar header/],
      [Buffer.from("no tar"), oci, /Unexpected end of data/],
      [tar.subarray(0, 100_000), oci, /Unexpected end of data/],
      [packed.subarray(0, 100_000), `${oci}+gzip`, /unexpected end of file/],
      [broken, `${oci}+gzip`, /incorrect data check|invalid/],
    ] as const) {
      const message = await failureOf(readerOf(layersOf(bytes, mediaType))(name));
      assert.match(message, /^cannot read docker\.io\/acme\/image:1: layer sha256:[0-9a-f]{64}: /);
      assert.match(message, reason);
    }
  });

  it("of what the engine did not write whole, or at all, is a failure", async () => {
    const layout = layersOf(await tarOf({ large: randomBytes(300_000) }), oci);
    for (const [spoil, reason] of [
      [(file: string) => truncateSync(file, 200_000), "Unexpected end of data"],
      [(file: string) => truncateSync(file, 0), "the engine saved it in a form that is not an OCI image layout"],
      [(file: string) => writeFileSync(file, "x".repeat(2000)), /^Invalid tar header/],
    ] as const) {
      const message = await failureOf(readerOf(layout, spoil)(name));
      assert.match(message, /^cannot read docker\.io\/acme\/image:1: /);
      assert.match(message.replace(/^.*:1: /, ""), typeof reason === "string" ? new RegExp(`^${reason}$`) : reason);
    }
    const nothing = createContentReader({ save: async () => {} });
    assert.equal(await failureOf(nothing(name)), `cannot read ${name}: no such file or directory`);
  });

  it("of an index that is no JSON is a failure", async () => {
    const tar = await tarOf({ "index.json": "{\n" });
    const reader = createContentReader({ save: async (_, file) => writeFileSync(file, tar) });
    assert.match(await failureOf(reader(name)), /^cannot read docker\.io\/acme\/image:1: .*JSON/);
  });
});

describe("an image of which is known what the engine tells it by", () => {
  const id = `sha256:${"1".repeat(64)}` as Digest;

  it("is saved once, and again where that failed", async () => {
    const layout = layersOf(await tarOf({ "etc/motd": "hello\n" }), oci);
    let saves = 0;
    const read = createContentReader({
      save: async (_, file) => {
        saves += 1;
        if (saves > 1) await writeLayout(file, layout);
      },
    });
    await failureOf(read(name, id));
    const first = await read(name, id);
    assert.deepEqual(await read("docker.io/acme/image:other", id), first);
    assert.equal(saves, 2);
    await read(name);
    assert.equal(saves, 3);
  });
});

describe("an image that nobody asks for any more", () => {
  it("is forgotten with its layers, but for those that another one has", async () => {
    const layers = await Promise.all(["shared", "own", "other"].map((file) => tarOf({ [file]: file })));
    const layout = (...bytes: readonly (Buffer | undefined)[]): Layout => ({
      layers: bytes.map((each) => ({ bytes: each as Buffer, mediaType: oci })),
    });
    const [own, other] = [layout(layers[0], layers[1]), layout(layers[0], layers[2])];
    const [id, otherId] = ["1", "2"].map((digit) => `sha256:${digit.repeat(64)}` as Digest) as [Digest, Digest];
    const memory = createContentMemory();
    const save = async (reference: string, file: string) =>
      void (await writeLayout(file, reference === name ? own : other));
    const read = createContentReader({ save }, memory);
    const first = await read(name, id);
    await read("docker.io/acme/other:1", otherId);
    assert.equal(memory.layers.size, 3);
    forgetImage(memory, id);
    const digests = (await read("docker.io/acme/other:1", otherId)).layers.map(({ digest }) => digest);
    assert.deepEqual([...memory.layers.keys()].sort(), [...digests].sort());
    assert.deepEqual([memory.images.size, memory.layersOf.size], [1, 1]);
    assert.deepEqual(await read(name, id), first);
  });
});

describe("a layer that images share", () => {
  it("is read again after it could not be read", async () => {
    const bytes = await tarOf({ file: "shared" });
    let mediaType = `${oci}+zstd`;
    const read = createContentReader({
      save: async (_, file) => void (await writeLayout(file, { layers: [{ bytes, mediaType }] })),
    });
    await failureOf(read(name));
    mediaType = oci;
    assert.deepEqual([...(await read(name)).entries.keys()], ["/file"]);
  });
});

describe("a tar", () => {
  const folder = useTemporaryFolder();

  it("is read no further when its reader fails, in an entry or before it", async () => {
    const file = join(folder(), "some.tar");
    writeFileSync(file, await tarOf({ large: randomBytes(3_000_000), other: "1" }));
    const used: string[] = [];
    const isUseless = async (use: Parameters<typeof readTar>[1], error: object) =>
      assert.rejects(
        readTar(file, (entry) => {
          used.push(entry.header.name);
          return use(entry);
        }),
        error,
      );
    await isUseless(() => Promise.reject(new Error("no more")), { message: "no more" });
    await isUseless((entry) => pipeline(entry, createWriteStream(join(folder(), "no", "such"))), { code: "ENOENT" });
    assert.deepEqual(used, ["large", "large"]);
  });
});
