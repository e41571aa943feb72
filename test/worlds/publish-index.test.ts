import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Image } from "../../src/model/image.js";
import { hostPlatform } from "../../src/ports/host.js";
import { podmanEnvironment } from "../../src/ports/podman.js";
import { buildCatalog, contentFor, removeCatalog } from "../support/engine-catalog.js";
import { bothPlatforms, first } from "../support/publish-trial.js";
import { pairsOf, publishCatalog } from "../support/publish-world.js";
import { type RegistryServer, requireProgram, requireRegistry, startRegistry } from "../support/registry-server.js";
import { requireEngine } from "../support/require-engine.js";

const bytes = 1000;
/** What a registry, or a client that reads it, says of an index. */
interface Index {
  readonly manifests: readonly { readonly digest: string; readonly platform: { readonly architecture: string } }[];
}

const tags = ["tool:1.0.1", "tool:1-dev"];
const indexType = "application/vnd.oci.image.index.v1+json";

describe("an index of images of two platforms, built by the engine", () => {
  const local = `ingot-index-${randomBytes(4).toString("hex")}`;
  const pairs = pairsOf({ build: first, local });
  let registry: RegistryServer;
  let root: string;

  before(async function () {
    await requireEngine(this);
    await requireEngine(this, "podman");
    requireRegistry(this);
    requireProgram(this, "skopeo");
    root = mkdtempSync(join(tmpdir(), "ingot-index-"));
    registry = await startRegistry();
    await buildCatalog(pairs, bothPlatforms, bytes);
    await publishCatalog({ build: first, host: registry.host, path: "acme", root, platforms: bothPlatforms, local });
    // What is pulled then comes from the registry.
    await removeCatalog(pairs, bothPlatforms);
  });
  after(async () => {
    if (root === undefined) return;
    await removeCatalog(pairs, bothPlatforms);
    await registry?.stop();
    rmSync(root, { recursive: true, force: true });
  });

  const at = (name: string): string => `${registry.host}/acme/${name}`;
  const repositoryOf = (name: string): string => at(name.split(":")[0] as string);
  const run = (program: string, ...args: readonly string[]): string =>
    execFileSync(program, args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...podmanEnvironment() },
    }).trim();

  /** What the registry has under a tag: the index's own digest, and each platform's. */
  async function published(name: string): Promise<ReadonlyMap<string, string>> {
    const [repository, tag] = name.split(":");
    const answer = await fetch(`http://${registry.host}/v2/acme/${repository}/manifests/${tag}`, {
      headers: { accept: indexType },
    });
    const { manifests } = (await answer.json()) as Index;
    const parts = manifests.map(({ platform, digest }) => [`linux/${platform.architecture}`, digest] as const);
    assert.deepEqual(parts.map(([platform]) => platform).sort(), bothPlatforms);
    return new Map([...parts, ["index", answer.headers.get("docker-content-digest") ?? ""]]);
  }

  for (const name of tags) {
    it(`is read by skopeo as it was published, whole and for each platform: ${name}`, async () => {
      const digests = await published(name);
      const inspect = (...args: readonly string[]) =>
        run("skopeo", ...args, "--tls-verify=false", `docker://${at(name)}`);
      const raw = JSON.parse(inspect("inspect", "--raw")) as Index & { readonly mediaType: string };
      assert.equal(raw.mediaType, indexType);
      assert.deepEqual(
        raw.manifests.map(({ digest }) => digest),
        bothPlatforms.map((platform) => digests.get(platform)),
      );
      assert.equal(JSON.parse(inspect("inspect")).Digest, digests.get("index"));
      for (const platform of bothPlatforms) {
        const architecture = platform.slice("linux/".length);
        const read = JSON.parse(inspect("--override-arch", architecture, "inspect"));
        assert.equal(read.Architecture, architecture);
        assert.equal(read.Labels["org.opencontainers.image.version"], first.version);
        const config = JSON.parse(inspect("--override-arch", architecture, "inspect", "--config"));
        assert.equal(config.architecture, architecture);
      }
    });

    for (const platform of bothPlatforms) {
      const architecture = platform.slice("linux/".length);
      const words = platform === hostPlatform ? "without being asked for it" : "where it is asked for it";
      it(`is pulled by podman for ${platform}, ${words}: ${name}`, async () => {
        const digests = await published(name);
        const option = platform === hostPlatform ? [] : ["--arch", architecture];
        const id = run("podman", "pull", "--quiet", "--tls-verify=false", ...option, at(name));
        try {
          const [image] = JSON.parse(run("podman", "image", "inspect", id));
          assert.equal(image.Architecture, architecture);
          const named = [digests.get("index"), digests.get(platform)].map((each) => `${repositoryOf(name)}@${each}`);
          assert.deepEqual(image.RepoDigests.sort(), named.sort());
        } finally {
          run("podman", "rmi", "--force", id);
        }
      });

      it(`is pulled by docker for ${platform}, ${words}: ${name}`, async () => {
        const digests = await published(name);
        const option = platform === hostPlatform ? [] : ["--platform", platform];
        run("docker", "pull", "--quiet", ...option, at(name));
        try {
          const [image] = JSON.parse(run("docker", "image", "inspect", at(name)));
          assert.deepEqual(image.RepoDigests, [`${repositoryOf(name)}@${digests.get("index")}`]);
          assert.deepEqual(fileIn(at(name), option), contentFor(imageOf(name), platform, bytes));
        } finally {
          run("docker", "rmi", at(name));
        }
      });
    }
  }

  /** The file of an image that Docker has; nothing is run. */
  function fileIn(reference: string, option: readonly string[]): Buffer {
    const container = run("docker", "create", ...option, reference, "nothing");
    try {
      run("docker", "cp", `${container}:/tool`, join(root, "tool"));
      return readFileSync(join(root, "tool"));
    } finally {
      run("docker", "rm", container);
    }
  }

  const imageOf = (name: string): Image =>
    pairs
      .flatMap((pair) => pair.images)
      .find(({ language, tags }) => tags.some((tag) => `${language}:${tag}` === name)) as Image;
});
