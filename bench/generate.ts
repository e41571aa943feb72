import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { availableParallelism, cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { writeSyntheticCatalog } from "./synthetic.js";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const command = join(repository, "bin/ingot");

/** Dockerfiles that docker-library's `apply-templates.sh` writes in a second. */
const peer = { name: "docker-library apply-templates.sh", rate: 22 };

/** Seconds: by the clock, and of all processors together. */
interface Time {
  readonly wall: number;
  readonly cpu: number;
}

interface Measurement {
  readonly languages: number;
  readonly dockerfiles: number;
  /** With nothing in generated/. */
  readonly cold: Time;
  /** With nothing to do. */
  readonly again: Time;
}

/** Runs ingot as its user does, and has the shell say what it took: the last line of `times` is that of its children. */
function run(...args: readonly string[]): Time {
  const start = performance.now();
  const output = execFileSync("/bin/sh", ["-c", '"$0" "$@" > /dev/null && times', command, ...args], {
    encoding: "utf8",
  });
  const wall = (performance.now() - start) / 1000;
  const [user = 0, system = 0] = [...(output.trim().split("\n").at(-1) ?? "").matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
  );
  return { wall, cpu: user + system };
}

/** The best of some runs: what else the machine does only adds. */
function best(repeat: number, measure: () => Time): Time {
  const times = Array.from({ length: repeat }, measure);
  return { wall: Math.min(...times.map(({ wall }) => wall)), cpu: Math.min(...times.map(({ cpu }) => cpu)) };
}

function measure(languages: number, repeat: number): Measurement {
  const folder = mkdtempSync(join(tmpdir(), "ingot-bench-"));
  try {
    writeSyntheticCatalog(folder, repository, languages);
    const generated = join(folder, "generated");
    const cold = best(repeat, () => {
      // Put aside and not removed: a file system is slow for a while after it has removed thousands of folders.
      if (existsSync(generated)) renameSync(generated, mkdtempSync(join(folder, "generated-")));
      return run("--catalog", folder, "generate");
    });
    const again = best(repeat, () => run("--catalog", folder, "generate"));
    const names = readdirSync(generated, { recursive: true, encoding: "utf8" });
    return { languages, dockerfiles: names.filter((name) => name.endsWith("Dockerfile")).length, cold, again };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function main(): void {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean", default: false },
      repeat: { type: "string", default: "3" },
      languages: { type: "string", default: "250,500,1000,2000" },
    },
  });
  const repeat = Number(values.repeat);
  const machine = {
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? "unknown",
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
  const start = best(repeat, () => run("--help"));
  const measurements = values.languages.split(",").map((languages) => measure(Number(languages), repeat));
  const rows = measurements.map((each) => describe(each, start));
  if (values.json) console.log(JSON.stringify({ machine, repeat, peer, start, measurements: rows }, undefined, 2));
  else console.log(format({ machine, repeat, start, rows }));
}

type Row = ReturnType<typeof describe>;

/** What each Dockerfile costs is without the start of the process, so that sizes can be compared. */
function describe(measurement: Measurement, start: Time) {
  const { dockerfiles, cold } = measurement;
  return {
    ...measurement,
    dockerfilesPerSecond: dockerfiles / cold.wall,
    timesPeer: dockerfiles / cold.wall / peer.rate,
    cpuMicrosecondsPerDockerfile: ((cold.cpu - start.cpu) / dockerfiles) * 1e6,
  };
}

interface Summary {
  readonly machine: {
    readonly cores: number;
    readonly processor: string;
    readonly memoryGiB: number;
    readonly node: string;
  };
  readonly repeat: number;
  readonly start: Time;
  readonly rows: readonly Row[];
}

function format({ machine, repeat, start, rows }: Summary): string {
  const seconds = (time: Time) => [time.wall.toFixed(2), time.cpu.toFixed(2)];
  const header = [
    "languages",
    "Dockerfiles",
    "cold s",
    "cpu s",
    "again s",
    "cpu s",
    "Dockerfiles/s",
    "× peer",
    "cpu µs each",
  ];
  const lines = rows.map((row) => [
    String(row.languages),
    String(row.dockerfiles),
    ...seconds(row.cold),
    ...seconds(row.again),
    row.dockerfilesPerSecond.toFixed(0),
    row.timesPeer.toFixed(0),
    row.cpuMicrosecondsPerDockerfile.toFixed(0),
  ]);
  const widths = header.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => line[column]?.length ?? 0)),
  );
  const table = [header, ...lines].map((line) =>
    line.map((cell, column) => cell.padStart(widths[column] ?? 0)).join("  "),
  );
  const growth = (rows.at(-1)?.cpuMicrosecondsPerDockerfile ?? 0) / (rows[0]?.cpuMicrosecondsPerDockerfile ?? 1);
  return [
    `ingot generate, the best of ${repeat}; ${machine.cores} cores (${machine.processor}), ${machine.memoryGiB} GiB, node ${machine.node}`,
    "",
    ...table,
    "",
    `The process alone starts and ends in ${start.wall.toFixed(2)} s. ${peer.name}: ${peer.rate} Dockerfiles/s.`,
    `A Dockerfile of the largest catalog costs ${growth.toFixed(2)} times one of the smallest.`,
  ].join("\n");
}

main();
