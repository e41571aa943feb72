import { createDocker } from "./docker.js";
import type { Engine, EngineName } from "./engine.js";
import { createPodman } from "./podman.js";

export type { EngineName } from "./engine.js";

/** Docker where none is named. */
export function createEngine(name: EngineName | undefined, options: { readonly builder?: string } = {}): Engine {
  return name === "podman" ? createPodman() : createDocker(options);
}
