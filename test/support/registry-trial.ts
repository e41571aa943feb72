import type { Registry } from "../../src/ports/registry.js";

export interface RunningRegistry {
  /** As messages have it: `127.0.0.1:5000`. */
  readonly host: string;
  /** A client of its own for each call. */
  readonly client: () => Registry;
  /** Whether a blob of one repository is in all of them. */
  readonly onePool: boolean;
  readonly stop: () => Promise<void>;
}

/** A running registry, and names in it that no other test has. */
export interface RegistryTrial extends Omit<RunningRegistry, "stop"> {
  readonly registry: Registry;
  readonly repository: string;
}
