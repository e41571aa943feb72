import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface, type Interface } from "node:readline";

/** A request as the access log has it; `path` is with its query. */
export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

export interface RegistryServer {
  readonly host: string;
  /** Where it keeps everything, in folders `docker/registry/v2/…`. */
  readonly storage: string;
  /** Everything that was answered before the call. */
  readonly requests: () => Promise<readonly LoggedRequest[]>;
  readonly stop: () => Promise<void>;
}

const program = "docker-registry";

export const isRegistryInstalled = (): boolean => isInstalled(program);

const isInstalled = (name: string): boolean =>
  (process.env["PATH"] ?? "").split(delimiter).some((folder) => existsSync(join(folder, name)));

/** Skips a suite, loudly, where Debian's docker-registry is not installed; fails where CI is set. */
export const requireRegistry = (suite: Mocha.Context): void => requireProgram(suite, program);

/** The same for any program that is in a Debian package of its own name. */
export function requireProgram(suite: Mocha.Context, name: string): void {
  if (isInstalled(name)) return;
  if (process.env["CI"]) throw new Error(`${name} is not installed`);
  console.warn(`SKIPPED: ${name} is not installed (apt-get install ${name})`);
  suite.skip();
}

/** Debian's docker-registry on a free port of loopback, with a folder of its own that goes when it stops, or a given one that stays. */
export async function startRegistry(kept?: string): Promise<RegistryServer> {
  const folder = kept ?? mkdtempSync(join(tmpdir(), "ingot-registry-"));
  writeFileSync(join(folder, "config.yml"), configuration(folder));
  const child = spawn(program, ["serve", join(folder, "config.yml")], { stdio: ["ignore", "pipe", "pipe"] });
  const endWithTests = (): boolean => child.kill("SIGKILL");
  process.once("exit", endWithTests);
  const stop = async (): Promise<void> => {
    process.off("exit", endWithTests);
    await ended(child);
    if (kept === undefined) rmSync(folder, { recursive: true, force: true });
  };
  const log = createInterface({ input: child.stdout });
  try {
    const host = await addressOf(child);
    return { host, storage: join(folder, "data"), stop, requests: readLog(host, log) };
  } catch (error) {
    await stop();
    throw error;
  }
}

// Port 0: the system gives a free one, and the log says which.
const configuration = (folder: string): string => `version: 0.1
log: { level: info }
storage: { filesystem: { rootdirectory: ${JSON.stringify(join(folder, "data"))} }, delete: { enabled: true } }
http: { addr: "127.0.0.1:0" }
`;

function addressOf(child: ChildProcess): Promise<string> {
  const said: string[] = [];
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => reject(new Error(`${program} ended: ${said.at(-1) ?? "it said nothing"}`)));
    // Read to the end, or the registry would stand still once the pipe is full.
    createInterface({ input: child.stderr as NodeJS.ReadableStream }).on("line", (line) => {
      said.push(line);
      const [, address] = /listening on (127\.0\.0\.1:\d+)/.exec(line) ?? [];
      if (address !== undefined) resolve(address);
    });
  });
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("close", () => resolve());
    child.kill("SIGKILL");
  });
}

function readLog(host: string, log: Interface): () => Promise<readonly LoggedRequest[]> {
  const seen: LoggedRequest[] = [];
  const marks = new Map<string, () => void>();
  log.on("line", (line) => {
    const request = parseLogLine(line);
    const mark = marks.get(request?.path ?? "");
    if (mark !== undefined) mark();
    else if (request !== undefined) seen.push(request);
  });
  let count = 0;
  // A request of our own marks the place up to which the log must be read.
  return async () => {
    count += 1;
    const path = `/v2/?mark=${count}`;
    const reached = new Promise<void>((resolve) => marks.set(path, resolve));
    await (await fetch(`http://${host}${path}`)).arrayBuffer();
    await reached;
    return [...seen];
  };
}

/** `127.0.0.1 - - [21/Nov/2026:07:05:31 +0000] "GET /v2/ HTTP/1.1" 200 2 "" "node"` */
function parseLogLine(line: string): LoggedRequest | undefined {
  const [, method, path, status] = /\] "([A-Z]+) (\S+) HTTP\/[\d.]+" (\d{3}) /.exec(line) ?? [];
  return method === undefined || path === undefined ? undefined : { method, path, status: Number(status) };
}
