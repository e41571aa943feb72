import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { RepositoryName } from "../../src/model/reference.js";
import { type SignedImage, signImage, verifySignature } from "../../src/ports/cosign.js";
import { blobOf, createRegistry } from "../../src/ports/registry.js";
import { cosign, type KeyPair, makeKeys, pathOfCosign, requireCosign } from "../support/cosign.js";
import { withEnvironment } from "../support/environment.js";
import { failureOf } from "../support/failures.js";
import { useTemporaryFolder, writeFiles } from "../support/folders.js";
import { ada, password as adasPassword, basic, basicGate } from "../support/login-servers.js";
import { startMemoryRegistry } from "../support/memory-registry.js";
import { indexOf, pushImage, putManifest, tag, tinyImage } from "../support/push.js";
import { type RegistryServer, requireRegistry, startRegistry } from "../support/registry-server.js";

const password = "s3cr3t-not-to-be-seen";
const repository = "acme/signed" as RepositoryName;

/** With COSIGN_PASSWORD, or without, while something is done. */
async function withPassword<T>(value: string | undefined, work: () => Promise<T>): Promise<T> {
  return withEnvironment({ COSIGN_PASSWORD: value }, work);
}

describe("signing with cosign and a local key, in Debian's docker-registry", () => {
  const folder = useTemporaryFolder();
  let registry: RegistryServer;
  let keys: KeyPair;
  let others: KeyPair;
  let keyFolder = "";

  before(async function () {
    requireRegistry(this);
    requireCosign(this);
    registry = await startRegistry();
    keyFolder = mkdtempSync(join(tmpdir(), "ingot-keys-"));
    writeFiles(keyFolder, { "own/.keep": "", "others/.keep": "" });
    keys = await makeKeys(join(keyFolder, "own"), password);
    others = await makeKeys(join(keyFolder, "others"), "");
  });
  after(async () => {
    await registry?.stop();
    if (keyFolder !== "") rmSync(keyFolder, { recursive: true });
  });

  let count = 0;
  /** An image that nobody has signed. */
  async function pushed(name = "24"): Promise<SignedImage> {
    count += 1;
    const image = tinyImage(`image ${count}`);
    await pushImage(registry.host, repository, name, image);
    return { host: registry.host, repository, digest: image.digest };
  }

  const sign = (image: SignedImage, key = keys.privateKey) => withPassword(password, () => signImage(image, { key }));
  const verify = (image: SignedImage, key = keys.publicKey) => verifySignature(image, { key });

  it("is accepted by `cosign verify` itself, which needs no password for it", async () => {
    const image = await pushed();
    await sign(image);
    const reference = `${image.host}/${image.repository}@${image.digest}`;
    const run = await cosign(["verify", "--key", keys.publicKey, "--insecure-ignore-tlog=true", reference], {
      cwd: folder(),
    });
    assert.equal(run.status, 0, run.stderr);
    const [claim] = JSON.parse(run.stdout) as { critical: { image: Record<string, string> } }[];
    assert.equal(claim?.critical.image["docker-manifest-digest"], image.digest);
    assert.equal(await verify(image), "signed");
  });

  it("is refused with another key", async () => {
    const image = await pushed();
    await sign(image);
    assert.equal(await verify(image, others.publicKey), "signed-by-others");
    await withPassword("", () => signImage(image, { key: others.privateKey }));
    assert.equal(await verify(image, others.publicKey), "signed");
    assert.equal(await verify(image), "signed", "a second signature takes the first one's place");
  });

  it("is not there for an image that nobody signed", async () => {
    await sign(await pushed());
    assert.equal(await verify(await pushed()), "unsigned");
  });

  it("does not go with a tag that somebody moves to another image", async () => {
    await sign(await pushed("25"));
    const moved = await pushed("25");
    const run = await cosign(
      ["verify", "--key", keys.publicKey, "--insecure-ignore-tlog=true", `${registry.host}/${repository}:25`],
      { cwd: folder() },
    );
    assert.notEqual(run.status, 0);
    assert.equal(await verify(moved), "unsigned");
  });

  it("is refused where somebody put the signature of another image in its place", async () => {
    const [signed, other] = [await pushed(), await pushed()];
    await sign(signed);
    const from = `http://${registry.host}/v2/${repository}/manifests/${signed.digest.replace(":", "-")}.sig`;
    const type = "application/vnd.oci.image.manifest.v1+json";
    const bytes = Buffer.from(await (await fetch(from, { headers: { accept: type } })).arrayBuffer());
    const name = `${other.digest.replace(":", "-")}.sig`;
    const { status } = await putManifest(registry.host, repository, name, {
      mediaType: type,
      digest: other.digest,
      bytes,
    });
    assert.equal(status, 201);
    assert.equal(await verify(other), "signed-by-others");
  });

  it("covers an index and each image in it", async () => {
    const images = [tinyImage("amd64"), tinyImage("arm64")];
    for (const image of images) await pushImage(registry.host, repository, image.digest, image);
    const index = indexOf(...images);
    await putManifest(registry.host, repository, tag("26"), index);
    const all = [index, ...images].map(({ digest }): SignedImage => ({ host: registry.host, repository, digest }));
    await sign(all[0] as SignedImage);
    for (const image of all) assert.equal(await verify(image), "signed");
  });

  it("is made once: a second time changes nothing in the registry", async () => {
    const image = await pushed();
    await sign(image);
    const url = `http://${registry.host}/v2/${repository}/manifests/${image.digest.replace(":", "-")}.sig`;
    const headers = { accept: "application/vnd.oci.image.manifest.v1+json" };
    const read = async () => (await fetch(url, { method: "HEAD", headers })).headers.get("docker-content-digest");
    const before = await read();
    await sign(image);
    assert.ok(before !== null);
    assert.equal(await read(), before);
  });

  it("takes the login that `docker login` stored, and without it is a failure that holds no secret", async () => {
    const closed = await startMemoryRegistry({ gate: basicGate });
    try {
      const made = tinyImage("behind a login");
      const client = createRegistry({ host: closed.host, credentials: async () => ada });
      for (const { bytes } of [made.config, made.layer]) await client.putBlob(repository, blobOf(bytes));
      await client.putManifest(repository, made.digest, made);
      const image = { host: closed.host, repository, digest: made.digest };
      const auths = { [closed.host]: { auth: basic.slice("Basic ".length) } };
      writeFiles(folder(), { "with/config.json": JSON.stringify({ auths }), "without/config.json": "{}" });
      await withEnvironment({ DOCKER_CONFIG: join(folder(), "with") }, async () => {
        await sign(image);
        assert.equal(await verify(image), "signed");
      });
      const message = await withEnvironment({ DOCKER_CONFIG: join(folder(), "without") }, () => failureOf(sign(image)));
      assert.match(message, /^cannot sign \S+: .*UNAUTHORIZED/);
      for (const secret of [password, adasPassword, basic.slice("Basic ".length)]) assert.ok(!message.includes(secret));
    } finally {
      await closed.stop();
    }
  });

  it("goes by plain HTTP where that is asked for", async () => {
    const image = await pushed();
    await withEnvironment({ COSIGN_PASSWORD: password }, () =>
      signImage(image, { key: keys.privateKey, plainHttp: true }),
    );
    assert.equal(await verifySignature(image, { key: keys.publicKey, plainHttp: true }), "signed");
  });

  it("takes a private key without a password", async () => {
    const image = await pushed();
    await withPassword("", () => signImage(image, { key: others.privateKey }));
    assert.equal(await verify(image, others.publicKey), "signed");
  });

  it("gives the password to cosign in the environment, and never as an argument", async () => {
    const image = await pushed();
    const bin = join(folder(), "bin");
    writeFiles(bin, {
      cosign: `#!/bin/sh\nprintf '%s\\n' "$@" >>"${folder()}/arguments"\nexec "${pathOfCosign()}" "$@"\n`,
    });
    chmodSync(join(bin, "cosign"), 0o755);
    await withEnvironment({ PATH: `${bin}${delimiter}${process.env["PATH"]}` }, async () => {
      await sign(image);
      assert.equal(await verify(image), "signed");
    });
    const said = readFileSync(join(folder(), "arguments"), "utf8");
    assert.match(said, /^sign\n[\s\S]*^verify\n/m);
    assert.ok(!said.includes(password));
    assert.deepEqual(readdirSync(folder()).sort(), ["arguments", "bin"], "nothing is written beside");
  });

  it("with a wrong password says so, and not which one it was", async () => {
    const image = await pushed();
    const wrong = "wr0ng-not-to-be-seen";
    const message = await withPassword(wrong, () => failureOf(signImage(image, { key: keys.privateKey })));
    assert.match(
      message,
      /^cannot sign 127\.0\.0\.1:\d+\/acme\/signed@sha256:[0-9a-f]{64}: COSIGN_PASSWORD is not the password of the key \S+cosign\.key$/,
    );
    assert.ok(!message.includes(wrong));
    assert.equal(await verify(image), "unsigned");
  });

  it("without the password that the key needs says where to put it", async () => {
    const image = await pushed();
    const message = await withPassword(undefined, () => failureOf(signImage(image, { key: keys.privateKey })));
    assert.match(message, /: the key \S+cosign\.key has a password: put it into the environment, as COSIGN_PASSWORD$/);
  });

  it("without a key, with what is none, or with a registry that does not answer, is a failure of one line", async () => {
    const image = await pushed();
    assert.match(
      await failureOf(sign(image, "absent.key")),
      /^cannot sign \S+: .*absent\.key: no such file or directory$/,
    );
    assert.match(
      await failureOf(verify(image, "absent.pub")),
      /^cannot verify the signature of \S+: .*absent\.pub: no such file or directory$/,
    );
    assert.match(await failureOf(verify(image, keys.privateKey)), /^cannot verify the signature of \S+: .*PRIVATE KEY/);
    const away = { ...image, host: "127.0.0.1:9" };
    assert.match(
      await failureOf(verify(away)),
      /^cannot verify the signature of 127\.0\.0\.1:9\/\S+: .*connection refused$/,
    );
    assert.match(await failureOf(sign(away)), /^cannot sign 127\.0\.0\.1:9\/\S+: .*connection refused$/);
  });

  it("says nothing of the password where cosign repeats it", async () => {
    const image = await pushed();
    const bin = join(folder(), "bin");
    writeFiles(bin, {
      cosign:
        "#!/bin/sh\nprintf 'error during command execution: no %s at http://ada:pw@h/\\n' \"$COSIGN_PASSWORD\" >&2\nexit 1\n",
    });
    chmodSync(join(bin, "cosign"), 0o755);
    const message = await withEnvironment({ PATH: `${bin}${delimiter}${process.env["PATH"]}` }, () =>
      failureOf(sign(image)),
    );
    assert.match(message, /: no \*\*\* at http:\/\/h\/$/);
  });

  it("without cosign is a failure that says where to get it", async () => {
    const image = await pushed();
    const missing = { PATH: join(folder(), "nothing") };
    for (const work of [() => sign(image), () => verify(image)])
      assert.match(
        await withEnvironment(missing, () => failureOf(work())),
        /^cosign is not installed, and makes and checks signatures: install .*, or see https:\/\/docs\.sigstore\.dev\//,
      );
  });
});
