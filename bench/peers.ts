import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openCatalog } from "../src/commands/catalog.js";
import type { ImageContent } from "../src/model/content.js";
import { Failure } from "../src/model/failure.js";
import { type Image, imagesOf } from "../src/model/image.js";
import { debianSources, readHostMirror } from "../src/ports/debian-host.js";
import type { BuildSecret, Engine } from "../src/ports/engine.js";
import { createEngine } from "../src/ports/engines.js";
import { withTemporaryFolder, writeText } from "../src/ports/files.js";
import { createContentReader } from "../src/ports/image-content.js";
import { openMirror } from "../src/ports/mirror.js";
import { localReference } from "../src/stages/build.js";
import { bootstrapReference } from "../src/stages/distribution.js";

/** Names of what a bench builds; all are removed at its end. */
const prefix = "localhost/ingot-bench/";

/** What the slim variants of Debian's official image have dpkg leave out, and keep of that. */
const slimConfiguration = `path-exclude /usr/share/doc/*
path-exclude /usr/share/groff/*
path-exclude /usr/share/info/*
path-exclude /usr/share/linda/*
path-exclude /usr/share/lintian/overrides/*
path-exclude /usr/share/locale/*
path-exclude /usr/share/man/*
path-include /usr/share/doc/*/copyright
path-include /usr/share/locale/locale.alias
`;

/** What a bench needs: the engine, and the distribution whose packages all images of a comparison are made of. */
export interface Bench {
  readonly engine: Engine;
  readonly read: (reference: string) => Promise<ImageContent>;
  /** The catalog's images on the distribution that are built. */
  readonly ours: readonly Image[];
  readonly unbuilt: readonly Image[];
  /** Builds a Dockerfile in which `slim` is the distribution's slim image; the image's reference. */
  readonly build: (name: string, dockerfile: readonly string[], contexts?: Record<string, string>) => Promise<string>;
}

/** Runs a bench's main; what the world does wrong is one line, after the last lines that a build said. */
export async function runBench(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error([...error.log.slice(-20), `bench: ${error.message}`].join("\n"));
    process.exitCode = 1;
  }
}

/** Runs a bench on the packages of one distribution of the reference catalog, and removes what it built. */
export async function withBench(name: string, bench: (bench: Bench) => Promise<void>): Promise<void> {
  const { images, distribution, candidates } = readCatalog(name);
  const engine = createEngine("docker");
  await engine.check();
  const present = await engine.inspect([...candidates, ...images.map(localReference)]);
  const slim =
    candidates.find((each) => present.has(each)) ?? fail(`neither ${candidates.join(" nor ")} is here: run make`);
  const built: string[] = [];
  await withTemporaryFolder(async (folder) => {
    const site: Site = { engine, slim, folder, secrets: await writeMirror(folder, distribution.branch), built };
    try {
      await bench({
        engine,
        read: createContentReader(engine),
        ours: images.filter((image) => present.has(localReference(image))),
        unbuilt: images.filter((image) => !present.has(localReference(image))),
        build: (...request) => build(site, ...request),
      });
    } finally {
      await engine.untag(built);
    }
  });
}

/** The images on a distribution, and under what names its own image may be here. */
function readCatalog(name: string) {
  const opened = openCatalog(fileURLToPath(new URL("../../", import.meta.url)));
  if (!opened.ok) return fail(opened.diagnostics[0]?.message ?? "the catalog cannot be read");
  const { plan } = opened.value;
  const images = imagesOf(plan).filter(({ distribution }) => distribution.name === name);
  const distribution = images[0]?.distribution ?? fail(`the catalog has nothing on ${name}`);
  return { images, distribution, candidates: [distribution.image, bootstrapReference(plan.namespace, distribution)] };
}

/** Where packages come from, for apt in a build; nothing where this host does not know, and the image must. */
async function writeMirror(folder: string, branch: string): Promise<readonly BuildSecret[]> {
  const mirror = await readHostMirror();
  if (mirror === undefined) return [];
  const file = join(folder, "mirror");
  const has = async (url: string): Promise<boolean> => (await openMirror(url).get("")) !== undefined;
  writeText(file, { text: await debianSources(branch, mirror, has) });
  return [{ id: "mirror", file }];
}

function fail(message: string): never {
  throw new Failure(message);
}

/** Where a bench builds. */
interface Site {
  readonly engine: Engine;
  readonly slim: string;
  readonly folder: string;
  readonly secrets: readonly BuildSecret[];
  /** References of what was built. */
  readonly built: string[];
}

async function build(
  { engine, slim, folder, secrets, built }: Site,
  name: string,
  dockerfile: readonly string[],
  contexts: Readonly<Record<string, string>> = {},
): Promise<string> {
  const reference = `${prefix}${name}`;
  console.error(`building ${reference}`);
  const context = join(folder, name.replace(":", "-"));
  mkdirSync(context);
  writeText(join(context, "Dockerfile"), { text: `${dockerfile.join("\n")}\n` });
  writeText(join(context, "slim"), { text: slimConfiguration });
  const request = { folder: context, buildArguments: {}, labels: {}, secrets, cache: true };
  await engine.build({ ...request, tags: [reference], contexts: { slim, ...contexts } });
  built.push(reference);
  return reference;
}

/** Commands of a RUN after which `apt-get "$@"` reads the packages from where the bench says. */
const prepareApt = [
  "set -e -- -qq -o APT::Sandbox::User=root",
  '[ ! -f /run/secrets/mirror ] || set -- "$@" -o Dir::Etc::sourcelist=/run/secrets/mirror -o Dir::Etc::sourceparts=-',
  'apt-get "$@" update',
];

const runWithApt = (commands: readonly string[]): string =>
  `RUN --mount=type=secret,id=mirror ${[...prepareApt, ...commands].join("; ")}`;

/** What a careful author writes without Ingot: the slim image, the same packages, and no caches and lists. */
export function naiveDockerfile(packages: readonly string[]): readonly string[] {
  const install = `DEBIAN_FRONTEND=noninteractive apt-get "$@" install --yes --no-install-recommends ${packages.map((each) => `'${each}'`).join(" ")}`;
  return [
    "FROM slim",
    "COPY slim /etc/dpkg/dpkg.cfg.d/docker",
    runWithApt([
      // Where alternatives have a manual page, update-alternatives fails without the folder.
      "mkdir -p /usr/share/man/man1",
      `${install} > /dev/null`,
      "apt-get clean",
      "rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/cache/ldconfig/* /var/lib/dpkg/*-old /var/log/*",
    ]),
  ];
}

/** Whole packages, unpacked and not installed, as distroless makes its images. */
export function unpackedDockerfile(packages: readonly string[]): readonly string[] {
  return [
    "FROM slim AS packages",
    "WORKDIR /packages",
    runWithApt([
      `apt-get "$@" download ${packages.join(" ")}`,
      'for each in *.deb; do dpkg-deb -x "$each" /rootfs; done',
    ]),
    "FROM scratch",
    "COPY --from=packages /rootfs/ /",
  ];
}

/** The packages that someone would install to have what an image has; the slim image has a shell of its own. */
export function packagesOf(image: Image, ours: readonly Image[]): readonly string[] {
  const { parent } = image;
  const below = parent.kind === "image" ? ours.find(({ id }) => id === parent.id) : undefined;
  const inherited = below === undefined ? [] : packagesOf(below, ours);
  return [...new Set([...inherited, ...image.packages])].filter((name) => !name.startsWith("busybox"));
}
