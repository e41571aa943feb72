import { parseArgs } from "node:util";
import { type Image, narrowestReference } from "../src/model/image.js";
import { measureSize } from "../src/model/size.js";
import { output } from "../src/ports/process.js";
import { formatTable } from "../src/reporters/table.js";
import { type Bench, naiveDockerfile, packagesOf, referenceOf, runBench, withBench } from "./peers.js";

/** The least that a language's interpreter does and says. */
const commands: Readonly<Record<string, readonly string[]>> = {
  python: ["python3", "-c", "print('hello')"],
  node: ["node", "-e", "console.log('hello')"],
  java: ["java", "-version"],
};

/** What python starts for, with and without byte code on the disk. */
const scripts = ["pass", "import http.server, json, ssl, asyncio"];

/** Milliseconds: the median of each, and the least, which what else the machine does distorts less. */
interface Race {
  readonly name: string;
  readonly medians: readonly [number, number];
  readonly least: readonly [number, number];
  /** The median of the ratios of the pairs: a busy moment of the machine slows both of a pair. */
  readonly ratio: number;
}

async function start(image: string, command: readonly string[]): Promise<number> {
  const begin = performance.now();
  await output("docker", ["run", "--rm", "--network", "none", image, ...command]);
  return performance.now() - begin;
}

/** Runs a command in two images by turns, after one run of each that does not count. */
async function race(
  name: string,
  images: readonly [string, string],
  command: readonly string[],
  runs: number,
): Promise<Race> {
  const times: (readonly [number, number])[] = [];
  for (let run = 0; run <= runs; run += 1)
    times.push([await start(images[0], command), await start(images[1], command)]);
  const counted = times.slice(1);
  return {
    name,
    medians: [median(counted.map(([a]) => a)), median(counted.map(([, b]) => b))],
    least: [Math.min(...counted.map(([a]) => a)), Math.min(...counted.map(([, b]) => b))],
    ratio: median(counted.map(([a, b]) => a / b)),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}

/** Byte code for the whole standard library, beside its sources as Python looks for it. */
const byteCodeDockerfile = [
  "FROM ours",
  "USER 0",
  `RUN ["python3", "-c", "import compileall, sysconfig; compileall.compile_dir(sysconfig.get_path('stdlib'), quiet=1)"]`,
  "USER 65532:65532",
];

async function raceByteCode(bench: Bench, image: Image, runs: number): Promise<string> {
  const ours = referenceOf(image);
  const compiled = await bench.build(`bytecode:${image.line}`, byteCodeDockerfile, { ours });
  const [without, withIt] = [
    measureSize(await bench.read(ours), undefined),
    measureSize(await bench.read(compiled), undefined),
  ];
  const races: Race[] = [];
  for (const script of scripts)
    races.push(await race(`-c ${JSON.stringify(script)}`, [ours, compiled], ["python3", "-c", script], runs));
  const cost = (measure: "uncompressed" | "compressed"): string =>
    ((withIt[measure] - without[measure]) / 1e6).toFixed(1);
  return [
    format(["without .pyc", "with .pyc"], races),
    `Byte code costs ${cost("uncompressed")} MB, ${cost("compressed")} MB compressed.`,
  ].join("\n");
}

function format([a, b]: readonly [string, string], races: readonly Race[]): string {
  const whole = (values: readonly number[]): readonly string[] => values.map((value) => value.toFixed(0));
  return formatTable(
    ["MEDIAN MS", a, b, "ratio", `least ${a}`, `least ${b}`],
    races.map(({ name, medians, ratio, least }) => [name, ...whole(medians), ratio.toFixed(3), ...whole(least)]),
  );
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { runs: { type: "string", default: "20" }, distribution: { type: "string", default: "trixie" } },
    allowPositionals: true,
  });
  const runs = Number(values.runs);
  await withBench(values.distribution, async (bench) => {
    const subjects = bench.ours.filter(
      ({ language, variant }) =>
        variant === "runtime" &&
        commands[language] !== undefined &&
        (positionals.length === 0 || positionals.includes(language)),
    );
    const races: Race[] = [];
    for (const image of subjects) {
      const naive = await bench.build(
        `naive:${image.language}-${image.line}-${image.variant}`,
        naiveDockerfile(packagesOf(image, bench.ours)),
      );
      const images = [referenceOf(image), naive] as const;
      races.push(await race(narrowestReference(image), images, commands[image.language] ?? [], runs));
    }
    console.log(`docker run --rm IMAGE …, ${runs} runs of each by turns\n\n${format(["ingot", "naive"], races)}`);
    for (const image of subjects.filter(({ language }) => language === "python"))
      console.log(`\n${narrowestReference(image)}\n${await raceByteCode(bench, image, runs)}`);
  });
}

await runBench(main);
