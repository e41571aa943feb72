import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createCliEngine } from "./cli-engine.js";
import type { Engine } from "./engine.js";
import { podmanDialect } from "./engine-arguments.js";
import { isOnLoopback } from "./engine-references.js";
import { readText } from "./files.js";

/** Podman, without a daemon. */
export function createPodman(): Engine {
  return createCliEngine({
    dialect: podmanDialect,
    env: podmanEnvironment(),
    version: ["version", "--format", "{{.Client.Version}}"],
    registryOptions: (reference) => (isOnLoopback(reference) ? ["--tls-verify=false"] : []),
  });
}

/** Without systemd, Podman's defaults for cgroups do not work; where the user has a configuration, that is used. */
export function podmanEnvironment(): Readonly<Record<string, string>> {
  const files = [join(homedir(), ".config/containers/containers.conf"), "/etc/containers/containers.conf"];
  if (runsSystemd() || process.env["CONTAINERS_CONF"] !== undefined || files.some(existsSync)) return {};
  return { CONTAINERS_CONF: fileURLToPath(new URL("../../../scripts/containers.conf", import.meta.url)) };
}

function runsSystemd(): boolean {
  return existsSync("/run/systemd/system") && readText("/proc/1/comm")?.trim() === "systemd";
}
