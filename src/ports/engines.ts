import { createDocker } from "./docker.js";
import type { Engine } from "./engine.js";
import { createPodman } from "./podman.js";

export const engineNames = ["docker", "podman"] as const;
export type EngineName = (typeof engineNames)[number];

/** Docker where none is named. */
export function createEngine(name: EngineName | undefined, options: { readonly builder?: string } = {}): Engine {
  return name === "podman" ? createPodman() : createDocker(options);
}
