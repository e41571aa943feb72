import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Failure } from "../src/model/failure.js";
import type { Image } from "../src/model/image.js";
import { readPackageDatabase } from "../src/model/package-database.js";
import { measureSize } from "../src/model/size.js";
import { formatSizes, recordOthers } from "../src/model/sizes.js";
import { writeText } from "../src/ports/files.js";
import { output } from "../src/ports/process.js";
import { formatTable } from "../src/reporters/table.js";
import { localReference } from "../src/stages/build.js";
import { loadSizes, sizesName } from "../src/stages/pages.js";
import { type Bench, naiveDockerfile, packagesOf, runBench, unpackedDockerfile, withBench } from "./peers.js";

const staticList = ["base-files", "netbase", "tzdata", "media-types", "tzdata-legacy"];
const baseList = [...staticList, "libc6", "libssl3t64", "libzstd1", "zlib1g"];

/** The package lists that distroless' images are made of on Debian 13, by what of ours does the same. */
const distroless: Readonly<Record<string, readonly string[]>> = {
  "base static": staticList,
  "go runtime": staticList,
  "base runtime": baseList,
  "python runtime": [
    ...baseList,
    ..."libgomp1 libstdc++6 libgcc-s1 gcc-14-base libbz2-1.0 libdb5.3t64 libexpat1 liblzma5 libsqlite3-0".split(" "),
    ..."libuuid1 libncursesw6 libtinfo6 libcom-err2 libcrypt1 libc-bin libgssapi-krb5-2 libk5crypto3".split(" "),
    ..."libkeyutils1 libkrb5-3 libkrb5support0 libnsl2 libreadline8t64 libtirpc3t64 libffi8".split(" "),
    ..."libpython3.13-minimal libpython3.13-stdlib python3.13-minimal python3.13-venv".split(" "),
  ],
  "java runtime": [
    ...staticList,
    ..."libc6 zlib1g libjpeg62-turbo liblcms2-2 libfreetype6 fonts-dejavu-core fontconfig-config libexpat1".split(" "),
    ..."libfontconfig1 libuuid1 libbrotli1 libcrypt1 libstdc++6 libgcc-s1 gcc-14-base libpng16-16t64".split(" "),
    ..."libbz2-1.0 openjdk-21-jre-headless".split(" "),
  ],
};

/** Bytes: of all regular files, and of the root file system as one tar, compressed by gzip -6. */
interface Weight {
  readonly uncompressed: number;
  readonly compressed: number;
}

interface Comparison {
  readonly image: Image;
  readonly ours: Weight;
  readonly naive: Weight;
  readonly distroless?: Weight;
  /** Packages that are there in another version, because the mirror moved on since ours was built. */
  readonly moved: readonly string[];
}

async function weigh({ read }: Bench, reference: string): Promise<Weight> {
  const { uncompressed } = measureSize(await read(reference), undefined);
  const script = `container=$(docker create "$1" none) && docker export "$container" | gzip -6 | wc -c && docker rm "$container" > /dev/null`;
  return { uncompressed, compressed: Number(await output("sh", ["-c", script, "sh", reference])) };
}

async function compare(bench: Bench, image: Image): Promise<Comparison> {
  const name = `${image.language}-${image.line}-${image.variant}`;
  const naive = await bench.build(`naive:${name}`, naiveDockerfile(packagesOf(image, bench.ours)));
  const list = distroless[`${image.language} ${image.variant}`];
  const unpacked = list === undefined ? undefined : await bench.build(`distroless:${name}`, unpackedDockerfile(list));
  return {
    image,
    ours: await weigh(bench, localReference(image)),
    naive: await weigh(bench, naive),
    ...(unpacked === undefined ? {} : { distroless: await weigh(bench, unpacked) }),
    moved: await movedPackages(bench, localReference(image), naive),
  };
}

async function movedPackages({ read }: Bench, ours: string, naive: string): Promise<readonly string[]> {
  const [mine = new Map<string, string>(), theirs = new Map<string, string>()] = await Promise.all(
    [ours, naive].map(async (reference) => {
      const packages = readPackageDatabase(await read(reference))?.packages ?? [];
      return new Map(packages.map(({ name, version }) => [name, version]));
    }),
  );
  return [...mine].flatMap(([name, version]) => {
    const other = theirs.get(name);
    return other === undefined || other === version ? [] : [`${name} ${version}, and ${other} in the naive image`];
  });
}

const megabytes = (bytes: number | undefined): string => (bytes === undefined ? "–" : (bytes / 1e6).toFixed(1));
const ratio = (a: number, b: number | undefined): string => (b === undefined ? "–" : (a / b).toFixed(2));

function format(comparisons: readonly Comparison[], measure: keyof Weight): string {
  return formatTable(
    [measure.toUpperCase(), "naive", "distroless", "ingot", "÷ naive", "÷ distroless", "less than naive"],
    comparisons.map(({ image, ours, naive, distroless: other }) => [
      image.variant === "runtime" ? `${image.language} ${image.line}` : `${image.language} ${image.variant}`,
      megabytes(naive[measure]),
      megabytes(other?.[measure]),
      megabytes(ours[measure]),
      ratio(ours[measure], naive[measure]),
      ratio(ours[measure], other?.[measure]),
      megabytes(naive[measure] - ours[measure]),
    ]),
  );
}

/** Writes what the others weigh into `catalog.sizes.yaml`, for the charts of the site. */
function record(comparisons: readonly Comparison[]): void {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const sizes = loadSizes(root);
  if (!sizes.ok) throw new Failure("catalog.sizes.yaml is not as it should be: ingot generate says where");
  const fresh = comparisons.map(({ image, naive, distroless: other }) => ({
    image,
    others: {
      plain: naive.uncompressed,
      ...(other === undefined ? {} : { distroless: other.uncompressed }),
    },
  }));
  writeText(join(root, sizesName), { text: formatSizes(recordOthers(sizes.value, fresh)) });
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      json: { type: "boolean", default: false },
      record: { type: "boolean", default: false },
      distribution: { type: "string", default: "trixie" },
    },
    allowPositionals: true,
  });
  const wanted = ({ language, variant }: Image): boolean =>
    variant !== "dev" && variant !== "busybox" && (positionals.length === 0 || positionals.includes(language));
  await withBench(values.distribution, async (bench) => {
    const comparisons: Comparison[] = [];
    for (const image of bench.ours.filter(wanted)) comparisons.push(await compare(bench, image));
    if (values.record) record(comparisons);
    if (values.json) {
      console.log(
        JSON.stringify(
          comparisons.map(({ image, ...rest }) => ({ id: image.id, ...rest })),
          undefined,
          2,
        ),
      );
      return;
    }
    console.log(`MB (a million bytes) on the packages of ${values.distribution}\n`);
    console.log(`${format(comparisons, "uncompressed")}\n\n${format(comparisons, "compressed")}`);
    for (const { image, moved } of comparisons) for (const line of moved) console.log(`${image.id}: ${line}`);
    for (const { id } of bench.unbuilt.filter(wanted)) console.log(`${id} is not built, and not compared`);
  });
}

await runBench(main);
