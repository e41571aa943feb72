import type { Dialect } from "./engine-arguments.js";
import { engineFailure, linesOf } from "./engine-output.js";
import { type Finished, type RunOptions, run } from "./process.js";

/** Runs the engine's client, whatever its exit status. */
export type Start = (args: readonly string[], options?: RunOptions) => Promise<Finished>;

/** Runs the engine's client; a Failure for an exit status other than 0, with the engine's own reason. */
export type Client = (action: string, args: readonly string[], options?: ClientOptions) => Promise<Finished>;

interface ClientOptions extends RunOptions {
  /** Hides secrets in each line, before anything else is done with it: what is cut can no longer be found. */
  readonly redact?: (line: string) => string;
}

/** The program that speaks to an engine. */
export interface EngineClient {
  readonly dialect: Dialect;
  readonly start: Start;
  readonly client: Client;
}

/** `env` is for every process of the client. */
export function createClient(dialect: Dialect, env: Readonly<Record<string, string>>): EngineClient {
  const start: Start = (args, options = {}) => run(dialect.name, args, { ...options, env: { ...env, ...options.env } });
  const client: Client = async (action, args, { redact = (line: string) => line, ...options } = {}) => {
    const said: string[] = [];
    const hear = options.onLine;
    const finished = await start(args, {
      ...options,
      ...(hear === undefined ? {} : { onLine: (line) => hear(keepLast(said, redact(line))) }),
    });
    if (finished.exitCode === 0) return finished;
    const lines = said.length > 0 ? said : linesOf(`${finished.stdout}\n${finished.stderr}`).map(redact);
    throw engineFailure(dialect.name, action, lines, finished.exitCode);
  };
  return { dialect, start, client };
}

function keepLast(said: string[], line: string): string {
  said.push(line);
  if (said.length > 200) said.shift();
  return line;
}
