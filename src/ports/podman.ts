import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createCliEngine } from "./cli-engine.js";
import type { Engine } from "./engine.js";
import { podmanDialect } from "./engine-arguments.js";
import { isLoopback } from "./engine-references.js";

/** Podman, without a daemon. */
export function createPodman(): Engine {
  return createCliEngine({
    dialect: podmanDialect(runsSystemd() ? [] : ["nofile=1024:1024"]),
    env: configuration(),
    version: ["version", "--format", "{{.Client.Version}}"],
    pushArguments: (target) => ["push", ...(isLoopback(target) ? ["--tls-verify=false"] : []), target],
  });
}

/** Without systemd, Podman's defaults for cgroups do not work; where the user has a configuration, that is used. */
function configuration(): Readonly<Record<string, string>> {
  if (runsSystemd() || process.env["CONTAINERS_CONF"] !== undefined) return {};
  return { CONTAINERS_CONF: fileURLToPath(new URL("../../../scripts/containers.conf", import.meta.url)) };
}

function runsSystemd(): boolean {
  return existsSync("/run/systemd/system") && readFileSync("/proc/1/comm", "utf8").trim() === "systemd";
}
