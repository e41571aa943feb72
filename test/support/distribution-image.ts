import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { openCatalog } from "../../src/commands/catalog.js";
import { readHostMirror } from "../../src/ports/debian-host.js";
import { createEngine } from "../../src/ports/engines.js";
import { hostPlatform } from "../../src/ports/host.js";
import { bootstrapReference, type DistributionImage, provideDistribution } from "../../src/stages/distribution.js";
import { writeFiles } from "./folders.js";
import { repository } from "./paths.js";

const engine = createEngine("docker");

/** The image of Debian 13 that the repository's own catalog stands on here: pulled, or bootstrapped, unless the engine has it. */
export async function provideTrixie(folder: string): Promise<DistributionImage> {
  const opened = openCatalog(repository);
  if (!opened.ok) throw new Error(opened.diagnostics.map(({ message }) => message).join("\n"));
  const { loaded, lock, plan } = opened.value;
  const distribution = loaded.catalog.settings.distributions.find(({ name }) => name === "trixie");
  if (distribution === undefined) throw new Error("the catalog has no trixie");
  const digest = lock.distributions["trixie"]?.digest;
  const reference = digest === undefined ? distribution.image : `${distribution.image}@${digest}`;
  return provideDistribution(distribution, {
    ...{ engine, reference, folder, namespace: plan.namespace, platform: hostPlatform },
    say: () => {},
    present: await engine.inspect([reference, bootstrapReference(plan.namespace, distribution)]),
    lock: lock.distributions["trixie"],
    mirror: await readHostMirror(),
    mirrorNamed: false,
  });
}

/** Gives another catalog the same image, where it would have to make its own: what is built on it is then remembered, too. */
export async function shareTrixie(namespace: string, folder: string): Promise<void> {
  const { reference } = await provideTrixie(folder);
  const [, name] = /^docker\.io\/[^/]+\/(bootstrap:.+)$/.exec(reference) ?? [];
  if (name !== undefined) await engine.tag(reference, `docker.io/${namespace}/${name}`);
}

/** Puts packages of Debian 13, and all that they need beyond its image, into a folder as .deb files. */
export async function fetchPackages(names: readonly string[], folder: string): Promise<void> {
  const { reference, writeMirror } = await provideTrixie(folder);
  const sources = await writeMirror?.();
  const options =
    "--quiet --quiet --yes --no-install-recommends -o Acquire::Languages=none -o Dir::Cache::archives=/debs";
  const own = sources === undefined ? "" : " -o Dir::Etc::SourceList=/run/secrets/mirror -o Dir::Etc::SourceParts=none";
  const apt = `apt-get ${options}${own}`;
  const dockerfile = `FROM trixie AS fetch
RUN --mount=type=secret,id=mirror mkdir -p /debs/partial && ${apt} update && ${apt} --download-only install ${names.join(" ")} && \\
    cd /debs && ${apt} download ${names.join(" ")}
FROM scratch
COPY --from=fetch /debs/*.deb /
`;
  writeFiles(folder, { "context/Dockerfile": dockerfile });
  const secret = sources === undefined ? [] : ["--secret", `id=mirror,src=${sources}`];
  const context = ["--build-context", `trixie=docker-image://${reference}`, join(folder, "context")];
  const output = ["--output", `type=local,dest=${folder}`];
  execFileSync("docker", ["buildx", "build", "--progress=plain", ...secret, ...output, ...context], { stdio: "pipe" });
}

/**
 * Makes a distribution's image that trusts an archive which nobody signs, and pushes it to a registry. Another stamp is another
 * image.
 */
export async function pushDistribution(reference: string, stamp: string, folder: string): Promise<void> {
  const { reference: trixie } = await provideTrixie(folder);
  const context = join(folder, "distribution");
  const trust = 'Acquire::AllowInsecureRepositories "1";\nAPT::Get::AllowUnauthenticated "1";\n';
  const dockerfile = `FROM trixie
COPY trust /etc/apt/apt.conf.d/trust
COPY stamp /etc/stamp
`;
  writeFiles(context, { Dockerfile: dockerfile, trust, stamp });
  try {
    await engine.build({
      ...{ folder: context, tags: [reference], buildArguments: {}, labels: {}, secrets: [], cache: true },
      contexts: { trixie },
    });
    execFileSync("docker", ["push", "--quiet", reference], { stdio: "pipe" });
    await engine.untag([reference]);
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}
