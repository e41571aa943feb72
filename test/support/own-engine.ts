import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A Docker of a test's own, which may be killed: it has nothing in common with the machine's. */
export interface OwnEngine {
  /** What makes a client ask this one. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The path of the socket that it answers on. */
  readonly socket: string;
  /** Starts it where it does not run; ends when it answers. */
  readonly start: () => Promise<void>;
  /** Kills it and its containerd with SIGKILL; ends when both are gone. */
  readonly kill: () => Promise<void>;
  /** Kills it and removes everything. */
  readonly end: () => Promise<void>;
}

const programs = ["dockerd", "containerd", "setpriv", "unshare"];

/** Skips a suite, loudly, where no second Docker can be started; fails where CI is set. */
export function requireDaemon(suite: Mocha.Context): void {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const missing = programs.filter((name) => !folders.some((folder) => existsSync(join(folder, name))));
  const reason =
    missing.length > 0 ? `${missing.join(" and ")} not installed` : process.getuid?.() === 0 ? undefined : "not root";
  if (reason === undefined) return;
  if (process.env["CI"]) throw new Error(`cannot start a Docker to kill: ${reason}`);
  console.warn(`SKIPPED: cannot start a Docker to kill: ${reason}`);
  suite.skip();
}

export function createOwnEngine(): OwnEngine {
  const folder = mkdtempSync(join(tmpdir(), "ingot-dockerd-"));
  const at = (path: string): string => join(folder, path);
  // Builds nothing that is run, so it needs no network of its own and touches nothing of the machine's.
  const network = ["--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false"];
  const places = [`--config-file=${at("daemon.json")}`, `--data-root=${at("data")}`, `--exec-root=${at("exec")}`];
  const options = [...places, `--pidfile=${at("pid")}`, `--host=unix://${at("sock")}`, ...network, "--log-level=warn"];
  // Copies instead of overlays, which cannot lie on the overlay that a container's own temporary folder is on.
  writeFileSync(at("daemon.json"), '{ "features": { "containerd-snapshotter": true }, "storage-driver": "native" }\n');
  let child: ChildProcess | undefined;
  const containerd = join(folder, "exec/containerd/containerd.pid");

  const killNow = (): void => {
    child?.kill("SIGKILL");
    if (!existsSync(containerd)) return;
    const pid = Number(readFileSync(containerd, "utf8"));
    if (commandOf(pid).includes(folder)) process.kill(pid, "SIGKILL");
  };
  const remove = (): void => {
    killNow();
    for (const path of mountsBelow(folder)) execFileSync("umount", ["--lazy", path]);
    rmSync(folder, { recursive: true, force: true });
  };
  process.once("exit", remove);

  const kill = async (): Promise<void> => {
    const ended = child && exitOf(child);
    killNow();
    await ended;
    child = undefined;
    if (!existsSync(containerd)) return;
    const pid = Number(readFileSync(containerd, "utf8"));
    while (commandOf(pid).includes(folder)) await sleep(5);
    // A process that nobody waited for has its id still, and would be taken for one that runs.
    rmSync(containerd);
  };
  return {
    socket: at("sock"),
    env: {
      DOCKER_HOST: `unix://${at("sock")}`,
      BUILDX_CONFIG: at("buildx"),
      BUILDX_BUILDER: undefined,
      DOCKER_CONTEXT: undefined,
      DOCKER_TLS_VERIFY: undefined,
    },
    start: async () => {
      if (child !== undefined) return;
      const log = openSync(at("log"), "a");
      // It goes with the tests, however they end.
      // In a network namespace of its own: without a bridge, it would remove the one of the machine's.
      const own = ["--pdeathsig", "KILL", "unshare", "--net", "dockerd", ...options];
      child = spawn("setpriv", own, { stdio: ["ignore", log, log] });
      const started = child;
      while (!(await answers(at("sock")))) {
        if (started.exitCode !== null)
          throw new Error(`dockerd ended: ${readFileSync(at("log"), "utf8").slice(-2000)}`);
        await sleep(50);
      }
    },
    kill,
    end: async () => {
      await kill();
      process.off("exit", remove);
      remove();
    },
  };
}

function exitOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once("exit", () => resolve()));
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = get({ socketPath, path: "/_ping", timeout: 1000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on("timeout", () => asked.destroy());
    asked.on("error", () => resolve(false));
  });
}

/** Empty for a process that has ended. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

/** The last mounted first (proc(5), "mountinfo"). */
function mountsBelow(folder: string): readonly string[] {
  const paths = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[4] ?? "");
  return paths.filter((path) => path.startsWith(`${folder}/`)).reverse();
}
