import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { Failure } from "../model/failure.js";
import { oneLine } from "../support/text.js";
import { type RunRequest, type RunResult, runLimit, type ServeRequest, type Service } from "./engine.js";
import { runArguments, serveArguments } from "./engine-arguments.js";
import type { EngineClient } from "./engine-client.js";
import { engineFailure, isEngineFailure, linesOf } from "./engine-output.js";
import { hold } from "./interruption.js";

/** Seconds that a container has to end by itself. */
const grace = 10;

const newName = (): string => `ingot-${randomBytes(6).toString("hex")}`;

/** Runs a command in a container that is gone afterwards, however that ends. */
export async function runContainer(engine: EngineClient, request: RunRequest): Promise<RunResult> {
  const { dialect, start } = engine;
  const name = newName();
  const options = {
    timeout: request.timeout ?? runLimit,
    title: `${dialect.name} run ${request.image}`,
  };
  const remove = () => removeContainer(engine, name);
  const letGo = hold("container", remove);
  const result = await start(runArguments(dialect, request, name), options)
    .catch(async (error: unknown) => {
      await remove();
      // The engine may still have been about to make it for a client that was stopped.
      await wait(1000);
      await remove();
      throw error;
    })
    .finally(letGo);
  // The status of an engine that failed, or of a client that ended on a signal: both may leave a container.
  if (result.exitCode >= 125) await remove();
  if (isEngineFailure(result))
    throw engineFailure(dialect.name, `cannot run ${request.image}`, linesOf(result.stderr), result.exitCode);
  return result;
}

/** Never fails: where it is used there is already something to tell of. */
async function removeContainer({ dialect, start }: EngineClient, name: string): Promise<void> {
  try {
    await start([...dialect.remove, name], { timeout: runLimit, cleansUp: true });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
}

/** Starts an image's own command with a port on loopback. A Failure tells what a command said that ended at once. */
export async function serveContainer(engine: EngineClient, request: ServeRequest): Promise<Service> {
  const { dialect, start, client } = engine;
  const name = newName();
  const letGo = hold("container", () => removeContainer(engine, name));
  try {
    await client(`cannot run ${request.image}`, serveArguments(dialect, request, name));
    const { stdout } = await start(["port", name, String(request.port)]);
    const [, port] = /:(\d+)\s*$/m.exec(stdout) ?? [];
    if (port === undefined) throw await withoutPort(engine, name, request.image);
    return service(engine, { name, url: `http://127.0.0.1:${port}`, letGo });
  } catch (error) {
    await removeContainer(engine, name);
    letGo();
    throw error;
  }
}

async function withoutPort(engine: EngineClient, name: string, image: string): Promise<Failure> {
  const { running, exitCode } = await stateOf(engine, name);
  const logs = linesOf(await logsOf(engine, name));
  const what = running ? "published no port" : `ended at once with status ${exitCode}, and has no port`;
  const reason = logs.length === 0 ? "" : `: ${logs.at(-1)}`;
  return new Failure(oneLine(`${engine.dialect.name} cannot serve ${image}: ${what}${reason}`, 400), logs.slice(-20));
}

async function stateOf({ client }: EngineClient, name: string) {
  const format = "{{.State.Running}} {{.State.ExitCode}}";
  const { stdout } = await client(`cannot inspect ${name}`, ["container", "inspect", "--format", format, name]);
  const [running, exitCode] = stdout.trim().split(" ");
  return { running: running === "true", exitCode: Number(exitCode) };
}

async function logsOf({ client }: EngineClient, name: string): Promise<string> {
  const lines: string[] = [];
  await client("does not say the logs", ["logs", name], { onLine: (line) => lines.push(line) });
  return lines.map((line) => `${line}\n`).join("");
}

interface Container {
  readonly name: string;
  readonly url: string;
  /** To be called when it is gone. */
  readonly letGo: () => void;
}

function service(engine: EngineClient, { name, url, letGo }: Container): Service {
  const { dialect, client } = engine;
  return {
    url,
    patience: 1,
    logs: () => logsOf(engine, name),
    stop: async () => {
      try {
        const { running: ran } = await stateOf(engine, name);
        const begin = performance.now();
        await client(`cannot stop ${name}`, ["stop", "--time", String(grace), name]);
        const ms = Math.round(performance.now() - begin);
        return { ran, exitCode: (await stateOf(engine, name)).exitCode, ms };
      } finally {
        await client(`cannot remove ${name}`, [...dialect.remove, name]);
        letGo();
      }
    },
  };
}
