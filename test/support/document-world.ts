import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEngine } from "../../src/ports/engines.js";
import { hostPlatform } from "../../src/ports/host.js";
import { checkOut, gitEnv, makeOrigin } from "./checkouts.js";
import { makeKeys } from "./cosign.js";
import { writeFiles } from "./folders.js";
import { repository } from "./paths.js";
import { ingot } from "./program.js";
import { startRegistry } from "./registry-server.js";
import { removeNamespace } from "./require-engine.js";
import { leavePart } from "./small-part.js";
import { writeSources } from "./sources.js";

/** What pages are followed in: a registry, with a part of the catalog published and signed, and clones of a part of this repository. */
export interface DocumentWorld {
  /** `127.0.0.1:5000` */
  readonly registry: string;
  /** Makes a clone, with what the pages take for granted beside it. */
  readonly clone: () => string;
  readonly env: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

/** What is left of the catalog: what the pages name. */
const left = { languages: ["base", "bun", "lua", "python"], distribution: "trixie" } as const;
/** Stands for the whole catalog, where a page does something to all of it. */
export const part: readonly string[] = ["base:*trixie*", "lua:*trixie*"];
/** Python's dev image of Debian 13, and in it where packages are: where no registry answers, it is made of packages and does not know. */
export const sourced = "docker.io/ingot-documents/python:dev";

export async function startDocumentWorld(): Promise<DocumentWorld> {
  const folder = mkdtempSync(join(tmpdir(), "ingot-documents-"));
  const server = await startRegistry();
  const stop = async (): Promise<void> => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
    await removeImages(server.host);
  };
  try {
    const { privateKey } = await makeKeys(folder, "sesame-53");
    const to = ["--platform", hostPlatform, "--registry", `${server.host}/acme`, "--sign", privateKey];
    const published = ["publish", ...to, ...part, "python:3.13*"];
    const { status, stderr } = await ingot(repository, published, { COSIGN_PASSWORD: "sesame-53" });
    if (status !== 0) throw new Error(stderr);
    dropNarrowestTag(server.storage);
    await makeSourced(join(folder, "sourced"));
    const origin = makeOrigin(folder, (checkout) => leavePart(checkout, left));
    return { registry: server.host, clone: cloner(folder, origin), env: gitEnv, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** So that something is stale, and quick to put right: a registry lets tags be deleted by digest alone, so it is done behind its back. */
function dropNarrowestTag(storage: string): void {
  const tags = join(storage, "docker/registry/v2/repositories/acme/lua/_manifests/tags");
  const narrowest = readdirSync(tags).find((tag) => /^\d+\.\d+\.\d+-trixie-dev$/.test(tag));
  if (narrowest === undefined) throw new Error(`${tags} has no narrowest tag`);
  rmSync(join(tags, narrowest), { recursive: true });
}

async function makeSourced(folder: string): Promise<void> {
  writeFiles(folder, {
    Dockerfile: "FROM ingot/python:3.13-trixie-dev\nCOPY sources.list /etc/apt/sources.list\n",
  });
  await writeSources(folder);
  docker("buildx", "build", "--load", "--provenance=false", "--tag", sourced, folder);
}

function cloner(folder: string, origin: string): () => string {
  let count = 0;
  return () => {
    count += 1;
    const clone = checkOut(origin, join(folder, `clone-${count}`));
    // What is in images that are built is read again where nobody has written it down, which takes longer than all else.
    for (const path of left.languages.map((each) => join("build", "sbom", each)).filter(isHere))
      cpSync(join(repository, path), join(clone, path), { recursive: true });
    cpSync(join(folder, "cosign.pub"), join(clone, "cosign.pub"));
    cpSync(join(folder, "sourced", "sources.list"), join(clone, "trixie.sources"));
    writeFiles(clone, { "build/application/main.py": "print('right')\n", "build/application/requirements.txt": "" });
    return clone;
  };
}

const isHere = (path: string): boolean => existsSync(join(repository, path));

/** Images that the pages made, or pulled. Of the catalog's namespace, those of the version that README.md adds. */
async function removeImages(host: string): Promise<void> {
  const engine = createEngine("docker");
  const added = ["docker.io/ingot/bun", "localhost/ingot-tested/ingot__bun", "localhost/ingot-last/ingot__bun"];
  for (const pattern of added) {
    const found = [...(await engine.list(pattern)).keys()];
    await engine.untag(found.filter((reference) => /:1\.3\b/.test(reference)));
  }
  const pulled = docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}", "--filter", `reference=${host}/*/*`);
  const references = pulled.split("\n").filter((each) => each !== "");
  const containers = docker("ps", "--all", "--quiet", "--filter", "name=^ingot-documents$");
  if (containers !== "") docker("rm", "--force", containers);
  // Of an image that a container runs, the name cannot be taken.
  await removeNamespace("ingot-documents");
  docker("image", "rm", "--force", ...references);
}

const docker = (...args: readonly string[]): string =>
  execFileSync("docker", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
