import { parseArgs } from "node:util";
import { type Image, narrowestReference } from "../src/model/image.js";
import { measureSize } from "../src/model/size.js";
import { output } from "../src/ports/process.js";
import { formatTable } from "../src/reporters/table.js";
import { localReference } from "../src/stages/build.js";
import { type Bench, naiveDockerfile, packagesOf, runBench, withBench } from "./peers.js";

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

const stripProgram = `import pathlib, shutil, sysconfig
for each in list(pathlib.Path(sysconfig.get_path("stdlib")).rglob("__pycache__")):
    shutil.rmtree(each)
`;

/** For the whole standard library, beside its sources as Python looks for it. */
const compileProgram = `import compileall, sysconfig
compileall.compile_dir(sysconfig.get_path("stdlib"), quiet=1)
`;

/** An image in one layer after a program of Python has changed it, so that what it removed weighs nothing. */
const changedDockerfile = (program: string): readonly string[] => [
  "FROM ours AS changed",
  "USER 0",
  `RUN ${JSON.stringify(["python3", "-B", "-c", program])}`,
  "FROM scratch",
  "COPY --from=changed / /",
  // Who may write the standard library's folders would write byte code there.
  "USER 65532:65532",
];

/** Prints the median of what so many starts of Python take of the processor, in milliseconds: what else the machine does hardly counts. */
const processorProgram = `import resource, statistics, subprocess, sys
def used():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (usage.ru_utime + usage.ru_stime) * 1000
times = []
for _ in range(int(sys.argv[1])):
    before = used()
    subprocess.run([sys.executable, "-c", sys.argv[2]], check=True)
    times.append(used() - before)
print(statistics.median(times))
`;

async function processorTime(image: string, script: string, runs: number): Promise<string> {
  const command = ["python3", "-c", processorProgram, String(runs), script];
  return Number(await output("docker", ["run", "--rm", "--network", "none", image, ...command])).toFixed(0);
}

async function raceByteCode(bench: Bench, image: Image, runs: number): Promise<string> {
  const make = (name: string, program: string): Promise<string> =>
    bench.build(`${name}:${image.line}`, changedDockerfile(program), { ours: localReference(image) });
  const stripped = await make("stripped", stripProgram);
  const compiled = await make("compiled", compileProgram);
  const [without, withIt] = [
    measureSize(await bench.read(stripped), undefined),
    measureSize(await bench.read(compiled), undefined),
  ];
  const races: Race[] = [];
  const processor: string[][] = [];
  for (const script of scripts) {
    const nameOf = `-c ${JSON.stringify(script)}`;
    processor.push([nameOf, await processorTime(stripped, script, runs), await processorTime(compiled, script, runs)]);
    races.push(await race(nameOf, [stripped, compiled], ["python3", "-c", script], runs));
  }
  const cost = (measure: "uncompressed" | "compressed"): string =>
    ((withIt[measure] - without[measure]) / 1e6).toFixed(1);
  return [
    format(["without .pyc", "with .pyc"], races),
    formatTable(["OF THE PROCESSOR, MS", "without .pyc", "with .pyc"], processor),
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
    const wanted = ({ language, variant }: Image): boolean =>
      variant === "runtime" &&
      commands[language] !== undefined &&
      (positionals.length === 0 || positionals.includes(language));
    const subjects = bench.ours.filter(wanted);
    const races: Race[] = [];
    for (const image of subjects) {
      const naive = await bench.build(
        `naive:${image.language}-${image.line}-${image.variant}`,
        naiveDockerfile(packagesOf(image, bench.ours)),
      );
      const images = [localReference(image), naive] as const;
      races.push(await race(narrowestReference(image), images, commands[image.language] ?? [], runs));
    }
    console.log(`docker run --rm IMAGE …, ${runs} runs of each by turns\n\n${format(["ingot", "naive"], races)}`);
    for (const image of subjects.filter(({ language }) => language === "python"))
      console.log(`\n${narrowestReference(image)}\n${await raceByteCode(bench, image, runs)}`);
    for (const { id } of bench.unbuilt.filter(wanted)) console.log(`${id} is not built, and not compared`);
  });
}

await runBench(main);
