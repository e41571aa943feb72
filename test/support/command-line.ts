import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { runCommandLine } from "../../src/cli.js";
import { asNoTerminal } from "./captured.js";
import { cycles, fixtures, mirrors, repository } from "./paths.js";

export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** 2026-06-18, the day on which everything happens in these tests. */
const epoch = "1781740800";

/** What keeps `resolve` and `new` from asking the network. */
const resolveOptions = [
  "--mirror",
  `alpine=${mirrors.alpine}`,
  "--mirror",
  `debian=${mirrors.debian}`,
  "--cycles",
  cycles,
];

const argumentsFor = (catalog: string, [name = "", ...rest]: readonly string[]): readonly string[] => [
  "--catalog",
  catalog,
  name,
  ...(["new", "resolve"].includes(name) ? resolveOptions : []),
  ...rest,
];

/** Runs a command line in this process, and gives what it printed; folders that differ from host to host have a name instead. */
export async function runInProcess(catalog: string, command: readonly string[]): Promise<Ended> {
  const written = { stdout: "", stderr: "" };
  const real = { stdout: process.stdout.write, stderr: process.stderr.write };
  const restore = asNoTerminal();
  const epochBefore = process.env["SOURCE_DATE_EPOCH"];
  const capture = (stream: "stdout" | "stderr") => {
    process[stream].write = ((text: string) => {
      written[stream] += text;
      return true;
    }) as typeof process.stdout.write;
  };
  capture("stdout");
  capture("stderr");
  process.env["SOURCE_DATE_EPOCH"] = epoch;
  try {
    const status = await runCommandLine(argumentsFor(catalog, command));
    return { status, stdout: neutral(written.stdout, catalog), stderr: neutral(written.stderr, catalog) };
  } finally {
    process.stdout.write = real.stdout;
    process.stderr.write = real.stderr;
    restore();
    if (epochBefore === undefined) delete process.env["SOURCE_DATE_EPOCH"];
    else process.env["SOURCE_DATE_EPOCH"] = epochBefore;
  }
}

/** The same through `bin/ingot`, as a user starts it. */
export function runProgram(catalog: string, command: readonly string[]): Ended {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(repository, "bin", "ingot"), ...argumentsFor(catalog, command)],
    {
      encoding: "utf8",
      env: { ...process.env, SOURCE_DATE_EPOCH: epoch, FORCE_COLOR: undefined },
    },
  );
  return { status: status ?? -1, stdout: neutral(stdout, catalog), stderr: neutral(stderr, catalog) };
}

const neutral = (text: string, catalog: string): string =>
  text.replaceAll(catalog, "CATALOG").replaceAll(fixtures, "FIXTURES");
