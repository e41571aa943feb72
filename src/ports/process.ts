import { ExecaError, execa, type Options } from "execa";
import { Failure } from "../model/failure.js";
import { hold, isInterrupted } from "./interruption.js";

/** A command that ran to its end, whatever its exit status. */
export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Given to the command's standard input. */
  readonly input?: string | AsyncIterable<Uint8Array>;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** What a Failure calls the command; its name and first argument if not given. */
  readonly title?: string;
  /** Whether the processes that it starts must hear of a signal as well: it waits for them, and cleans up after them. */
  readonly group?: boolean;
  /** Whether it is run although a signal has ended everything else. */
  readonly cleansUp?: boolean;
  /** Milliseconds after which the command is stopped. */
  readonly timeout?: number;
  /** Hears each line of standard output and standard error as it comes. */
  readonly onLine?: (line: string) => void;
}

/**
 * Runs a command without a shell and waits for its end. The only door to other programs. Throws a Failure where the
 * command cannot be started or is stopped by its timeout; an exit status other than 0 is for the caller to judge.
 */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const { cleansUp = false } = options;
  const isFutile = (): boolean => isInterrupted() && !cleansUp;
  const finished = isFutile() ? never : execute(command, args, options);
  await finished.catch(() => {});
  // What a signal ended is no failure: nobody hears of it, and nothing follows.
  return isFutile() ? never : finished;
}

const never: Promise<never> = new Promise(() => {});

async function execute(command: string, args: readonly string[], options: RunOptions): Promise<Finished> {
  const { onLine, input, cleansUp, group = false, title = `${command} ${args[0] ?? ""}`, ...rest } = options;
  const child = execa(command, args, {
    ...rest,
    ...(input === undefined ? { stdin: "ignore" } : typeof input === "string" ? { input } : { stdin: input }),
    detached: group,
    reject: false,
    all: onLine !== undefined,
    maxBuffer: 256 * 1024 * 1024,
  } as Options);
  const stop = () => {
    // What could not be started has the number 0 for Node, which is that of this process's whole group.
    if (child.pid === undefined) return child;
    if (group) process.kill(-child.pid, "SIGTERM");
    else child.kill();
    return child;
  };
  const ended = child.finally(hold("process", stop));
  if (onLine !== undefined) for await (const line of child.iterable({ from: "all" })) onLine(String(line));
  const result = await ended;
  if (result.timedOut) throw new Failure(`${title} did not end within ${(options.timeout ?? 0) / 1000} s`);
  if (result.exitCode === undefined) throw new Failure(startFailure(command, result));
  return { exitCode: result.exitCode, stdout: String(result.stdout ?? ""), stderr: String(result.stderr ?? "") };
}

function startFailure(command: string, result: unknown): string {
  const code = result instanceof ExecaError ? result.code : undefined;
  if (code === "ENOENT") return `${command} is not installed`;
  if (result instanceof ExecaError && result.signal !== undefined) return `${command} was stopped by ${result.signal}`;
  return `${command} could not be started${code === undefined ? "" : `: ${code}`}`;
}

/** The standard output of a command that must succeed. Throws a Failure with the last thing it said otherwise. */
export async function output(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { exitCode, stdout, stderr } = await run(command, args, options);
  if (exitCode === 0) return stdout;
  const said = (stderr.trim() || stdout.trim()).split("\n");
  throw new Failure(`${command} ${args.slice(0, 2).join(" ")}: ${said.at(-1) || `exit status ${exitCode}`}`, said);
}
